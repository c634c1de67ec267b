"""The words of a passage that are most like a claim: one to three neighbouring sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.records import StoredChunk
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


def window_of(claim: str, passage: Passage, language: str | None = ENGLISH) -> Window:
    """The words of a passage that have most of a claim, as ``claims.bare`` gives it."""
    chunk = passage.chunk
    same = _letters(claim)
    for start, end in _spans(chunk):
        text = chunk.text[start - chunk.start : end - chunk.start]
        if _is_in(same, text, language):
            return Window(start, end, text, 1.0, verbatim=True)
    covered, (start, _), (_, end) = max(_windows(claim, chunk, language), key=lambda one: one[0])
    return Window(start, end, chunk.text[start - chunk.start : end - chunk.start], covered)


def sentences_of(chunk: StoredChunk) -> list[str]:
    """The texts of a chunk's sentences."""
    return [chunk.text[start - chunk.start : end - chunk.start] for start, end in _spans(chunk)]


def _spans(chunk: StoredChunk) -> Sequence[Span]:
    return chunk.sentences or ((chunk.start, chunk.end),)


def _windows(
    claim: str, chunk: StoredChunk, language: str | None
) -> Iterator[tuple[float, Span, Span]]:
    """Windows as their coverage less what their length costs, first and last sentence."""
    wanted, spans = content(claim, language), _spans(chunk)
    found = [frozenset(content(text, language)) for text in sentences_of(chunk)]
    above = frozenset(content(text_over(chunk), language))
    joining = set(wanted) - _fact_stems(claim, language)
    for first in range(len(spans)):
        for last in range(first, min(first + LONGEST_WINDOW, len(spans))):
            words = frozenset[str]().union(*found[first : last + 1])
            if last > first and not all(
                len(joining & words - above.union(*rest)) >= max(BRINGS * len(joining), 1)
                for rest in (found[first:last], found[first + 1 : last + 1])
            ):
                continue
            cost = LONGER_COST * (last - first)
            yield coverage(wanted, words) - cost, spans[first], spans[last]


def _fact_stems(claim: str, language: str | None) -> frozenset[str]:
    """The stems of a claim's numbers, codes and names."""
    facts = facts_in(claim, language)
    told = [number.text for number in facts.numbers] + [*facts.codes, *facts.names]
    return frozenset(stem for text in told for stem in content(text, language))


def _is_in(letters: str, text: str, language: str | None) -> bool:
    """Whether a sentence, or one or several of its whole clauses, are a claim word for word."""
    own = _letters(bare(text, language))
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
