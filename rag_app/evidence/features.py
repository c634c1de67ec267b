"""What the probability of an answer is made of. Codes, compounds and words of other languages are
compared in a normal form before anything is called absent.

Only what holds on sets of many kinds is among them: docs/decisions/0022.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set

from ingest.text.analyzer import stems
from rag_app.evidence.calculation_english import ENGLISH as OPERATIONS_ENGLISH
from rag_app.evidence.calculation_german import GERMAN as OPERATIONS_GERMAN
from rag_app.grounding.language.polarity import asks_otherwise
from rag_app.languages import OPERATIONS, TURNED
from rag_app.retrieval.passage import Passage, full_text
from rag_app.retrieval.query import Query

# "E-mail" has the word "email", and "Wi-Fi" "wifi".
HYPHENATED = re.compile(r"(?<![\w-])[^\W\d_]+(?:-[^\W\d_]+)+")
# A code's letters before its digits: what codes of a kind share. One digit is a quarter, a version.
KIND = re.compile(r"([^\W\d_]+)-?(?=\d\d)")
# "FY2018" is there where "2018" is.
YEAR = re.compile(r"(?:19|20)\d\d$")
# What may part a code: "FB12 KEG" is FB12KEG.
SEAM = re.compile(r"[-\s]")
ENGLISH = "en"
# Of documents in other languages, whose stop words and compounds the analyzer does not know:
# shorter words say nothing, and "Urlaubstage" is there where "Jahresurlaub" is.
LONG = 6
# By how much less a sentence is like a question in another language (benchmarks.languages, "dev").
ACROSS = 0.11


def features_of(
    query: Query, best: Sequence[Passage], nearest: float, first: str, there: Set[str]
) -> tuple[float, ...]:
    """The features, each 0 to 1, in the order of ``calibration.FEATURES``.

    The cosine of the nearest sentence; the score of the best passage, before any re-ranking; the
    share of the question's words that the collection has, of which ``there`` are the stems; 1 if
    the question names a code that the best passages do not have, while they have others of its
    kind, as E52 where they have E22; and 1 if it denies, limits or turns round what the ``first``
    sentence says.
    """
    texts = [full_text(one) for one in best]
    found = max(
        (one.score if one.ranks.score is None else one.ranks.score for one in best), default=0.0
    )
    languages = {one.chunk.metadata.get("language") for one in best[:1]}
    is_foreign = not languages <= {None, ENGLISH}
    may_turn = TURNED.are_for(query.language) and not is_foreign
    if query.crosses and query.is_known:
        nearest = min(nearest + ACROSS, 1.0)
    return (
        nearest,
        min(max(found, 0.0), 1.0),
        _share_there(query, texts, there, is_foreign=is_foreign)
        if not query.crosses
        else _share_across(query, there),
        float(_names_another_code(query.codes, "\n".join(texts).casefold())),
        float(may_turn and bool(first) and asks_otherwise(query.text, first)),
    )


def _share_there(query: Query, texts: Sequence[str], there: Set[str], *, is_foreign: bool) -> float:
    """The share of the question's words that the collection has. What asks for an operation, such
    as "total", need not stand anywhere."""
    sought = set(query.stems)
    rules = OPERATIONS.of(query.language, en=OPERATIONS_ENGLISH, de=OPERATIONS_GERMAN)
    operation = rules.words_of(query.text) if rules is not None else frozenset[str]()
    wanted = sought - operation or sought
    if is_foreign:
        wanted = {one for one in wanted if len(one) >= LONG or one in there}
        absent = {one for one in wanted - there if not _shares(one, texts)}
    else:
        absent = wanted - there - _joined(texts) if wanted - there else set()
    return 1 - len(absent) / len(wanted) if wanted else 1.0


def _share_across(query: Query, there: Set[str]) -> float:
    """The same for documents in other languages: that words are not there says nothing, where the
    meaning can be compared; else nothing but names, codes and numbers can have been found."""
    if query.is_known:
        return 1.0
    sought = set(query.stems)
    return len(sought & there) / len(sought) if sought else 0.0


def _joined(texts: Iterable[str]) -> set[str]:
    """The stems of hyphenated words, written as one."""
    found = (word for text in texts for word in HYPHENATED.findall(text))
    return set(stems(" ".join(word.replace("-", "") for word in found)))


def _shares(word: str, texts: Iterable[str]) -> bool:
    """Whether some letters of a word that follow each other, half of it at least, stand in a text:
    a part of a compound."""
    size = max(LONG, (len(word) + 1) // 2)
    parts = {word[at : at + size] for at in range(len(word) - size + 1)}
    return any(part in text for text in map(str.casefold, texts) for part in parts)


def _names_another_code(codes: Set[str], there: str) -> bool:
    """Whether a code is not in a text, in lower case, that has others with its letters."""
    plain = SEAM.sub("", there)
    for code in codes:
        kind = KIND.match(code)
        year = YEAR.search(code)
        is_there = code in there or SEAM.sub("", code) in plain or (year and year[0] in there)
        if kind and not is_there and re.search(rf"(?<![^\W\d_]){re.escape(kind[1])}-?\d\d", there):
            return True
    return False
