"""Stems of words by their language (Snowball: https://snowballstem.org)."""

from __future__ import annotations

import threading
from functools import cache, lru_cache

import snowballstemmer

# By ISO 639-1.
STEMMERS = {
    "de": "german", "fr": "french", "es": "spanish", "it": "italian", "nl": "dutch",
    "pt": "portuguese", "sv": "swedish", "da": "danish", "no": "norwegian", "fi": "finnish",
}  # fmt: skip
_lock = threading.Lock()  # a stemmer keeps state while it works


@lru_cache(maxsize=50_000)
def stemmed(word: str, language: str | None) -> str:
    """The stem of a word in small letters; the word, where there is no stemmer for its language."""
    name = STEMMERS.get(language or "")
    if name is None or not word[:1].isalpha():
        return word
    with _lock:
        return str(_stemmer(name).stemWord(word))


@cache
def _stemmer(name: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(name)
