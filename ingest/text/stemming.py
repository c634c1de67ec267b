"""Stems of words by their language (Snowball: https://snowballstem.org)."""

from __future__ import annotations

import threading
from functools import cache, lru_cache

import snowballstemmer

# By ISO 639-1.
STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque",
    "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "ne": "nepali", "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
_lock = threading.Lock()  # a stemmer keeps state while it works


@lru_cache(maxsize=4_096)  # who reads whole texts keeps what it makes of their words
def stemmed(word: str, language: str | None) -> str:
    """The stem of a word in small letters; the word, where there is no stemmer for its language."""
    name = STEMMERS.get(language or "")
    if name is None or not word[:1].isalpha():
        return word
    with _lock:
        return str(_stemmer(name).stemWord(word)) or word


@cache
def _stemmer(name: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(name)
