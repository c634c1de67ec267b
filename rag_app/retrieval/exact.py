"""Exact search: the vectors that came after a generation, in memory, compared one and all.

It answers for small collections alone: comparing 20,000 vectors takes 2 ms, and importing and
opening Chroma a second (docs/decisions/0007). For large ones it answers for what the index does
not have yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from ingest.catalog.chunk_vectors import Numbers, Points, numbers_after, points_after
from ingest.catalog.view import CatalogView
from ingest.similarity import Similarity, Vectors, similarities


class ExactVectors:
    """The live chunks of one view that came after a generation. Immutable; threads share it."""

    def __init__(self, after: int = 0, *, is_complete: bool = True) -> None:
        """None yet; see ``following``."""
        self.after = after
        self.is_complete = is_complete
        self.points = Points([], np.zeros(0, np.int64), np.zeros((0, 0), np.float32))
        self._buffer = self.points.vectors
        self._is_followed = False

    def following(self, view: CatalogView, *, at_most: int) -> ExactVectors:
        """Those of a later view of the same catalog: read is what is new. Where there are more
        than ``at_most``, none are kept, and it ``is_complete`` no more."""
        if view.count_after(self.after) > at_most:
            return ExactVectors(self.after, is_complete=False)
        live = numbers_after(view, self.after)
        points = self.points
        if self.is_complete and np.array_equal(points.numbers, live):
            return self
        kept = np.isin(points.numbers, live, assume_unique=True)
        newest = int(points.numbers[-1]) if len(points.numbers) else -1
        new = points_after(view, self.after, newest)
        if np.count_nonzero(kept) + len(new.ids) != len(live):
            # Numbers rise; where they do not, this is no later view.
            return ExactVectors(self.after).following(view, at_most=at_most)
        following = ExactVectors(self.after)
        if kept.all():
            # The rows behind these are free, for one that follows.
            buffer = self._buffer if not self._is_followed else points.vectors
            self._is_followed = True
        else:
            points = points.at(np.flatnonzero(kept))
            buffer = points.vectors
        following._buffer = _appended(buffer, len(points.ids), new.vectors)
        vectors = following._buffer[: len(live)]
        following.points = Points([*points.ids, *new.ids], live, vectors)
        return following

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {id_: row for row, id_ in enumerate(self.points.ids)}

    def pick(self, ids: Sequence[str], numbers: Numbers) -> Points:
        """Those of some chunks, by id or by number, that are among these."""
        rows = [self._rows[id_] for id_ in ids if id_ in self._rows]
        places = self.points.places_of(numbers)
        is_within = places < len(self.points.numbers)
        places, numbers = places[is_within], numbers[is_within]
        rows += places[self.points.numbers[places] == numbers].tolist()
        return self.points.at(np.array(sorted(set(rows)), dtype=np.int64))

    def best(
        self, vector: Vectors, k: int, similarity: Similarity, allowed: Numbers | None = None
    ) -> dict[str, float]:
        """The ids and similarities of the ``k`` nearest to a vector, shape (dimension,), best
        first; of those with ``allowed`` numbers, if these are given."""
        if not self.points.ids:
            return {}
        scores = similarities(self.points.vectors, vector, similarity)
        if allowed is not None:
            scores[~np.isin(self.points.numbers, allowed)] = -np.inf
        k = min(k, len(scores))
        nearest = np.argpartition(-scores, k - 1)[:k]
        order = nearest[np.argsort(-scores[nearest], kind="stable")]
        return {
            self.points.ids[row]: float(scores[row])
            for row in order.tolist()
            if scores[row] > -np.inf
        }


def _appended(buffer: Vectors, used: int, new: Vectors) -> Vectors:
    """A buffer with vectors behind the rows that are used: itself where there is room, so that one
    document more does not copy them all."""
    size = used + len(new)
    if len(new) and size > len(buffer):
        grown = np.empty((max(size, 2 * used), new.shape[1]), dtype=np.float32)
        grown[:used] = buffer[:used] if used else 0
        buffer = grown
    if len(new):
        buffer[used:size] = new
    return buffer
