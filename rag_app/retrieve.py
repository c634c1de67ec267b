"""A question's vector to the passages nearest to it, right also while the collection changes.

Three sources make one answer. The snapshot of the vector index, which may be old; an exact scan
of the vectors that the catalog got since; and the catalog itself, which knows what is live. So
a search never misses what was committed before it began, never returns what was deleted, and
works, only slower, with no index at all.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.catalog import Catalog, CatalogView, Vectors
from ingest.errors import StoreError
from ingest.heal import heal
from ingest.records import StoredChunk
from ingest.store import Store
from ingest.vectors import VectorIndex, open_newest
from rag_app.records import Hit

# Above so many chunks that the index lacks, a search waits for the exact scan noticeably.
BEHIND = 1_000
# Chroma computes in single precision too, in another order.
TOLERANCE = 1e-3

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Passage:
    """A live chunk and its similarity to the question."""

    chunk: StoredChunk
    score: float

    def to_hit(self) -> Hit:
        """This passage as the API gives it."""
        chunk = self.chunk
        return Hit(
            document=chunk.documents[0],
            page=chunk.page,
            start=chunk.start,
            end=chunk.end,
            text=chunk.text,
            score=self.score,
            chunk_id=chunk.id,
            metadata={
                **chunk.metadata,
                "headings": list(chunk.headings),
                "documents": list(chunk.documents),
            },
        )


class Retriever:
    """Searches one collection. Threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._catalog = Catalog(store.catalog_path)
        self._index: VectorIndex | None = None
        self._index_lock = threading.Lock()
        self._damaged: set[str] = set()
        self._healing: threading.Thread | None = None
        self._healed = -1

    def nearest(
        self, vector: Vectors, k: int, where: Mapping[str, Any] | None = None
    ) -> list[Passage]:
        """The ``k`` live chunks most similar to a unit vector, shape (dimension,), best first.

        With a filter, all that passes it is compared, so that ``k`` are found if there are ``k``.
        Raises UsageError for a wrong filter, StoreEmpty if nothing was ingested, StoreError if
        the catalog cannot be used.
        """
        if where is not None:
            with self._catalog.reading() as view:
                return _live(view, _scan(view, vector, k, where=where))
        with self._index_lock:
            # The index before the view: so it is never of a later state, whose chunks the view
            # could not explain.
            index = self._current_index()
            with self._catalog.reading() as view:
                if index is not None:
                    try:
                        passages = self._search(view, index, vector, k)
                        self._heal_if_behind(view, index.generation)
                        return passages
                    except StoreError as error:
                        logger.warning("Searching without the index: %s", error)
                        self._damaged.add(index.name)
                        self._index = None
                self._heal_if_behind(view, -1)
                return _live(view, _scan(view, vector, k))

    def close(self) -> None:
        """Give back the index, when what mends it is done."""
        if self._healing is not None:
            self._healing.join()
        with self._index_lock:
            if self._index is not None:
                self._index.close()
                self._index = None

    def _heal_if_behind(self, view: CatalogView, generation: int) -> None:
        """Where there is no index (generation -1), or it lacks much, mend it on a thread, once
        for each state of the catalog."""
        if self._healing is not None and self._healing.is_alive():
            return
        state = view.generation()
        if self._healed == state:
            return
        if generation >= 0 and view.count_after(generation) < BEHIND:
            return
        self._healed = state
        damaged = frozenset(self._damaged)
        self._healing = threading.Thread(
            target=heal, args=(self._store, damaged), name="heal", daemon=True
        )
        self._healing.start()

    def _current_index(self) -> VectorIndex | None:
        """The newest snapshot that is sound, opened when it is newer than the one we hold."""
        held = self._index.generation if self._index is not None else -1
        opened = open_newest(
            self._store.index_directory, newer_than=held, damaged=frozenset(self._damaged)
        )
        if opened is not None:
            if self._index is not None:
                self._index.close()
            self._index = opened
        return self._index

    def _search(
        self, view: CatalogView, index: VectorIndex, vector: Vectors, k: int
    ) -> list[Passage]:
        recent = _scan(view, vector, k, after=index.generation)
        wanted = k
        while True:
            found = _checked(view, index, vector, index.query(vector, wanted))
            passages = _live(view, {**found, **recent})
            # Some that the index returned may have been deleted since: ask it for more.
            if len(passages) >= k or wanted >= index.count:
                return passages[:k]
            wanted *= 4


def _checked(
    view: CatalogView, index: VectorIndex, vector: Vectors, found: Sequence[tuple[str, float]]
) -> dict[str, float]:
    """What the index found, with scores from the catalog's own vectors.

    Raises StoreError where the index says something that the catalog cannot explain: a chunk
    that it never had, or another similarity. Then the index is damaged.
    """
    vectors = view.vectors_of([id_ for id_, _ in found])
    unknown = {id_ for id_, _ in found if id_ not in vectors}
    if unknown and unknown - set(view.removed_after(index.generation)):
        raise StoreError("the index holds chunks that were never in the catalog")
    scores = {id_: float(stored @ vector) for id_, stored in vectors.items()}
    if any(abs(scores[id_] - score) > TOLERANCE for id_, score in found if id_ in scores):
        raise StoreError("the index holds other vectors than the catalog")
    return scores


def _live(view: CatalogView, scores: Mapping[str, float]) -> list[Passage]:
    """Those of the scored chunks that the catalog has, best first."""
    live = view.chunks(list(scores))
    passages = [Passage(live[id_], score) for id_, score in scores.items() if id_ in live]
    return sorted(passages, key=lambda passage: (-passage.score, passage.chunk.id))


def _scan(
    view: CatalogView,
    vector: Vectors,
    k: int,
    *,
    after: int = 0,
    where: Mapping[str, Any] | None = None,
) -> dict[str, float]:
    """The best ``k`` by exact comparison, of what came after a generation and passes a filter."""
    best: dict[str, float] = {}
    for ids, vectors in view.vectors(after=after, where=where):
        scores = vectors @ vector
        for place in np.argsort(-scores, kind="stable")[:k]:
            best[ids[place]] = float(scores[place])
        best = dict(sorted(best.items(), key=lambda pair: -pair[1])[:k])
    return best
