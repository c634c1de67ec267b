"""A question's vector to the passages nearest to it, right also while the collection changes.

Three sources make one answer. The snapshot of the vector index, which may be old; an exact scan
of the vectors that the catalog got since; and the catalog itself, which knows what is live. So
a search never misses what was committed before it began, never returns what was deleted, and
works, only slower, with no index at all.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.catalog import Catalog, CatalogView, Vectors
from ingest.errors import StoreError
from ingest.records import StoredChunk
from ingest.store import Store
from ingest.vectors import VectorIndex, newest_generation, open_newest
from rag_app.records import Hit

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

    def nearest(
        self, vector: Vectors, k: int, where: Mapping[str, Any] | None = None
    ) -> list[Passage]:
        """The ``k`` live chunks most similar to a unit vector, shape (dimension,), best first.

        With a filter, all that passes it is compared, so that ``k`` are found if there are ``k``.
        Raises UsageError for a wrong filter, StoreEmpty if nothing was ingested, StoreError if
        the catalog cannot be used.
        """
        with self._catalog.reading() as view, self._index_lock:
            if where is not None:
                return _live(view, _scan(view, vector, k, where=where))
            index = self._current_index()
            if index is not None:
                try:
                    return self._search(view, index, vector, k)
                except StoreError as error:
                    logger.warning("Searching without the index: %s", error)
                    self._index = None
            return _live(view, _scan(view, vector, k))

    def close(self) -> None:
        with self._index_lock:
            if self._index is not None:
                self._index.close()
                self._index = None

    def _current_index(self) -> VectorIndex | None:
        """The newest snapshot, opened anew when there is a newer one than we hold."""
        directory = self._store.index_directory
        held = self._index.generation if self._index is not None else -1
        if newest_generation(directory) > held:
            opened = open_newest(directory)
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
            passages = _live(view, {**dict(index.query(vector, wanted)), **recent})
            # Some that the index returned may have been deleted since: ask it for more.
            if len(passages) >= k or wanted >= index.count:
                return passages[:k]
            wanted *= 4


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
