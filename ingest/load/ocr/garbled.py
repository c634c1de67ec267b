"""Text that is garbled: what a file says its letters are is not what they look like.

Fonts with a wrong map of letters, or none, give letters that no language puts together so, or signs
that are none. It is only a suspicion: a list of codes looks alike. What is read by OCR decides, for
a text that is right stands on the picture, too.
"""

from __future__ import annotations

import re
from collections import Counter

from ingest.text.language import language_of

# Signs of private use and control characters, and what programs write for a glyph without a letter.
_NO_LETTERS = re.compile("[\ue000-\uf8ff\ufffd\0-\x08\x0e-\x1f\x7f-\x9f]")
_GLYPH = re.compile(r"\(cid:\d+\)")
_VOWELS = re.compile(r"[aeiouyAEIOUY]")
_NO_VOWELS = re.compile(r"(?<!\S)[b-df-hj-np-tv-xzB-DF-HJ-NP-TV-XZ]{4,}(?!\S)")
# Letters of Western languages with accents, and signs beside them: what other alphabets look like
# in the wrong encoding.
_ACCENTED = re.compile("[\xa1-\xff]")
_WORD = re.compile(r"[^\W_]+")

# In characters: the beginning of a page says enough.
_LOOKED_AT = 2_000
_FEWEST = 20
_SHORTEST_WORD = 4
# Shares. "y" is a vowel in most languages; of Czech and Croatian, which have most, two words of a
# hundred have no vowel. Where no language is known either, fewer are enough.
_MOST_NO_LETTERS = 0.2
_MOST_WITHOUT_VOWELS = 0.12
_MOST_IN_NO_LANGUAGE = 0.04
_MOST_ACCENTED = 0.4
# A text that is right has most of its words on the picture.
_SAME = 0.5


def is_garbled(text: str) -> bool:
    """Whether the text of a page does not look like one of any language."""
    text = text[:_LOOKED_AT]
    codes = sum(map(len, _GLYPH.findall(text))) + len(_NO_LETTERS.findall(text))
    if codes >= _FEWEST and codes > _MOST_NO_LETTERS * _shown(text):
        return True
    if not text.isascii():
        accented = len(_ACCENTED.findall(text))
        if accented >= _FEWEST and accented > _MOST_ACCENTED * _shown(text):
            return True
    if not _NO_VOWELS.search(text):
        return False
    words = [word for word in text.split() if len(word) >= _SHORTEST_WORD and _is_plain(word)]
    without = sum(_VOWELS.search(word) is None for word in words)
    if len(words) < _FEWEST or without <= _MOST_IN_NO_LANGUAGE * len(words):
        return False
    return without > _MOST_WITHOUT_VOWELS * len(words) or language_of(text) is None


def _shown(text: str) -> int:
    """How many characters of a text are no spaces."""
    return sum(map(len, text.split()))


def _is_plain(word: str) -> bool:
    """Whether a word has no letter with an accent, which would be a vowel in most languages."""
    return word.isascii() and word.isalpha()


def says_the_same(text: str, seen: str) -> bool:
    """Whether most words of a text are among those that were read of its picture."""
    said, there = (Counter(_WORD.findall(one.casefold())) for one in (text, seen))
    return sum((said & there).values()) > _SAME * sum(said.values())
