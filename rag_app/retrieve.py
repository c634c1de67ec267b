"""A question's vector to the passages nearest to it, right also while the collection changes.

Three sources make one answer. The segments of the vector index, which may be old; an exact
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
from ingest.segments import chain, check, finished
from ingest.store import Store
from ingest.vectors import OpenSegment, VectorIndex
from rag_app.exact import ExactVectors, similarities
from rag_app.records import Hit

# Up to so many chunks, comparing all takes less time than opening Chroma does.
EXACT_UP_TO = 20_000
# Of what the index lacks, so many vectors are kept in memory (150 MB); more are read each time.
MOST_IN_MEMORY = 100_000
# Above so many chunks that the index lacks, a search waits for the exact scan noticeably.
BEHIND = 1_000
# Chroma computes in single precision too, in another order.
TOLERANCE = 1e-3

# Similarities by chunk id.
Scores = Mapping[str, float]

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
        self._index = VectorIndex(store.index_directory)
        self._recent = ExactVectors()
        # One search at a time: so views, which the vectors in memory follow, never go back.
        self._lock = threading.Lock()
        self._checked: dict[str, bool] = {}
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
                return _live(view, _scan(view, vector, k, where=where), where)
        with self._lock:
            with self._catalog.reading() as view:
                small = not view.has_more_chunks_than(self._exact_up_to)
            if not small:
                # Before the view: so the index is never of a later state.
                self._index.follow()
            with self._catalog.reading() as view:
                self._heal_if_behind(view, self._sound_upto() if small else self._index.generation)
                return self._search(view, [] if small else self._index.segments, vector, k)

    def close(self) -> None:
        """Give back the index, when what mends it is done."""
        if self._healing is not None:
            self._healing.join()
        with self._lock:
            self._index.close()

    def _heal_if_behind(self, view: CatalogView, generation: int) -> None:
        """Where there is no index (generation 0), or it lacks much, mend it on a thread, once
        for each state of the catalog."""
        if self._healing is not None and self._healing.is_alive():
            return
        state = view.generation()
        if self._healed == state:
            return
        if generation and view.count_after(generation) < BEHIND:
            return
        self._healed = state
        damaged = self._index.damaged | {name for name, sound in self._checked.items() if not sound}
        self._healing = threading.Thread(
            target=heal, args=(self._store, damaged), name="heal", daemon=True
        )
        self._healing.start()

    def _sound_upto(self) -> int:
        """Up to which generation the index could answer, where it needs not be opened. Each of
        its files is looked at once."""
        upto = 0
        for segment in chain(finished(self._store.index_directory)):
            if segment.name not in self._checked:
                try:
                    check(segment)
                    self._checked[segment.name] = True
                except StoreError as error:
                    logger.warning("%s", error)
                    self._checked[segment.name] = False
            if not self._checked[segment.name]:
                break
            upto = segment.upto
        return upto

    def _search(
        self, view: CatalogView, segments: Sequence[OpenSegment], vector: Vectors, k: int
    ) -> list[Passage]:
        """The best of each segment of the index, and of all that none of them has."""
        passages: list[Passage] = []
        reached = 0
        for opened in segments:
            if opened.segment.upto > view.generation():
                break  # an older catalog was put back by hand, and the index is of another one

            def ask(vector: Vectors, wanted: int, opened: OpenSegment = opened) -> Scores:
                return _checked(view, vector, opened.query(vector, wanted))

            try:
                passages += _best_live(view, ask, vector, k, opened.count)
            except StoreError as error:
                logger.warning("Searching without the index: %s", error)
                self._index.drop(opened)
                self._heal_if_behind(view, 0)
                break
            reached = opened.segment.upto
        passages += self._best_after(view, reached, vector, k)
        by_id = {passage.chunk.id: passage for passage in passages}
        return _in_order(by_id.values())[:k]

    def _best_after(
        self, view: CatalogView, generation: int, vector: Vectors, k: int
    ) -> list[Passage]:
        """The best of what came after a generation, by exact comparison."""
        if view.count_after(generation) > MOST_IN_MEMORY:
            return _live(view, _scan(view, vector, k, after=generation))
        if self._recent.after != generation:
            self._recent = ExactVectors(generation)
        self._recent.follow(view)
        return _best_live(view, self._recent.best, vector, k, len(self._recent))


def _best_live(
    view: CatalogView,
    ask: Callable[[Vectors, int], Scores],
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


def _checked(view: CatalogView, vector: Vectors, found: Sequence[tuple[str, float]]) -> Scores:
    """What the index found and the catalog still has, with scores from the catalog's own vectors.

    Raises StoreError where the index has another vector: then it is damaged.
    """
    vectors = view.vectors_of([id_ for id_, _ in found])
    scores = {id_: float(stored @ vector) for id_, stored in vectors.items()}
    if any(abs(scores[id_] - score) > TOLERANCE for id_, score in found if id_ in scores):
        raise StoreError("the index holds other vectors than the catalog")
    return scores


def _live(
    view: CatalogView, scores: Mapping[str, float], where: Mapping[str, Any] | None = None
) -> list[Passage]:
    """Those of the scored chunks that the catalog has, best first, under names that pass."""
    live = view.chunks(list(scores), where)
    passages = [Passage(live[id_], score) for id_, score in scores.items() if id_ in live]
    return _in_order(passages)


def _in_order(passages: Iterable[Passage]) -> list[Passage]:
    return sorted(passages, key=lambda passage: (-passage.score, passage.chunk.id))


def _scan(
    view: CatalogView,
    vector: Vectors,
    k: int,
    *,
    after: int = 0,
    where: Mapping[str, Any] | None = None,
) -> Scores:
    """The best ``k`` by exact comparison of what came after a generation and passes a filter, in
    little memory."""
    best: dict[str, float] = {}
    for ids, vectors in view.vectors(after=after, where=where):
        scores = similarities(vectors, vector)
        for place in np.argsort(-scores, kind="stable")[:k]:
            best[ids[place]] = float(scores[place])
        best = dict(sorted(best.items(), key=lambda pair: -pair[1])[:k])
    return best
