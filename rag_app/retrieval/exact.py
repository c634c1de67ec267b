"""Exact comparison with the vectors that came after a generation, kept in memory between searches.

It answers for small collections alone: comparing 20,000 vectors takes 2 ms, and importing and
opening Chroma a second (docs/decisions/0007). For large ones it answers for what the index does
not have yet.
"""

from __future__ import annotations

import numpy as np

from ingest.catalog.view import CatalogView
from ingest.similarity import COSINE, Similarity, Vectors, similarities

# Rows of what is gone are left until there are so many more rows than chunks.
SLACK = 2
SPARE = 1_000


class ExactVectors:
    """The vectors of a collection that came after a generation. Not safe for threads."""

    def __init__(self, after: int = 0) -> None:
        self.after = after
        self._forget()

    def _forget(self) -> None:
        self._generation = self.after
        self._ids: list[str] = []
        self._rows: dict[str, int] = {}
        self._matrix: Vectors = np.zeros((0, 0), dtype=np.float32)

    def follow(self, view: CatalogView) -> None:
        """Take in what came since the last view. Views must not be older than that."""
        generation = view.generation()
        if generation == self._generation:
            return
        if len(self._ids) > SLACK * view.count_after(self.after) + SPARE:
            self._forget()
        for ids, vectors in view.vectors(after=self._generation):
            self._take(ids, vectors)
        self._generation = generation

    def best(self, vector: Vectors, k: int, measure: Similarity = COSINE) -> dict[str, float]:
        """The ids and similarities of the ``k`` nearest to a vector, shape (dimension,),
        best first. Some may be gone from the collection since they came."""
        if not self._ids:
            return {}
        scores = similarities(self._matrix[: len(self._ids)], vector, measure)
        k = min(k, len(scores))
        nearest = np.argpartition(-scores, k - 1)[:k]
        order = nearest[np.argsort(-scores[nearest], kind="stable")]
        return {self._ids[row]: float(scores[row]) for row in order.tolist()}

    def __len__(self) -> int:
        return len(self._ids)

    def _take(self, ids: list[str], vectors: Vectors) -> None:
        needed = len(self._ids) + len(ids)
        if needed > len(self._matrix):
            grown = np.empty((max(needed, 2 * len(self._matrix)), vectors.shape[1]), np.float32)
            if self._ids:
                grown[: len(self._ids)] = self._matrix[: len(self._ids)]
            self._matrix = grown
        for id_, vector in zip(ids, vectors, strict=True):
            row = self._rows.setdefault(id_, len(self._ids))
            if row == len(self._ids):
                self._ids.append(id_)
            self._matrix[row] = vector
