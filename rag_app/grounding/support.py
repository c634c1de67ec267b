"""Whether a passage supports a sentence, by which of its words, and if not, why not.

A sentence is compared with one to three neighbouring sentences of a passage: every number, date,
code and name must be there, nothing may say the opposite, and the meaning must agree, by words and
where those leave it open by the sentences' vectors. A judge, a model that was trained to tell
whether one text follows from another, can take the place of the last two
(``rag_app.grounding.entailment``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np

from ingest.embed.embedder import Embedder
from ingest.records import StoredChunk
from ingest.similarity import similarities, unit
from ingest.text.analyzer import stems
from rag_app.grounding.fact_lookup import Words, missing
from rag_app.grounding.facts import facts_in
from rag_app.grounding.negation_english import contradiction
from rag_app.grounding.substitutions import replaced
from rag_app.retrieval.bm25 import coverage
from rag_app.retrieval.passage import Passage, text_over

LONGEST_WINDOW = 3
# What a second and third sentence cost, as a share of the claim's words ...
LONGER_COST = 0.04
# ... and what each at the edge has to bring: a number alone does not join it to another sentence.
BRINGS = 0.12
# Windows of a passage that are looked at closely, and how much worse than the best they may be.
WINDOWS = 3
WORSE = 0.15
# Half words and half meaning; measured in docs/LOG.md.
ENOUGH = 0.62
WORDS = 0.5
# Where the words are as many or as few, the vectors are not asked.
PLAINLY = 0.9
HARDLY = 0.15
NOT_SAID = "no passage says this"

# What a list, a heading or a table puts around a sentence, and what only says where it is from.
DECORATION = re.compile(r"^[\s>#|*•–—-]+(?=\S)|^\s*\(?\d{1,3}[.)]\s+|[*_`|]{1,3}")
ATTRIBUTION_ENGLISH = re.compile(
    r"^(?:according to|based on|as (?:stated|described|noted) in|in|per) (?:the )?"
    r"(?:given |provided |numbered )?(?:passages?|documents?|text|sources?|context)\b[^,]{0,20},\s*"
    r"|^the (?:passages?|documents?|text|sources?) (?:say|state|mention|explain|note)s? that\s+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Support:
    """What a passage has for a claim: the best words, ``[start, end)`` of the document; ``score``,
    0 to 1; and why they do not support it, None where they do."""

    start: int
    end: int
    score: float
    reason: str | None

    @property
    def supported(self) -> bool:
        """Whether they do."""
        return self.reason is None


class SupportCheck(Protocol):
    """Says what passages have for a claim."""

    def check(self, claim: str, passages: Sequence[Passage]) -> list[Support]:
        """The best words of each passage, in the order of the passages."""
        ...


class FactCheck:
    """The check without any further model: facts, contradictions, words and vectors."""

    def __init__(self, embedder: Embedder | None = None) -> None:
        """Without an embedder, words alone say whether the meaning agrees."""
        self._embedder = embedder

    def check(self, claim: str, passages: Sequence[Passage]) -> list[Support]:
        """Deterministic and offline; some milliseconds for each passage."""
        claim = bare(claim)
        found = [best_window(claim, passage, opposed) for passage in passages]
        scores = [one.coverage for one in found]
        # The vectors are asked where they can change what is said.
        open_ = [
            place
            for place, one in enumerate(found)
            if one.reason is None and HARDLY <= one.coverage < PLAINLY
        ]
        if open_ and self._embedder is not None:
            texts = [claim, *(found[place].text for place in open_)]
            vectors = unit(self._embedder.encode(texts))
            cosines = similarities(vectors[1:], vectors[0]).tolist()
            for place, cosine in zip(open_, cosines, strict=True):
                words = WORDS * found[place].coverage
                scores[place] = words + (1 - WORDS) * float(np.clip(cosine, 0, 1))
        return [
            Support(
                one.start, one.end, score, one.reason or (None if score >= ENOUGH else NOT_SAID)
            )
            for one, score in zip(found, scores, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Window:
    """One to three neighbouring sentences of a passage, ``[start, end)`` of the document.

    ``coverage`` is the share of a claim's words that they have, ``reason`` what speaks against
    them, None if nothing does.
    """

    start: int
    end: int
    text: str
    coverage: float
    reason: str | None


def best_window(
    claim: str, passage: Passage, opposite: Callable[[str, str], str | None] | None
) -> Window:
    """The words of a passage that support a claim best. ``opposite`` says how two texts contradict
    each other, if it is to be asked. A claim that is in the passage word for word is found."""
    chunk = passage.chunk
    over = text_over(chunk)
    wanted = stems(claim)
    same = _letters(claim)
    for start, end in chunk.sentences:
        text = chunk.text[start - chunk.start : end - chunk.start]
        if _letters(bare(text)) == same:
            return Window(start, end, text, 1.0, None)
    names = _names_of(chunk.text)
    best: Window | None = None
    for covered, first, last in _windows(wanted, chunk, over, _fact_stems(claim)):
        start, end = first[0], last[1]
        text = chunk.text[start - chunk.start : end - chunk.start]
        if same and _letters(bare(text)) == same:
            return Window(start, end, text, 1.0, None)
        if best is not None and (best.reason is None or covered < best.coverage - WORSE):
            continue
        words = Words(text, over, chunk.text[: start - chunk.start], names)
        reason = missing(claim, words) or (opposite(claim, text) if opposite else None)
        if best is None or reason is None:
            best = Window(start, end, text, covered, reason)
    assert best is not None
    return best


def opposed(claim: str, words: str) -> str | None:
    """How a claim differs from words that it seems to repeat, or contradicts them, by rules."""
    return replaced(claim, words) or contradiction(claim, words)


@lru_cache(maxsize=512)  # what one question needs again and again
def bare(sentence: str) -> str:
    """A sentence without the signs of Markdown around it, and without "according to the text"."""
    return ATTRIBUTION_ENGLISH.sub("", DECORATION.sub(" ", DECORATION.sub("", sentence)).strip())


Span = tuple[int, int]


def _windows(
    wanted: Sequence[str], chunk: StoredChunk, over: str, looked_up: frozenset[str]
) -> Iterator[tuple[float, Span, Span]]:
    """The best windows, best first, each as its coverage, first and last sentence. ``looked_up``
    are stems that join no sentence to another one."""
    spans = chunk.sentences or ((chunk.start, chunk.end),)
    found = [
        frozenset(_stems(chunk.text[start - chunk.start : end - chunk.start]))
        for start, end in spans
    ]
    above = frozenset(_stems(over))
    joining = set(wanted) - looked_up
    scored: list[tuple[float, int, int, float]] = []
    for first in range(len(spans)):
        for last in range(first, min(first + LONGEST_WINDOW, len(spans))):
            words = frozenset[str]().union(*found[first : last + 1])
            covered = coverage(wanted, [*words, *(above if words else ())])
            if last > first and not all(
                len(joining & words - above.union(*rest)) >= BRINGS * len(joining)
                and joining & words - above.union(*rest)
                for rest in (found[first:last], found[first + 1 : last + 1])
            ):
                continue
            own = coverage(wanted, [*words])
            scored.append((own - LONGER_COST * (last - first), first, last, covered))
    scored.sort(key=lambda one: (-one[0], one[1], one[2]))
    for _, first, last, covered in scored[:WINDOWS]:
        yield covered, spans[first], spans[last]


def _fact_stems(claim: str) -> frozenset[str]:
    """The stems of a claim's numbers, codes and names."""
    facts = facts_in(claim)
    told = [number.text for number in facts.numbers] + [*facts.codes, *facts.names]
    return frozenset(stem for text in told for stem in stems(text))


@lru_cache(maxsize=512)  # what one question needs again and again
def _stems(text: str) -> tuple[str, ...]:
    return tuple(stems(text))


@lru_cache(maxsize=512)
def _names_of(text: str) -> frozenset[str]:
    return frozenset(facts_in(text).names)


@lru_cache(maxsize=512)  # what one question needs again and again
def _letters(text: str) -> str:
    """What is left of a text if only its words and signs inside them count."""
    return " ".join(text.split()).casefold().strip(" .!?;:,“”\"'()")
