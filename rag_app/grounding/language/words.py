"""Content words of a text by its language, as stems: what two sentences are compared by."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

import snowballstemmer

from ingest.text.analyzer import stems
from ingest.text.language import guessed_language, language_of
from rag_app.grounding.language.quantities import english_in_digits, with_digits
from rag_app.grounding.language.wording import ENGLISH

# Stemmers of Snowball, by ISO 639-1.
STEMMERS = {
    "de": "german", "fr": "french", "es": "spanish", "it": "italian", "nl": "dutch",
    "pt": "portuguese", "sv": "swedish", "da": "danish", "no": "norwegian", "fi": "finnish",
}  # fmt: skip
WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W_]+(?:-[^\W_]+)*")
# Shorter words of other languages than English are mostly articles and pronouns.
SHORTEST = 4
# Writing without spaces between words: Han, Kana, Hangul, Thai, Lao, Khmer, Myanmar. Two signs in a
# row stand for a word there.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+"
)
_lock = threading.Lock()  # a stemmer keeps state while it works


@lru_cache(maxsize=4096)  # what one question needs again and again
def content(text: str, language: str | None = ENGLISH) -> tuple[str, ...]:
    """The stems of a text's content words, in order. Without a known language words are only put
    into one form of their letters."""
    text = with_digits(text, language)
    if language == ENGLISH and not UNSPACED.search(text):
        return tuple(map(_one_form, stems(english_in_digits(text))))
    found: list[str] = []
    for match in WORD.finditer(unicodedata.normalize("NFKC", text).casefold()):
        word = match[0]
        if UNSPACED.match(word):
            found += [word[at : at + 2] for at in range(max(1, len(word) - 1))]
        elif word[0].isdigit() or len(word) >= SHORTEST:
            found.append(_one_form(_stem(word, language)))
    return tuple(found)


def _one_form(stem: str) -> str:
    """A number without zeros at its end: 619.90 is 619.9."""
    if stem[0].isdigit() and "." in stem and stem.count(".") == 1:
        return stem.rstrip("0").rstrip(".")
    return stem


@lru_cache(maxsize=50_000)
def _stem(word: str, language: str | None) -> str:
    name = STEMMERS.get(language or "")
    if name is None or not word[0].isalpha():
        return word
    with _lock:
        return str(_stemmer(name).stemWord(word))


@cache
def _stemmer(name: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(name)


__all__ = ["content", "guessed_language", "language_among"]


def language_among(texts: Sequence[str]) -> str | None:
    """The language of the first of some texts that is long and clear enough to tell."""
    return next(filter(None, map(language_of, texts)), None)
