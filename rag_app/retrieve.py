"""A question's vector to the passages nearest to it, right also while the collection changes.

Three sources make one answer. The snapshot of the vector index, which may be old; an exact
comparison with the vectors that the catalog got since; and the catalog itself, which knows what is
live. So a search never misses what was committed before it began, never returns what was deleted,
and works, only slower, with no index at all. A small collection needs none to be quick.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.catalog import Catalog, CatalogView, Vectors
from ingest.errors import StoreError
from ingest.heal import heal
from ingest.records import StoredChunk
from ingest.snapshot import check, generation_of, snapshots
from ingest.store import Store
from ingest.vectors import VectorIndex, open_newest
from rag_app.exact import ExactVectors
from rag_app.records import Hit

# Up to so many chunks, comparing all takes less time than opening Chroma does.
EXACT_UP_TO = 20_000
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

    def __init__(self, store: Store, *, exact_up_to: int = EXACT_UP_TO) -> None:
        """Nothing is read before the first search. Up to so many chunks, all are compared."""
        self._store = store
        self._exact_up_to = exact_up_to
        self._catalog = Catalog(store.catalog_path)
        self._index: VectorIndex | None = None
        self._recent = ExactVectors()
        # One search at a time: so views, which the vectors in memory follow, never go back.
        self._lock = threading.Lock()
        self._sound = ""
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
        with self._lock:
            with self._catalog.reading() as view:
                small = not view.has_more_chunks_than(self._exact_up_to)
            # The index before the view: so it is never of a later state, whose chunks the view
            # could not explain.
            index = None if small else self._current_index()
            with self._catalog.reading() as view:
                if small:
                    self._heal_if_behind(view, self._sound_generation())
                    return self._search(view, None, vector, k)
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
        with self._lock:
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

    def _sound_generation(self) -> int:
        """The generation of the newest snapshot where it needs not be opened: -1 if there is none,
        or it is damaged. Each is looked at once."""
        newest = snapshots(self._store.index_directory)[-1:]
        if not newest or newest[0].name in self._damaged:
            return -1
        if newest[0].name != self._sound:
            try:
                check(newest[0])
            except StoreError as error:
                logger.warning("%s", error)
                self._damaged.add(newest[0].name)
                return -1
            self._sound = newest[0].name
        return generation_of(newest[0])

    def _search(
        self, view: CatalogView, index: VectorIndex | None, vector: Vectors, k: int
    ) -> list[Passage]:
        """The best of the index, if there is one, and of all that it does not have."""
        after = index.generation if index is not None else 0
        if self._recent.after != after:
            self._recent = ExactVectors(after)
        self._recent.follow(view)
        passages = _best_live(view, self._recent.best, vector, k, len(self._recent))
        if index is not None:

            def indexed(vector: Vectors, wanted: int) -> dict[str, float]:
                return _checked(view, index, vector, index.query(vector, wanted))

            passages += _best_live(view, indexed, vector, k, index.count)
        by_id = {passage.chunk.id: passage for passage in passages}
        return _in_order(by_id.values())[:k]


def _best_live(
    view: CatalogView,
    ask: Callable[[Vectors, int], Mapping[str, float]],
    vector: Vectors,
    k: int,
    size: int,
) -> list[Passage]:
    """The ``k`` best of a source of so many chunks, of which some may be gone since."""
    wanted = k
    while True:
        passages = _live(view, ask(vector, wanted))
        if len(passages) >= k or wanted >= size:
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
    return _in_order(passages)


def _in_order(passages: Iterable[Passage]) -> list[Passage]:
    return sorted(passages, key=lambda passage: (-passage.score, passage.chunk.id))


def _scan(
    view: CatalogView,
    vector: Vectors,
    k: int,
    *,
    where: Mapping[str, Any] | None = None,
) -> dict[str, float]:
    """The best ``k`` by exact comparison of all that passes a filter, in little memory."""
    best: dict[str, float] = {}
    for ids, vectors in view.vectors(where=where):
        scores = vectors @ vector
        for place in np.argsort(-scores, kind="stable")[:k]:
            best[ids[place]] = float(scores[place])
        best = dict(sorted(best.items(), key=lambda pair: -pair[1])[:k])
    return best
