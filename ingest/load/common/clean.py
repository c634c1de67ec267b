"""Clean the characters of a text: invisible ones go, white space becomes single spaces.

Text is put into Unicode's composed form (NFC): "e" with a combining accent and "é" look the
same and mean the same, and people type the second. Compatibility forms are left alone, since
changing them changes words ("m²" is not "m2"), with one exception: the Latin ligatures that
typesetting leaves in PDFs ("ﬁ") are spelled out, because nobody searches for them.
"""

from __future__ import annotations

import unicodedata

from ingest.text.invisible import without_invisible

_LIGATURES = str.maketrans(
    {
        "\ufb00": "ff",
        "\ufb01": "fi",
        "\ufb02": "fl",
        "\ufb03": "ffi",
        "\ufb04": "ffl",
        "\ufb05": "st",
        "\ufb06": "st",
    }
)


def clean(text: str) -> str:
    """The text without invisible characters, runs of white space made into one space."""
    return " ".join(_visible(text).split())


def clean_code(text: str) -> str:
    """The same for text whose lines and indentation count: blank lines at its ends go."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    lines = [line.rstrip() for line in _visible(text).split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines)


def _visible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text.replace("\xad", "").translate(_LIGATURES))
    return unicodedata.normalize("NFC", without_invisible(text))


def readable_lines(text: str) -> str:
    """A text that is kept as it is, but for invisible characters, with line ends made "\\n"."""
    return without_invisible(text.replace("\r\n", "\n").replace("\r", "\n"))
