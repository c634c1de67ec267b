"""How much one thing that is to be learned needs another: a score for each pair of texts.

Three scores are added up, each as distances from its mean in standard deviations, so that no
threshold of one set of objectives is carried to another: what was learned of pairs of concepts,
what the passages say (reference distance), and nearness. How the first was trained, and what each
of them is worth: ``benchmarks.insights.prerequisites``, docs/decisions/0029.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ingest.similarity import Vectors, unit
from ingest.text.analyzer import stems
from rag_app.clusters.nearest import Rows, nearest_to
from rag_app.retrieval.bm25 import coverage

Floats = npt.NDArray[np.float64]
SHIPPED = Path(__file__).with_name("prerequisites.npz")
# Passages that stand for an objective: with 10, references are too rare to count. Of a small
# collection, a quarter, or they would be the same ones for every objective.
NEAREST = 30


@dataclass(frozen=True)
class KnownPairs:
    """What was learned of pairs of concepts of which it is known whether one needs the other.

    A support vector machine whose kernel is that of both sides, multiplied: a text needs another as
    far as it is like concepts that need what the other is like. ``concepts`` are vectors of length
    one, shape (concepts, dimension); pair ``i`` of them says with the weight ``weights[i]`` that
    ``learned[i]`` needs ``needed[i]``, or, below 0, that it does not.
    """

    concepts: Vectors
    learned: Rows
    needed: Rows
    weights: Floats

    @property
    def dimension(self) -> int:
        """Of the vectors that it was trained with."""
        return int(self.concepts.shape[1])

    def scores(self, vectors: Vectors) -> Floats:
        """How much each text needs each, shape (n, n): the row needs the column."""
        alike = kernel(vectors, self.concepts)
        of_pairs = alike[:, self.learned] * self.weights
        return np.asarray(of_pairs @ alike[:, self.needed].T)


def kernel(vectors: Vectors, others: Vectors) -> Floats:
    """The radial basis function exp(-|a - b|² / 2) of vectors of length one, shape (n, others)."""
    return np.asarray(np.exp(vectors @ others.T - 1), dtype=np.float64)


@cache
def known_pairs() -> KnownPairs:
    """Those that come with the program, as vectors of the default model: the order of lessons in
    CAHLR/OATutor-Content (CC BY 4.0), titles as vectors in 8 bits."""
    with np.load(SHIPPED) as arrays:
        concepts = unit(arrays["concepts"].astype(np.float32))
        return KnownPairs(
            concepts,
            arrays["learned"].astype(np.int64),
            arrays["needed"].astype(np.int64),
            arrays["weights"].astype(np.float64),
        )


def reference_distance(
    texts: Sequence[str],
    vectors: Vectors,
    passages: Vectors,
    words_of: Callable[[Sequence[int]], Sequence[str]],
) -> Floats:
    """RefD (Liang, Wu, Huang and Giles, EMNLP 2015) on a collection's own passages, shape (n, n).

    A needs B as far as the passages about A have the words of B, less how far those about B have
    the words of A. The passages about a text are those nearest to its vector, by cosine;
    ``words_of`` gives the texts of passages by their rows. Vectors have length one.
    """
    rows, alike = nearest_to(passages, vectors, min(NEAREST, max(1, len(passages) // 4)))
    used = np.unique(rows).tolist()
    wanted = [stems(text) for text in texts]
    referred = dict[int, Floats]()
    for row, words in zip(used, words_of(used), strict=True):
        own = set(stems(words))
        referred[row] = np.array([coverage(one, own) if one else 0.0 for one in wanted])
    weights = np.maximum(alike, 1e-6).astype(np.float64)
    weights /= weights.sum(axis=1, keepdims=True)
    says = np.array([
        weight @ np.array([referred[row] for row in own])
        for weight, own in zip(weights, rows.tolist(), strict=True)
    ])  # fmt: skip
    return np.asarray(says - says.T)


def needs(vectors: Vectors, references: Floats | None, known: KnownPairs | None) -> Floats:
    """How much each text needs each, shape (n, n), 0 on the diagonal: the row needs the column.

    ``references`` are those of ``reference_distance``; ``known`` is None where the vectors are
    not those of the model that it was learned with.
    """
    parts = [(vectors @ vectors.T).astype(np.float64)]
    parts += [] if references is None else [references]
    parts += [] if known is None else [known.scores(vectors)]
    total = np.sum([standardized(part) for part in parts], axis=0)
    np.fill_diagonal(total, 0)
    return np.asarray(total)


def standardized(scores: Floats) -> Floats:
    """Scores of pairs as distances from their mean, in standard deviations; the diagonal does not
    count."""
    others = scores[~np.eye(len(scores), dtype=bool)]
    deviation = float(others.std()) if len(others) else 0.0
    if deviation < 1e-9:
        return np.zeros_like(scores)
    return np.asarray((scores - others.mean()) / deviation)
