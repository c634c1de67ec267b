"""Unanswerable questions, made of answerable ones: held-out passages and near misses.

Either the passages that answer are held out, and every copy of them; or the question gets another
code, number, name or word: the topic is there, and the detail is not.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ingest.catalog.chunk_vectors import places_in
from ingest.text.analyzer import stems, words_with_stems
from rag_app.engine import Engine
from rag_app.eval.gold import GoldPlaces, find_quote
from rag_app.eval.questions import Question
from rag_app.evidence.evidence import Evidence
from rag_app.grounding.facts.reading import facts_in
from rag_app.retrieval.bm25 import coverage
from rag_app.retrieval.passage import Passage, passage_stems

# Copies may stand behind those that were held out first, and what is put in may be answered too.
MOST_ROUNDS = 5
TRIES = 2
# The share of words from which on two passages say the same.
COPY = 0.8


def held_out(engine: Engine, question: Question, places: GoldPlaces) -> Evidence | None:
    """The evidence for a question without the passages that answer it, nor copies of them; None
    if they are not in the collection, or there are always more copies."""
    chunks = gold_chunks(engine, question, places)
    if not chunks:
        return None
    without = dict.fromkeys(chunks)
    with engine.collection.reading() as view:
        said = [set(stems(chunk.text)) for chunk in view.chunks(chunks).values()]
    for _ in range(MOST_ROUNDS):
        evidence = engine.evidence(question.text, without=list(without))
        copies = [one.chunk.id for one in evidence.passages if _says_it(one, question, said)]
        if not copies:
            return evidence
        without |= dict.fromkeys(copies)
    return None


def gold_chunks(engine: Engine, question: Question, places: GoldPlaces) -> list[str]:
    """The ids of all chunks that overlap a gold quote or, without one, lie on a gold page."""
    ids: dict[str, None] = {}
    with engine.collection.reading() as view:
        for gold in question.gold:
            spans = places.spans(gold)
            for place in places_in(view, gold.document):
                if gold.quote is None and gold.span is None:
                    is_gold = gold.page in (None, place.page)
                else:
                    is_gold = any(place.start < end and start < place.end for start, end in spans)
                if is_gold:
                    ids[place.id] = None
    return list(ids)


def _says_it(passage: Passage, question: Question, said: Sequence[set[str]]) -> bool:
    if any(one.quote and find_quote(one.quote, passage.chunk.text) for one in question.gold):
        return True
    there = set(stems(passage.chunk.text))
    return any(len(there & one) >= COPY * len(there | one) for one in said)


class Details:
    """What near misses put in the place of a question's detail: those of the other questions."""

    def __init__(self, questions: Sequence[Question], seed: int = 0) -> None:
        self._chance = random.Random(seed)
        self._often = Counter(stem for one in questions for stem in set(stems(one.text)))
        self._names = [name for one in questions for name in _names(one.text)]
        self._words = [word for one in questions for word in words_with_stems(one.text)]

    def near_miss(self, engine: Engine, question: Question) -> tuple[str, Evidence] | None:
        """The question with another detail, and its evidence; None if nothing can be put in its
        place, or what can is answered as well: one passage has all of its words."""
        for asked in self._tries(question.text):
            evidence = engine.evidence(asked)
            wanted = stems(asked)
            if all(coverage(wanted, passage_stems(one)) < 1 for one in evidence.passages):
                return asked, evidence
        return None

    def _tries(self, text: str) -> Iterator[str]:
        """A code or number with other digits, another name, another word."""
        words = list(words_with_stems(text))
        known = set(stems(text))
        for code in [word for word in words if any(map(str.isdigit, word))][-1:]:
            for _ in range(TRIES):
                yield _with(text, code, "".join(map(self._other_digit, code)))
        for detail, others in ((_names(text)[-1:], self._names), (words, self._words)):
            chosen = [one for one in dict.fromkeys(others) if not set(stems(one)) & known]
            for _ in range(TRIES if detail and chosen else 0):
                rarest = min(detail, key=lambda word: (self._rarity(word), -len(word), word))
                yield _with(text, rarest, self._chance.choice(chosen))

    def _other_digit(self, sign: str) -> str:
        return self._chance.choice("123456789".replace(sign, "")) if sign.isdigit() else sign

    def _rarity(self, word: str) -> int:
        """In how many questions a word is."""
        return min(self._often[stem] for stem in stems(word))


def _with(text: str, word: str, other: str) -> str:
    return other.join(re.split(rf"\b{re.escape(word)}\b", text))


def _names(text: str) -> list[str]:
    """The words of a question with a capital that they have for themselves, as they are written."""
    known = set(facts_in(text).names)
    return [word for word in words_with_stems(text) if word.casefold() in known]
