"""The windows of a passage, one to three neighbouring sentences, that have most of a claim's words.

What a passage says is read once for all the claims of an answer; a claim costs what the sentences
that share words with it cost, and of those no more than ``SENTENCES``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.records import StoredChunk
from ingest.text.analyzer import stems
from rag_app.grounding.facts import facts_in
from rag_app.retrieval.passage import text_over

LONGEST_WINDOW = 3
# What a second and third sentence cost, as a share of the claim's words ...
LONGER_COST = 0.04
# ... and what each at the edge has to bring: a number alone does not join it to another sentence.
BRINGS = 0.12
# Windows of a passage that are looked at closely.
WINDOWS = 3
# Of more sentences, those with most of the words are put together: some passages, such as lists of
# parts, have hundreds.
SENTENCES = 24

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PassageWords:
    """A passage as claims are compared with it: its sentences ``[start, end)`` of the document,
    the stems of each, the sentences that hold a stem, the stems above it, and its names."""

    over: str
    spans: tuple[Span, ...]
    stems: tuple[frozenset[str], ...]
    holding: Mapping[str, tuple[int, ...]]
    above: frozenset[str]
    names: frozenset[str]

    def windows(
        self, wanted: Sequence[str], looked_up: frozenset[str]
    ) -> Iterator[tuple[float, Span, Span]]:
        """The best windows, best first, each as its coverage, first and last sentence.
        ``looked_up`` are stems that join no sentence to another one."""
        own = frozenset(wanted)
        joining = own - looked_up
        above = own & self.above

        def share(words: frozenset[str]) -> float:
            return len(words) / len(own) if own else 1.0

        scored: list[tuple[float, int, int, float]] = []
        looked_at = self._looked_at(own)
        for first in sorted(looked_at):
            words, empty = frozenset[str](), True
            for last in range(first, min(first + LONGEST_WINDOW, len(self.spans))):
                words |= self.stems[last] & own
                empty = empty and not self.stems[last]
                # What brings nothing is at no window's edge.
                if last > first and not (
                    last in looked_at and self._both_edges_bring(joining, first, last)
                ):
                    continue
                score = share(words) - LONGER_COST * (last - first)
                scored.append((score, first, last, share(words if empty else words | above)))
        scored.sort(key=lambda one: (-one[0], one[1], one[2]))
        for _, first, last, covered in scored[:WINDOWS]:
            yield covered, self.spans[first], self.spans[last]

    def _looked_at(self, wanted: frozenset[str]) -> set[int]:
        """The sentences with most of the wanted stems, and the first ones."""
        counts: dict[int, int] = {}
        for stem in wanted:
            for place in self.holding.get(stem, ()):
                counts[place] = counts.get(place, 0) + 1
        best = sorted(counts, key=lambda place: (-counts[place], place))[:SENTENCES]
        return {*best, *range(min(WINDOWS, len(self.spans)))}

    def _both_edges_bring(self, joining: frozenset[str], first: int, last: int) -> bool:
        """Whether the first and the last sentence both have words that no other of them has."""
        found = self.stems
        for edge, others in (
            (found[first], found[first + 1 : last + 1]),
            (found[last], found[first:last]),
        ):
            brought = (joining & edge).difference(self.above, *others)
            if not brought or len(brought) < BRINGS * len(joining):
                return False
        return True


def words_of(chunk: StoredChunk) -> PassageWords:
    """What a passage says, read once."""
    spans = chunk.sentences or ((chunk.start, chunk.end),)
    return _read(chunk.text, text_over(chunk), chunk.start, tuple(spans))


@lru_cache(maxsize=256)  # the passages of the last questions
def _read(text: str, over: str, offset: int, spans: tuple[Span, ...]) -> PassageWords:
    found = tuple(frozenset(stems(text[start - offset : end - offset])) for start, end in spans)
    holding: dict[str, list[int]] = {}
    for place, there in enumerate(found):
        for stem in there:
            holding.setdefault(stem, []).append(place)
    return PassageWords(
        over,
        spans,
        found,
        {stem: tuple(places) for stem, places in holding.items()},
        frozenset(stems(over)),
        frozenset(facts_in(text).names),
    )
