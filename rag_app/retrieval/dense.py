"""Dense search: a question's vector to the chunks nearest to it, right also while the collection
changes.

Three sources make one answer. The segments of the vector index, which may be old; an exact
comparison with the vectors that the catalog got since; and the catalog itself, which knows what is
live. So a search never misses what was committed before it began, never returns what was deleted,
and works, only slower, with no index at all. A small collection needs none to be quick.
"""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ingest.catalog.chunk_vectors import Numbers
from ingest.catalog.filters import Filter
from ingest.errors import StoreError
from ingest.index.reader import OpenSegment
from ingest.similarity import Vectors, similarities
from rag_app.retrieval.snapshot import Snapshot, SnapshotReader

# Of those that pass a filter, so many, or one in so many of all, are compared directly.
FEW = 2_000
FEW_SHARE = 50
THREADS = min(4, os.cpu_count() or 1)
# Chroma computes in single precision too, in another order.
TOLERANCE = 1e-3

# Similarities by chunk id, best first.
Scores = Mapping[str, float]

logger = logging.getLogger(__name__)


class DenseIndex:
    """The vectors of one collection. Threads may share it."""

    def __init__(self, snapshots: SnapshotReader) -> None:
        self._snapshots = snapshots
        # Segments are asked at once; Chroma lets other threads run meanwhile.
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="segment")

    def nearest(
        self,
        snapshot: Snapshot,
        vector: Vectors,
        k: int,
        where: Filter | None = None,
        allowed: Numbers | None = None,
    ) -> Scores:
        """The ``k`` live chunks most similar to a vector, shape (dimension,), best first.

        With a filter, ``allowed`` are the numbers of those that pass it: ``k`` of them are found
        if there are ``k``.
        """
        if allowed is not None:
            indexed = sum(opened.count for opened in snapshot.segments)
            if len(allowed) <= max(FEW, indexed // FEW_SHARE):
                points = snapshot.points(numbers=allowed)
                return _best(
                    dict(zip(points.ids, _compared(snapshot, points.vectors, vector), strict=True)),
                    k,
                )
        while True:
            try:
                found = self._best_indexed(snapshot, vector, k, allowed)
                break
            except _Damaged as damaged:
                logger.warning("Searching without the index: %s", damaged)
                snapshot = self._snapshots.without(snapshot, damaged.segment)
        return _best({**found, **_best_recent(snapshot, vector, k, where, allowed)}, k)

    def _best_indexed(
        self, snapshot: Snapshot, vector: Vectors, k: int, allowed: Numbers | None
    ) -> Scores:
        """The ``k`` best of the segments, of which some may be gone since, and some may not be
        found. All are asked at once, and only the best of them all are looked up: scores are
        checked against the catalog's vectors. Raises _Damaged where they differ, or Chroma fails.
        """
        allowed_numbers = None if allowed is None else set(allowed.tolist())
        wanted = k
        while snapshot.segments:
            asked = [self._threads.submit(one.query, vector, wanted) for one in snapshot.segments]
            claimed: dict[str, tuple[float, OpenSegment]] = {}
            unseen = -math.inf  # a segment may hold others that are as good as this
            for segment, answer in zip(snapshot.segments, asked, strict=True):
                try:
                    pairs = answer.result()
                except StoreError as error:
                    raise _Damaged(segment, str(error)) from error
                claimed |= {id_: (score, segment) for id_, score in pairs}
                if pairs and wanted < segment.count:
                    unseen = max(unseen, pairs[-1][1])
            order = sorted(claimed, key=lambda id_: (-claimed[id_][0], id_))
            live: Scores = {}
            for first in range(0, len(order), k):
                batch = {id_: claimed[id_] for id_ in order[first : first + k]}
                live = _best({**live, **_checked(snapshot, vector, batch, allowed_numbers)}, k)
                if len(live) == k:
                    break
            if unseen == -math.inf:
                return live
            if len(live) == k and min(claimed[id_][0] for id_ in live) >= unseen:
                return live
            wanted *= 4
        return {}

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown()


class _Damaged(Exception):
    """A segment gave what cannot be, or nothing."""

    def __init__(self, segment: OpenSegment, says: str) -> None:
        super().__init__(says)
        self.segment = segment


def _checked(
    snapshot: Snapshot,
    vector: Vectors,
    claimed: Mapping[str, tuple[float, OpenSegment]],
    allowed: set[int] | None,
) -> Scores:
    """Those of the chunks that are live and may be found, with their exact scores. Raises _Damaged
    for a segment that claims another score."""
    points = snapshot.points(ids=list(claimed))
    exact = _compared(snapshot, points.vectors, vector)
    for id_, score in zip(points.ids, exact, strict=True):
        claim, segment = claimed[id_]
        if not math.isclose(score, claim, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
            raise _Damaged(segment, "the index holds other vectors than the catalog")
    return {
        id_: score
        for id_, score, number in zip(points.ids, exact, points.numbers.tolist(), strict=True)
        if allowed is None or number in allowed
    }


def _best_recent(
    snapshot: Snapshot,
    vector: Vectors,
    k: int,
    where: Filter | None,
    allowed: Numbers | None,
) -> Scores:
    """The best of what the segments lack, by exact comparison: of the vectors in memory, or, where
    these would be too many, read in batches."""
    if snapshot.recent.is_complete:
        return snapshot.recent.best(vector, k, snapshot.similarity, allowed)
    best: Scores = {}
    for ids, vectors in snapshot.view.vectors(after=snapshot.recent.after, where=where):
        scores = similarities(vectors, vector, snapshot.similarity)
        order = np.argsort(-scores, kind="stable")[:k].tolist()
        best = _best({**best, **{ids[place]: float(scores[place]) for place in order}}, k)
    return best


def _compared(snapshot: Snapshot, vectors: Vectors, vector: Vectors) -> Sequence[float]:
    if not len(vectors):
        return []
    compared: list[float] = similarities(vectors, vector, snapshot.similarity).tolist()
    return compared


def _best(scores: Scores, k: int) -> Scores:
    return dict(sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:k])
