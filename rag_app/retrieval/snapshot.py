"""One generation of a collection, to be searched: a view of the catalog, and what is in memory.

What is in memory never changes: a later generation gets objects of its own, made of those before
and of what is new. So any number of threads search at once, and wait for each other only while one
of them takes in what has changed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import takewhile

import numpy as np

from ingest.catalog.chunk_vectors import Numbers, Points, numbers_of, points_of
from ingest.catalog.schema import INCARNATION
from ingest.catalog.view import Catalog, CatalogView
from ingest.index.reader import OpenSegment, VectorIndex
from ingest.similarity import COSINE, Similarity
from ingest.store.directory import Store
from ingest.text.analyzer import word_number
from rag_app.retrieval.exact import ExactVectors
from rag_app.retrieval.index_healer import Healer
from rag_app.retrieval.keyword import KeywordIndex, Question

# Up to so many chunks, comparing all takes less time than opening Chroma does.
EXACT_UP_TO = 20_000
# Of what the index lacks, so many vectors are kept in memory (150 MB); more are read each time.
MOST_IN_MEMORY = 100_000

NONE: Numbers = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A view, and of its generation: the words, the segments of the index that may be asked, oldest
    first, and the vectors that they lack; the languages of the documents, the most frequent first.
    """

    view: CatalogView
    similarity: Similarity
    words: KeywordIndex
    segments: tuple[OpenSegment, ...]
    recent: ExactVectors
    languages: tuple[str, ...] = ()

    @property
    def _is_in_memory(self) -> bool:
        return self.recent.is_complete and not self.segments

    def points(self, ids: Sequence[str] = (), numbers: Numbers = NONE) -> Points:
        """Those of some chunks, by id or by number, that are live."""
        if self._is_in_memory:
            return self.recent.pick(ids, numbers)
        return points_of(self.view, ids=ids, numbers=numbers.tolist())

    def numbers(self, ids: Sequence[str]) -> Numbers:
        """The numbers of those of some chunks that are live, in order."""
        if self._is_in_memory:
            return self.recent.pick(ids, NONE).numbers
        return np.array(sorted(numbers_of(self.view, ids).values()), dtype=np.int64)

    def often(self, stems: Iterable[str], without: Sequence[str] = ()) -> dict[str, int]:
        """In how many chunks each of some stems is, for those that any chunk has, as if those with
        the ids of ``without`` were not there."""
        number_of, question = self._asked(stems, without)
        chunks = {one.word: len(one.chunks) for one in question.postings}
        return {stem: chunks[number] for stem, number in number_of.items() if number in chunks}

    def stems_there(
        self, stems: Iterable[str], ids: Sequence[str], without: Sequence[str] = ()
    ) -> tuple[set[str], set[str]]:
        """Those of some stems that any of some chunks has, and those that any chunk at all has: in
        its text, its headings, or its document's title and names; as if the chunks with the ids of
        ``without`` were not there."""
        number_of, question = self._asked(stems, without)
        among, anywhere = question.has(self.numbers(ids)), {one.word for one in question.postings}
        return (
            {stem for stem, number in number_of.items() if number in among},
            {stem for stem, number in number_of.items() if number in anywhere},
        )

    def _asked(
        self, stems: Iterable[str], without: Sequence[str]
    ) -> tuple[dict[str, int], Question]:
        """The numbers of some stems, and what is posted of them but for some chunks."""
        number_of = {stem: word_number(stem) for stem in stems}
        left_out = self.numbers(without).tolist() if without else ()
        return number_of, self.words.question(self.view, number_of, left_out)


class SnapshotReader:
    """Opens snapshots of one collection, and keeps what they share. Threads may share it."""

    def __init__(self, store: Store, *, exact_up_to: int = EXACT_UP_TO) -> None:
        """Nothing is read before the first snapshot. Up to so many chunks, all vectors are
        compared, and no index is opened."""
        self._exact_up_to = exact_up_to
        self._catalog = Catalog(store.catalog_path)
        self._index = VectorIndex(store.index_directory)
        self._healer = Healer(store)
        self._lock = threading.Lock()  # held while something is taken in, not while searching
        self._state: tuple[str | None, int] = (None, -1)
        self._is_small = True
        self._similarity: Similarity = COSINE
        self._languages: tuple[str, ...] = ()
        self._words: KeywordIndex | None = None
        self._recent: ExactVectors | None = None

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """A snapshot, for as long as the context lasts. Raises StoreEmpty, StoreError."""
        with self._catalog.reading() as view:
            with self._lock:
                snapshot = self._snapshot(view)
            yield snapshot

    def without(self, snapshot: Snapshot, damaged: OpenSegment) -> Snapshot:
        """The same, where a segment turned out to be damaged: what it held is compared. It is
        mended beside the searches."""
        with self._lock:
            self._index.drop(damaged)
            self._healer.heal_if_behind(snapshot.view, lambda: 0, self._index.damaged)
            left = snapshot.segments[: snapshot.segments.index(damaged)]
            after = left[-1].segment.upto if left else 0
            recent = ExactVectors(after).following(snapshot.view, at_most=MOST_IN_MEMORY)
            return replace(snapshot, segments=left, recent=recent)

    def close(self) -> None:
        """Give back the index, when what mends it is done."""
        self._healer.join()
        with self._lock:
            self._index.close()

    def _snapshot(self, view: CatalogView) -> Snapshot:
        state = view.meta(INCARNATION), view.generation()
        if state[0] != self._state[0]:
            # Another catalog is in the place of the one before: its numbers mean other chunks.
            self._words, self._recent, self._state = None, None, (state[0], -1)
            self._healer.forget()
        words, is_new = self._words, state != self._state
        if words is None or is_new:
            # Of an earlier generation is a view that another thread was quicker than.
            before = words if state[1] > self._state[1] else None
            words = KeywordIndex(view, before)
            self._is_small = not view.has_more_chunks_than(self._exact_up_to)
        segments: tuple[OpenSegment, ...] = ()
        if self._is_small:
            self._healer.heal_if_behind(view, self._healer.sound_upto)
        else:
            self._index.follow()
            self._healer.heal_if_behind(view, lambda: self._index.generation, self._index.damaged)
            # None of a later generation than the view's: it may lack what was live then.
            segments = tuple(
                takewhile(lambda one: one.segment.upto <= state[1], self._index.segments)
            )
        after = segments[-1].segment.upto if segments else 0
        recent = self._recent
        if is_new or recent is None or recent.after != after:
            recent = self._recent_after(view, after)
        if is_new:
            self._similarity, self._languages = view.similarity(), view.languages()
        self._state, self._words, self._recent = state, words, recent
        return Snapshot(view, self._similarity, words, segments, recent, self._languages)

    def _recent_after(self, view: CatalogView, generation: int) -> ExactVectors:
        before = self._recent
        if before is None or before.after != generation:
            before = ExactVectors(generation)
        return before.following(view, at_most=MOST_IN_MEMORY)
