"""Clean the characters of a text: invisible ones go, white space becomes single spaces.

Text is put into Unicode's composed form (NFC): "e" with a combining accent and "é" look the
same and mean the same, and people type the second. Compatibility forms are left alone, since
changing them changes words ("m²" is not "m2"), with one exception: the Latin ligatures that
typesetting leaves in PDFs ("ﬁ") are spelled out, because nobody searches for them.
"""

from __future__ import annotations

import re
import unicodedata

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

# Control characters that are not white space, soft hyphens, zero-width and bidirectional marks,
# the tag characters (used to hide instructions in text), non-characters and lone surrogates,
# which no UTF-8 store accepts.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)

# A joiner has a meaning between two letters of a script that uses it (Persian, Hindi) and
# between two emoji. Beside a Latin letter, white space or nothing it has none.
_STRAY_JOINER = re.compile(
    "(?:(?<=[\x00-\x7f\\s])|^)[\u200c\u200d]+|[\u200c\u200d]+(?=[\x00-\x7f\\s]|$)"
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
    text = _INVISIBLE.sub("", text).translate(_LIGATURES)
    return unicodedata.normalize("NFC", _STRAY_JOINER.sub("", text))
