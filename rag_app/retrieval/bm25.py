"""Okapi BM25: how well the words of a text match those of a query.

The sum over the query's words of idf * tf / (tf + k1 * (1 - b + b * length / mean length)):
Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, section 3.5.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

# The usual constants; passages have their own (``rag_app.retrieval.keyword``).
K1 = 1.2
B = 0.75

Length = TypeVar("Length", float, npt.NDArray[np.float32])


def idf(texts: int, holding: int) -> float:
    """Inverse document frequency: the weight of a word that so many of some texts hold."""
    return math.log(1 + (texts - holding + 0.5) / (holding + 0.5))


def length_norm(length: Length, mean: float, k1: float, b: float) -> Length:
    """What a word's count is held against: k1, for texts of the mean length. Lengths in words."""
    return k1 * (1 - b + b * length / mean)


def bm25(query: Sequence[str], texts: Sequence[Sequence[str]]) -> list[float]:
    """The BM25 score of each text, given as stems, for a query, with these texts as corpus."""
    if not texts:
        return []
    mean = sum(map(len, texts)) / len(texts) or 1.0
    holding = Counter(stem for text in texts for stem in set(text))
    scores: list[float] = []
    for text in texts:
        counts = Counter(text)
        norm = length_norm(float(len(text)), mean, K1, B)
        scores.append(0.0)
        for stem in set(query) & set(counts):
            weight = idf(len(texts), holding[stem])
            scores[-1] += weight * counts[stem] * (K1 + 1) / (counts[stem] + norm)
    return scores


def coverage(wanted: Sequence[str], text: Iterable[str]) -> float:
    """The share of the wanted stems that a text has, 0 to 1; 1 if nothing is wanted."""
    distinct = set(wanted)
    if not distinct:
        return 1.0
    return len(distinct & set(text)) / len(distinct)
