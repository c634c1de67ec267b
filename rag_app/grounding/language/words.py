"""Content words of a text by its language, as stems: what two sentences are compared by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from ingest.text.analyzer import stems
from ingest.text.language import language_of
from ingest.text.stemming import stemmed
from rag_app.grounding.language.number_words import english_in_digits, with_digits
from rag_app.grounding.language.wording import ENGLISH

WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W_]+(?:-[^\W_]+)*")
# The points of "2.450,00", which are commas in English.
POINTED = re.compile(r"\.(?=\d{3}(?!\d))")
# Shorter words of other languages than English are mostly articles and pronouns.
SHORTEST = 4
# Writing without spaces between words: Han, Kana, Hangul, Thai, Lao, Khmer, Myanmar. Two signs in a
# row stand for a word there.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+"
)


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
        elif word[0].isdigit():
            found.append(_one_form(POINTED.sub("", word).replace(",", ".")))
        elif len(word) >= SHORTEST:
            found.append(stemmed(word, language))
    return tuple(found)


def _one_form(stem: str) -> str:
    """A number without zeros at its end: 619.90 is 619.9."""
    if stem[0].isdigit() and "." in stem and stem.count(".") == 1:
        return stem.rstrip("0").rstrip(".")
    return stem


def language_among(texts: Sequence[str]) -> str | None:
    """The language of the first of some texts that is long and clear enough to tell."""
    return next(filter(None, map(language_of, texts)), None)
