"""The words of a passage that are most like a claim: one to three neighbouring sentences."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from rag_app.grounding.claims import bare
from rag_app.grounding.facts.reading import facts_in
from rag_app.grounding.language.wording import ENGLISH
from rag_app.grounding.language.words import content
from rag_app.retrieval.bm25 import coverage
from rag_app.retrieval.passage import Passage, text_over

LONGEST_WINDOW = 3
# What a second and third sentence cost, as a share of the claim's words ...
LONGER_COST = 0.04
# ... and what each at the edge has to bring: a number alone does not join it to another sentence.
BRINGS = 0.12
# Of more sentences, those with most of the words are put together: some passages, such as lists of
# parts, have hundreds.
SENTENCES = 24
# A clause that is word for word a passage's is at least so long, in signs.
SHORTEST_CLAUSE = 6
CLAUSE_ENDS = re.compile(r"[.,;:!?。，；：！？|()\n]\s*")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring sentences of a passage, ``[start, end)`` of its document. ``coverage`` is the
    share of a claim's words that they have, ``verbatim`` whether they are the claim word for word.
    """

    start: int
    end: int
    text: str
    coverage: float
    verbatim: bool = False


def window_of(
    claim: str, passage: Passage, language: str | None = ENGLISH, about: str | None = None
) -> Window:
    """The words of a passage that have most of a claim, as ``claims.bare`` gives it; of ``about``
    where that says more."""
    return _window(claim, sentences_of(passage, language), language, about or claim)


@lru_cache(maxsize=4096)  # what one question needs again and again
def _window(claim: str, read: PassageWords, language: str | None, about: str) -> Window:
    same = _letters(claim)
    for text, letters, (start, end) in zip(read.texts, read.letters, read.spans, strict=True):
        if _is_in(same, letters):
            return Window(start, end, text, 1.0, verbatim=True)
    covered, first, last = read.best(content(about, language), _fact_stems(about, language))
    start, end = read.spans[first][0], read.spans[last][1]
    text = read.text[start - read.start : end - read.start]
    return Window(start, end, text, covered)


def sentences_of(passage: Passage, language: str | None = ENGLISH) -> PassageWords:
    """The sentences of a passage, read once for all the claims of an answer."""
    chunk = passage.chunk
    return _read(chunk.id, chunk.text, chunk.sentences, chunk.start, text_over(chunk), language)


@dataclass(frozen=True, slots=True, eq=False)
class PassageWords:
    """A passage as claims are compared with it: its text, the ``start`` of that in its document,
    its sentences ``[start, end)`` of the document, their texts, what is left of these if
    only words count, the stems of each, the sentences that hold a stem, and the stems above.
    """

    text: str
    start: int
    spans: tuple[Span, ...]
    texts: tuple[str, ...]
    letters: tuple[str, ...]
    stems: tuple[tuple[str, ...], ...]
    holding: Mapping[str, tuple[int, ...]]
    above: frozenset[str]

    def with_any(self, wanted: Set[str]) -> dict[int, int]:
        """The sentences that have any of some stems, with how many."""
        return Counter(place for stem in wanted for place in self.holding.get(stem, ()))

    def best(self, wanted: Sequence[str], looked_up: Set[str]) -> tuple[float, int, int]:
        """The coverage, the first and the last sentence of the window that has most of a claim's
        stems. ``looked_up`` are stems that join no sentence to another one."""
        own = frozenset(wanted)
        joining = own - looked_up
        counts = self.with_any(own)
        looked_at = sorted(counts, key=lambda place: (-counts[place], place))[:SENTENCES]
        sets = {place: own.intersection(self.stems[place]) for place in looked_at}
        found = (0.0, 0, 0)
        for first in sorted(sets):
            words = frozenset[str]()
            for last in range(first, min(first + LONGEST_WINDOW, len(self.spans))):
                words |= sets.get(last, frozenset())
                if last > first and not self._edges_bring(sets, joining, first, last):
                    continue
                covered = coverage(wanted, words) - LONGER_COST * (last - first)
                found = max(found, (covered, first, last), key=lambda one: one[0])
        return found

    def _edges_bring(
        self, sets: Mapping[int, frozenset[str]], joining: Set[str], first: int, last: int
    ) -> bool:
        least = max(BRINGS * len(joining), 1)
        places = range(first, last + 1)
        for edge in (first, last):
            rest = [sets.get(place, frozenset[str]()) for place in places if place != edge]
            brought = joining & sets.get(edge, frozenset[str]()) - self.above.union(*rest)
            if len(brought) < least:
                return False
        return True


@lru_cache(maxsize=128)  # the passages of a few questions
def _read(
    _id: str,
    text: str,
    sentences: tuple[Span, ...],
    start: int,
    over: str,
    language: str | None,
) -> PassageWords:
    spans = sentences or ((start, start + len(text)),)
    texts = tuple(text[first - start : last - start] for first, last in spans)
    stems = tuple(content(one, language) for one in texts)
    holding: dict[str, list[int]] = {}
    for place, own in enumerate(stems):
        for stem in dict.fromkeys(own):
            holding.setdefault(stem, []).append(place)
    return PassageWords(
        text,
        start,
        spans,
        texts,
        tuple(_letters(bare(one, language)) for one in texts),
        stems,
        {stem: tuple(places) for stem, places in holding.items()},
        frozenset(content(over, language)),
    )


@lru_cache(maxsize=4096)  # what one question needs again and again
def _fact_stems(claim: str, language: str | None) -> frozenset[str]:
    """The stems of a claim's numbers, codes and names."""
    facts = facts_in(claim, language)
    told = [number.text for number in facts.numbers] + [*facts.codes, *facts.names]
    return frozenset(stem for text in told for stem in content(text, language))


def _is_in(letters: str, own: str) -> bool:
    """Whether a sentence, or one or several of its whole clauses, are a claim word for word."""
    if own == letters:
        return True
    at = own.find(letters) if len(letters) >= SHORTEST_CLAUSE else -1
    if at < 0:
        return False
    before, after = own[:at].rstrip(), own[at + len(letters) :].lstrip()
    return (not before or CLAUSE_ENDS.fullmatch(before[-1]) is not None) and (
        not after or CLAUSE_ENDS.fullmatch(after[0]) is not None
    )


@lru_cache(maxsize=4096)  # what one question needs again and again
def _letters(text: str) -> str:
    """What is left of a text if only its words and signs inside them count."""
    return " ".join(text.split()).casefold().strip(" .!?;:,“”\"'()。！？；：，")
