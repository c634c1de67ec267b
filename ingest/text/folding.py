"""Letters in the form in which words are compared: small, without the marks that people leave out
when they type, and each letter in one of the ways to write it.

Unicode's compatibility form (NFKC: https://www.unicode.org/reports/tr15/) makes one of half and
full width, ligatures and presentation forms. Accents go where a word is the same without them: in
Latin, Greek and Cyrillic letters, the points of Hebrew and the short vowels of Arabic. They stay
where they tell words apart: the voicing marks of Japanese, the vowels of Thai and of India.
"""

from __future__ import annotations

import re
import unicodedata

# Where a raised digit begins that belongs to no word or number before it: "months¹", "10⁶". It
# stays with a unit ("m²"), and a lowered one with its word ("CO₂").
_RAISED = re.compile("(?<=\\d)(?=[⁰¹²³⁴-⁹⁻])|(?<=[^\\W\\d_]{4})(?=[⁰¹²³⁴-⁹⁻])")
# Marks over and under letters; points of Hebrew; vowels of Arabic, its hamza above and below; and
# its stroke that only makes a word longer (tatweel).
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    "\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]"
)
# What has no mark to take away, and letters that Arabic, Persian and Urdu keyboards write apart.
_LETTERS = str.maketrans(
    {
        "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe",
        "ı": "i", "ħ": "h", "ŧ": "t", "ς": "σ",
        "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ھ": "ه",
    }
)  # fmt: skip


def small(text: str) -> str:
    """A text in small letters and in compatibility form, with the accents that stemmers know."""
    lower = text.lower()
    if lower.isascii():
        return lower
    return _MARKS.sub("", unicodedata.normalize("NFKC", _RAISED.sub(" ", lower)))


def folded(text: str) -> str:
    """A text as words are compared: in small letters, without what may be left out."""
    lower = text.lower()
    if lower.isascii():
        return lower
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", _RAISED.sub(" ", lower)))
    return unicodedata.normalize("NFC", plain.translate(_LETTERS))
