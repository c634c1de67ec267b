"""Language detection, by Compact Language Detector 2, as Chrome used it.

Its tables are compiled in, so it needs no file, loads in milliseconds, and says the same each time
(https://github.com/CLD2Owners/cld2; ``pycld2``, Apache 2.0). It says when it does not know, which
for a filter is worth more than a guess.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ingest.text.folding import folded
from ingest.text.scripts import LATIN, is_kana, script_language, script_of
from ingest.text.stop_words import how_many

# The beginning says enough, and a book would take its time.
LOOKED_AT = 100_000
# In bytes of the words that it counts: below, a brand name or a code decides.
FEWEST_BYTES = 40
# Of the text that must be in the one language, in percent.
MOST_OF_IT = 60
# Codes of before 1989 and of Chinese in two scripts, as ISO 639-1 has them.
# Written in Latin letters, by how many texts there are on the Web.
WIDESPREAD = ("de", "es", "fr", "it", "pt", "nl")
_LETTERS = re.compile(r"[^\W\d_]+")
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


def passage_language(text: str, of_document: str | None) -> str | None:
    """The language of a passage, which is its document's unless the passage is clearly in another:
    lists of names and tables of figures look like many."""
    found = language_of(text)
    if found in (None, of_document):
        return of_document
    if script_of(found) == LATIN:
        words = _words_of(text)
        if how_many(words, found) <= how_many(words, of_document or "en"):
            return of_document
    return found


def question_language(text: str, collection: Sequence[str]) -> str | None:
    """The language of a question to a collection in some languages, the most frequent first: by its
    script, or by the words that every question has. A few words may be in any: they are taken to
    be in the collection's first. None where there is nothing to go by."""
    return _language_in(text, tuple(collection))


# A question is asked about at several steps on the way to its answer.
@lru_cache(maxsize=64)
def _language_in(text: str, collection: tuple[str, ...]) -> str | None:
    main = collection[0] if collection else None
    words = _words_of(text)
    scripts = [script_language(word) for word in words]
    others = [one for one in scripts if one != LATIN]
    if 2 * len(others) >= len(scripts) and others:
        if is_kana(text):
            return "ja"
        script = max(others, key=others.count)
        same = [one for one in collection if script_of(one) == script_of(script)]
        return same[0] if same else script
    own = list(dict.fromkeys(["en", *(one for one in collection if script_of(one) == LATIN)]))
    expected = main if main in own else own[0]
    said = {one: how_many(words, one) for one in own}
    # Short questions are taken for all kinds of languages: those that most are asked in count too,
    # and another than the documents' has to have more words, or letters that English does not have.
    least = 1 if "".join(text.split()).isascii() else 0
    for other in (guessed_language(text), *WIDESPREAD):
        if other is not None and other not in said and script_of(other) == LATIN:
            said[other] = how_many(words, other) - least
    best = max(said, key=lambda one: (said[one], one == expected))
    return best if said[best] > 0 or main is None else expected


def _words_of(text: str) -> list[str]:
    return [folded(word) for word in _LETTERS.findall(text)]
