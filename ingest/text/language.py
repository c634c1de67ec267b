"""Language detection, by Compact Language Detector 2, as Chrome used it.

Its tables are compiled in, so it needs no file, loads in milliseconds, and says the same each time
(https://github.com/CLD2Owners/cld2; ``pycld2``, Apache 2.0). It says when it does not know, which
for a filter is worth more than a guess.
"""

from __future__ import annotations

# The beginning says enough, and a book would take its time.
LOOKED_AT = 100_000
# In bytes of the words that it counts: below, a brand name or a code decides.
FEWEST_BYTES = 40
# Of the text that must be in the one language, in percent.
MOST_OF_IT = 60
# Codes of before 1989 and of Chinese in two scripts, as ISO 639-1 has them.
TODAY = {"iw": "he", "jw": "jv", "zh-Hant": "zh"}


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of a text's language, None where it is short or not clear, and on
    machines for which the library is not made."""
    try:
        import pycld2
    except ImportError:
        return None
    sample = text[:LOOKED_AT].encode("utf-8", errors="replace")
    try:
        reliable, counted, found = pycld2.detect(sample)
    except pycld2.error:  # characters that it takes for binary data
        return None
    _, code, percent, _ = found[0]
    code = TODAY.get(code, code)
    if not reliable or counted < FEWEST_BYTES or percent < MOST_OF_IT or len(code) != 2:
        return None
    return None if code == "un" else str(code)


def guessed_language(text: str) -> str | None:
    """The language that a short text is most likely in, as an ISO 639-1 code: a guess."""
    try:
        import pycld2
    except ImportError:
        return None
    try:
        _, _, found = pycld2.detect(text.encode("utf-8", errors="replace"), bestEffort=True)
    except pycld2.error:  # characters that it takes for binary data
        return None
    code = TODAY.get(found[0][1], found[0][1])
    return code if len(code) == 2 and code != "un" else None
