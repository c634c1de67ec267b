"""Whether a passage supports a sentence, by which of its words, and if not, why not.

A sentence is compared with one to three neighbouring sentences of a passage: every number, date,
code and name must be there, nothing may say the opposite, and the meaning must agree, by words and
where those leave it open by the sentences' vectors. A judge, a model that was trained to tell
whether one text follows from another, can take the place of the last two
(``rag_app.grounding.entailment``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np

from ingest.embed.embedder import Embedder
from ingest.similarity import Vectors, similarities, unit
from ingest.text.analyzer import stems
from rag_app.grounding.fact_lookup import Words, missing
from rag_app.grounding.facts import facts_in
from rag_app.grounding.negation_english import contradiction
from rag_app.grounding.substitutions import replaced
from rag_app.grounding.windows import words_of
from rag_app.retrieval.passage import Passage

# How much worse than the best window another one may be.
WORSE = 0.15
# Half words and half meaning; measured in docs/LOG.md.
ENOUGH = 0.62
WORDS = 0.5
# Where the words are as many or as few, the vectors are not asked.
PLAINLY = 0.9
HARDLY = 0.15
NOT_SAID = "no passage says this"
# As many vectors are kept: of the claims of an answer, and of what they are compared with.
VECTORS = 4096

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
        self._vectors: dict[str, Vectors] = {}

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
            vectors = self._encode(self._embedder, texts)
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

    def _encode(self, embedder: Embedder, texts: Sequence[str]) -> Vectors:
        """Vectors of length one. The same words of a passage are asked for many claims."""
        known = self._vectors if len(self._vectors) < VECTORS else {}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, unit(embedder.encode(new)), strict=True))
        self._vectors = known
        return np.stack([known[text] for text in texts])


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
    read = words_of(chunk)
    same = _letters(claim)
    if found := _by_letters(chunk.text, chunk.start, chunk.sentences).get(same):
        start, end = found
        return Window(start, end, chunk.text[start - chunk.start : end - chunk.start], 1.0, None)
    best: Window | None = None
    for covered, first, last in read.windows(stems(claim), _fact_stems(claim)):
        start, end = first[0], last[1]
        text = chunk.text[start - chunk.start : end - chunk.start]
        if same and _letters(bare(text)) == same:
            return Window(start, end, text, 1.0, None)
        if best is not None and (best.reason is None or covered < best.coverage - WORSE):
            continue
        words = Words(text, read.over, chunk.text[: start - chunk.start], read.names)
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


def _fact_stems(claim: str) -> frozenset[str]:
    """The stems of a claim's numbers, codes and names."""
    facts = facts_in(claim)
    told = [number.text for number in facts.numbers] + [*facts.codes, *facts.names]
    return frozenset(stem for text in told for stem in stems(text))


@lru_cache(maxsize=256)  # the passages of the last questions
def _by_letters(
    text: str, offset: int, spans: tuple[tuple[int, int], ...]
) -> Mapping[str, tuple[int, int]]:
    """The first sentence of a passage with each letters."""
    return {
        _letters(bare(text[start - offset : end - offset])): (start, end)
        for start, end in reversed(spans)
    }


@lru_cache(maxsize=512)  # what one question needs again and again
def _letters(text: str) -> str:
    """What is left of a text if only its words and signs inside them count."""
    return " ".join(text.split()).casefold().strip(" .!?;:,“”\"'()")
