"""The probability that passages say what a sentence says, by the words and the meaning they share.

A logistic regression over a few shares of a claim's content words, the same for all languages that
have stems. Fitted by benchmarks/answers/grounding.py on sentences that people labelled
(docs/LOG.md, 2026-11-28).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence, Set
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ingest.embed.embedder import Embedder
from ingest.similarity import similarities, unit
from rag_app.grounding.language.words import content
from rag_app.grounding.windows import Window, sentences_of
from rag_app.retrieval.bm25 import idf
from rag_app.retrieval.passage import Passage

ENOUGH = 0.48
# Sentences of several passages that may be put together.
TOGETHER = 3
# How many of the best windows are compared by meaning.
COMPARED = 3


class Features(NamedTuple):
    """Each 0 to 1: the share of a claim's content words that the passages have, all together and
    by weight (the rarer in the passages, the heavier); that the three sentences have that bring
    most, and the best window by weight; of its words that are not the question's; of its pairs of
    neighbouring words; of its names; and the cosine of the nearest window (0 without an embedder).
    """

    anywhere: float
    weighed: float
    together: float
    window: float
    new: float
    pairs: float
    names: float
    cosine: float


def features_of(
    claim: str,
    passages: Sequence[Passage],
    windows: Sequence[Window],
    question: str,
    language: str | None,
    names: float,
) -> Features:
    """What a claim shares with passages, whose best words ``windows`` are; ``names`` is the share
    of its names that they have."""
    stems = content(claim, language)
    wanted = set(stems)
    read = [sentences_of(passage, language) for passage in passages]
    over = frozenset[str]().union(*(one.above for one in read))
    # Only the sentences that share a word with the claim tell anything of it.
    found = [one.stems[place] for one in read for place in one.with_any(wanted)]
    sets = [wanted.intersection(one) for one in found]
    there = over.union(*sets)
    holding = Counter(stem for one in sets for stem in one)
    count = sum(len(one.texts) for one in read)
    weights = {stem: idf(count, holding[stem]) for stem in wanted}
    pairs = set(pairwise(stems))
    theirs = {
        pair for one in found for step in (1, 2) for pair in zip(one, one[step:], strict=False)
    }
    nearest = max(windows, key=lambda one: one.coverage, default=None)
    best = set(content(nearest.text, language)) if nearest else set()
    new = wanted - set(content(question, language))
    return Features(
        anywhere=_share(wanted, there),
        weighed=_weighed(wanted & there, weights),
        together=_share(wanted, _bringing(wanted, sets) | over),
        window=_weighed(wanted & best, weights),
        new=_share(new, there),
        pairs=_share(pairs, theirs) if pairs else _share(wanted, there),
        names=names,
        cosine=0.0,
    )


# In the order of ``Features``, with the embedder and without.
BIAS, WEIGHTS = -2.02, (0.58, 1.55, -2.55, 0.9, 1.07, 1.98, 0.38, 1.42)
BIAS_WORDS, WEIGHTS_WORDS = -1.63, (2.14, 0.48, -2.5, 1.2, 0.77, 2.21, 0.39)


def probability(features: Features, *, with_meaning: bool = True) -> float:
    """That the passages say it, 0 to 1."""
    bias, weights = (BIAS, WEIGHTS) if with_meaning else (BIAS_WORDS, WEIGHTS_WORDS)
    z = bias + sum(weight * value for weight, value in zip(weights, features, strict=False))
    return 1 / (1 + math.exp(-z))


def _share(wanted: Set[object], there: Set[object]) -> float:
    return len(wanted & there) / len(wanted) if wanted else 1.0


def _weighed(stems: set[str], weights: dict[str, float]) -> float:
    total = sum(weights.values())
    return sum(weights[stem] for stem in stems) / total if total else 1.0


def _bringing(wanted: set[str], sentences: Sequence[set[str]]) -> set[str]:
    """What the few sentences have of some words that bring most of them."""
    got: set[str] = set()
    for _ in range(TOGETHER):
        best = max(sentences, key=lambda one: len((wanted - got) & one), default=set[str]())
        got |= wanted & best
    return got


def cosine(claim: str, windows: Sequence[Window], embedder: Embedder | None) -> float:
    """The cosine of a claim and the nearest of the best windows, 0 to 1."""
    if embedder is None or not windows:
        return 0.0
    best = sorted(windows, key=lambda one: -one.coverage)[:COMPARED]
    vectors = unit(embedder.encode([claim, *(one.text for one in best)]))
    return float(np.clip(similarities(vectors[1:], vectors[0]).max(), 0, 1))
