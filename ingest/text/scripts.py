"""Scripts by their blocks in Unicode: which have no spaces between words, and which language a word
is in that has no other to go by."""

from __future__ import annotations

import re

# Han, Kana and Hangul (whose words take endings that are written to them) ...
CJK = (
    "\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
# ... and Thai, Lao, Myanmar, Khmer.
SOUTH_EAST = "\u0e01-\u0e4e\u0e81-\u0ece\u1000-\u1049\u1050-\u109f\u1780-\u17d3"
UNSPACED = re.compile(f"[{CJK}{SOUTH_EAST}]+")
IS_CJK = re.compile(f"[{CJK}]")
IS_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# Vowels and tones of Indian and South-East Asian scripts, and voicing marks: no letters for
# Python's \\w, but parts of words. Not the dandas, which end sentences.
VOWELS = (
    "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u09d7"
    "\u0a01-\u0a03\u0a3c-\u0a4d\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b57"
    "\u0b82\u0bbe-\u0bcd\u0bd7\u0c00-\u0c04\u0c3c-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6"
    "\u0d00-\u0d03\u0d3b-\u0d4d\u0d57\u0d81-\u0d83\u0dca-\u0ddf\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    "\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u1056-\u1059\u17b4-\u17d3\u3099\u309a"
)
_KANA = re.compile("[\u3041-\u309f]+")
# The language of most texts in a script.
_MOSTLY = (
    ("\u0370", "\u03ff", "el"), ("\u0400", "\u052f", "ru"), ("\u0530", "\u058f", "hy"),
    ("\u0590", "\u05ff", "he"), ("\u0600", "\u06ff", "ar"), ("\u0900", "\u097f", "hi"),
    ("\u0980", "\u09ff", "bn"), ("\u0b80", "\u0bff", "ta"), ("\u0e00", "\u0e7f", "th"),
    ("\u0e80", "\u0eff", "lo"), ("\u1000", "\u109f", "my"), ("\u1780", "\u17ff", "km"),
    ("\u3041", "\u30ff", "ja"), ("\u3400", "\u9fff", "zh"), ("\uac00", "\ud7af", "ko"),
)  # fmt: skip
# Languages of a script that another has more texts of.
_SCRIPT_OF = {
    "uk": "ru", "bg": "ru", "sr": "ru", "mk": "ru", "be": "ru", "kk": "ru", "mn": "ru",
    "fa": "ar", "ur": "ar", "ps": "ar", "ku": "ar", "yi": "he", "ne": "hi", "mr": "hi", "sa": "hi",
    "ja": "zh",
}  # fmt: skip
LATIN = "latin"


def script_language(word: str) -> str:
    """The language of most texts in the script of a word's first letter; LATIN for that script,
    and for any that is not known."""
    first = word[:1]
    if first < "\u0370":
        return LATIN
    return next((code for begin, end, code in _MOSTLY if begin <= first <= end), LATIN)


def script_of(language: str) -> str:
    """The script of a language, by the name that ``script_language`` has for it."""
    known = {code for *_, code in _MOSTLY}
    return _SCRIPT_OF.get(language, language if language in known else LATIN)


def is_dense(text: str) -> bool:
    """Whether most of a text is in Chinese, Japanese or Korean, which say in one sign what others
    say in two to three."""
    return 2 * len(IS_CJK.findall(text)) > len("".join(text.split()))


def is_kana(text: str, *, whole: bool = False) -> bool:
    """Whether a text has a sign of Hiragana, in which Japanese writes endings and particles; or is
    made of them."""
    found = _KANA.fullmatch(text) if whole else _KANA.search(text)
    return found is not None
