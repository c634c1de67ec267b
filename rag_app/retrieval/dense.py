"""A question's vector to the chunks nearest to it, right also while the collection changes.

Three sources make one answer. The segments of the vector index, which may be old; an exact
comparison with the vectors that the catalog got since; and the catalog itself, which knows what is
live. So a search never misses what was committed before it began, never returns what was deleted,
and works, only slower, with no index at all. A small collection needs none to be quick.
"""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import takewhile
from typing import Any

import numpy as np

from ingest.catalog.chunk_vectors import Numbers, numbers_of, points_of
from ingest.catalog.schema import INCARNATION
from ingest.catalog.view import Catalog, CatalogView
from ingest.errors import StoreError
from ingest.index.reader import OpenSegment, VectorIndex
from ingest.similarity import Similarity, Vectors, similarities
from ingest.store.directory import Store
from rag_app.retrieval.exact import ExactVectors
from rag_app.retrieval.index_healer import Healer

# Up to so many chunks, comparing all takes less time than opening Chroma does.
EXACT_UP_TO = 20_000
# Of what the index lacks, so many vectors are kept in memory (150 MB); more are read each time.
MOST_IN_MEMORY = 100_000
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
    """The vectors of one collection. Not safe for threads."""

    def __init__(self, store: Store, *, exact_up_to: int = EXACT_UP_TO) -> None:
        """Nothing is read before the first search. Up to so many chunks, all are compared."""
        self._store = store
        self._exact_up_to = exact_up_to
        self._catalog = Catalog(store.catalog_path)
        self._index = VectorIndex(store.index_directory)
        self._is_small = True
        self._counted = -1
        self._recent = ExactVectors()
        self._incarnation: str | None = None
        self._healer = Healer(store)
        # Segments are asked at once; Chroma lets other threads run meanwhile.
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="segment")

    @contextmanager
    def reading(self) -> Iterator[CatalogView]:
        """A view of the catalog to search in: the index is never of a later state."""
        with self._catalog.reading() as view:
            self._forget_another(view)
            if (generation := view.generation()) != self._counted:
                self._is_small = not view.has_more_chunks_than(self._exact_up_to)
                self._counted = generation
            if self._is_small:
                self._healer.heal_if_behind(view, self._healer.sound_upto())
                yield view
                return
        self._index.follow()
        with self._catalog.reading() as view:
            self._healer.heal_if_behind(view, self._index.generation, self._index.damaged)
            yield view

    def _forget_another(self, view: CatalogView) -> None:
        """Where another catalog is in the place of the one before, as after a deletion, its
        generations mean other changes."""
        if (incarnation := view.meta(INCARNATION)) != self._incarnation:
            self._recent, self._counted = ExactVectors(), -1
            self._healer.forget()
            self._incarnation = incarnation

    def nearest(
        self,
        view: CatalogView,
        vector: Vectors,
        k: int,
        where: Mapping[str, Any] | None = None,
        allowed: Numbers | None = None,
    ) -> Scores:
        """The ``k`` live chunks most similar to a vector, shape (dimension,), best first.

        With a filter, ``allowed`` are the numbers of those that pass it: ``k`` of them are found
        if there are ``k``.
        """
        segments = [] if self._is_small else self._index.segments
        measure = view.similarity()
        if allowed is not None:
            indexed = sum(opened.count for opened in segments)
            if len(allowed) <= max(FEW, indexed // FEW_SHARE):
                points = points_of(view, numbers=allowed.tolist())
                scores = _compared(points.vectors, vector, measure)
                return _best(dict(zip(points.ids, scores, strict=True)), k)
        may = None if allowed is None else set(allowed.tolist())
        query = vector, measure
        # Beyond it where an older catalog was put back by hand: the index is of another one.
        now = view.generation()
        usable = list(takewhile(lambda one: one.segment.upto <= now, segments))
        found: Scores = {}
        while usable:
            try:
                found = self._best_indexed(view, usable, k, may, query)
                break
            except _Damaged as damaged:
                logger.warning("Searching without the index: %s", damaged)
                self._index.drop(damaged.segment)
                self._healer.heal_if_behind(view, 0, self._index.damaged)
                usable = usable[: usable.index(damaged.segment)]
        reached = usable[-1].segment.upto if usable else 0
        return _best({**found, **self._best_after(view, reached, k, where, may, query)}, k)

    def _best_indexed(
        self,
        view: CatalogView,
        segments: Sequence[OpenSegment],
        k: int,
        may: set[int] | None,
        query: tuple[Vectors, Similarity],
    ) -> Scores:
        """The ``k`` best of some segments, of which some may be gone since, and some may not be
        found. All are asked at once, and only the best of them all are looked up: scores are
        checked against the catalog's vectors. Raises _Damaged where they differ, or Chroma fails.
        """
        wanted = k
        while True:
            asked = [self._threads.submit(one.query, query[0], wanted) for one in segments]
            claimed: dict[str, tuple[float, OpenSegment]] = {}
            unseen = -math.inf  # a segment may hold others that are as good as this
            for segment, answer in zip(segments, asked, strict=True):
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
                live = _best({**live, **_checked(view, batch, may, query)}, k)
                if len(live) == k:
                    break
            if unseen == -math.inf:
                return live
            if len(live) == k and min(claimed[id_][0] for id_ in live) >= unseen:
                return live
            wanted *= 4

    def close(self) -> None:
        """Give back the index, when what mends it is done."""
        self._healer.join()
        self._threads.shutdown()
        self._index.close()

    def _best_after(
        self,
        view: CatalogView,
        generation: int,
        k: int,
        where: Mapping[str, Any] | None,
        may: set[int] | None,
        query: tuple[Vectors, Similarity],
    ) -> Scores:
        """The best of what came after a generation, by exact comparison."""
        if view.count_after(generation) > MOST_IN_MEMORY:
            return _scan(view, k, generation, where, query)
        if self._recent.after != generation:
            self._recent = ExactVectors(generation)
        self._recent.follow(view)
        recent = self._recent
        return _best_live(
            view, lambda wanted: recent.best(query[0], wanted, query[1]), k, len(recent), may
        )


class _Damaged(Exception):
    """A segment gave what cannot be, or nothing."""

    def __init__(self, segment: OpenSegment, says: str) -> None:
        super().__init__(says)
        self.segment = segment


def _checked(
    view: CatalogView,
    claimed: Mapping[str, tuple[float, OpenSegment]],
    may: set[int] | None,
    query: tuple[Vectors, Similarity],
) -> Scores:
    """Those of the chunks that are live and may be found, with their exact scores. Raises _Damaged
    for a segment that claims another score."""
    points = points_of(view, ids=list(claimed))
    exact = _compared(points.vectors, *query)
    for id_, score in zip(points.ids, exact, strict=True):
        claim, segment = claimed[id_]
        if not math.isclose(score, claim, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
            raise _Damaged(segment, "the index holds other vectors than the catalog")
    numbers = points.numbers.tolist()
    return {
        id_: score
        for id_, score, number in zip(points.ids, exact, numbers, strict=True)
        if may is None or number in may
    }


def _best_live(
    view: CatalogView,
    ask: Callable[[int], Scores],
    k: int,
    size: int,
    may: set[int] | None,
) -> Scores:
    """The ``k`` best of a source of so many chunks, of which some may be gone since, and some may
    not be found."""
    wanted = k
    while True:
        scores = ask(wanted)
        live = {
            id_: scores[id_]
            for id_, number in numbers_of(view, list(scores)).items()
            if may is None or number in may
        }
        if len(live) >= k or wanted >= size:
            return _best(live, k)
        wanted *= 4


def _scan(
    view: CatalogView,
    k: int,
    after: int,
    where: Mapping[str, Any] | None,
    query: tuple[Vectors, Similarity],
) -> Scores:
    """The best ``k`` of what came after a generation and passes a filter, by exact comparison, in
    little memory."""
    best: Scores = {}
    for ids, vectors in view.vectors(after=after, where=where):
        scores = similarities(vectors, *query)
        order = np.argsort(-scores, kind="stable")[:k].tolist()
        best = _best({**best, **{ids[place]: float(scores[place]) for place in order}}, k)
    return best


def _compared(vectors: Vectors, vector: Vectors, measure: Similarity) -> list[float]:
    return similarities(vectors, vector, measure).tolist() if len(vectors) else []


def _best(scores: Scores, k: int) -> Scores:
    return dict(sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:k])
