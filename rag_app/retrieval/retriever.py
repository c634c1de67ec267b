"""A question to its passages, best first: by meaning, by words, or by both together.

``Retriever.search`` reads from top to bottom.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager

import numpy as np

from ingest.catalog.chunk_vectors import Numbers, Points, numbers_where
from ingest.catalog.filters import Filter
from ingest.catalog.view import CatalogView
from ingest.errors import UsageError
from ingest.records import StoredChunk
from ingest.similarity import Vectors, cosines, similarities, unit
from ingest.store.directory import Store
from ingest.text.numbers_and_codes import NUMBER
from rag_app.records import Mode
from rag_app.retrieval.dense import DenseIndex, Scores
from rag_app.retrieval.fusion import fused_scores, own_scores, weight_of_words, with_phrases
from rag_app.retrieval.keyword import Floats, Mask, Question
from rag_app.retrieval.passage import Passage, Ranks
from rag_app.retrieval.query import Query, analyzed
from rag_app.retrieval.snapshot import EXACT_UP_TO, Snapshot, SnapshotReader

# How many each of the two lists gives at least ...
LISTED = 100
# ... and how many of them all are looked at with what stands around them.
POOL = 50
# Two passages as similar as this say the same, where they have the same numbers.
SAME = 0.98


class Retriever:
    """Finds the passages of one collection. Threads may share it, and search side by side."""

    def __init__(self, store: Store, *, exact_up_to: int = EXACT_UP_TO) -> None:
        """Nothing is read before the first search. Up to so many chunks, all vectors are compared;
        above, the vector index is asked."""
        self._snapshots = SnapshotReader(store, exact_up_to=exact_up_to)
        self._dense = DenseIndex(self._snapshots)

    def reading(self) -> AbstractContextManager[Snapshot]:
        """The collection as it is now, to be searched for as long as the context lasts. Raises
        StoreEmpty if nothing was ever ingested, StoreError if the catalog cannot be used."""
        return self._snapshots.reading()

    def search(
        self,
        snapshot: Snapshot,
        query: Query,
        k: int,
        where: Filter | None = None,
        mode: Mode = "hybrid",
        *,
        without: Sequence[str] = (),
    ) -> list[Passage]:
        """The ``k`` live chunks that match a question best, best first.

        "keyword" needs no vector of the question. With a filter, ``k`` that pass it are found if
        there are ``k``; but by "keyword" only those that have a word of the question. The chunks
        whose ids are in ``without`` are not found, and count for nothing, as if they were not in
        the collection. Raises UsageError where it needs a vector and has none.
        """
        vector = query.vector
        if vector is None and mode != "keyword":
            raise UsageError(f"A search by {mode} needs the vector of the question")
        view, listed = snapshot.view, max(k, LISTED)
        allowed = None if where is None else numbers_where(view, where)
        dense: Scores = {}
        if vector is not None and mode != "keyword":
            dense = self._dense.nearest(snapshot, vector, listed + len(without), where, allowed)
            dense = {id_: dense[id_] for id_ in dense if id_ not in without}
        if mode == "dense":
            return _passages(view, dense, k, dense, {}, where)
        words = question_words(snapshot, query.stems, without)
        numbers, shares = words.best(listed, _mask(words, allowed))
        pool = snapshot.points(list(dense), numbers)
        keyword = _by_id(pool, numbers, shares)
        if vector is None or mode == "keyword":
            return _passages(view, keyword, k, {}, keyword, where)
        scores = _fused(snapshot, vector, query, words, pool, k) if pool.ids else {}
        return _passages(view, scores, k, dense, keyword, where)

    def nearest(self, vector: Vectors, k: int, where: Filter | None = None) -> list[Passage]:
        """The ``k`` live chunks most similar to a vector, by a snapshot of its own."""
        with self.reading() as snapshot:
            return self.search(snapshot, analyzed("", vector), k, where, "dense")

    def close(self) -> None:
        """Give back the index, when what mends it is done."""
        self._snapshots.close()
        self._dense.close()


def question_words(
    snapshot: Snapshot, stems: Iterable[str], without: Sequence[str] = ()
) -> Question:
    """The postings of some stems, as if chunks with the ids of ``without`` were not there."""
    held_out = snapshot.points(without).numbers.tolist() if without else []
    return snapshot.words.question(snapshot.view, stems, held_out)


def ranks(snapshot: Snapshot, query: Query, ids: Sequence[str]) -> dict[str, Ranks]:
    """Where chunks stand among all of the collection, by meaning and by words, however far back.
    All vectors are compared: this is to explain a search, not to search."""
    points = snapshot.points(ids)
    if not points.ids or query.vector is None:
        return {}
    similarity = similarities(points.vectors, query.vector, snapshot.similarity)
    before = np.zeros(len(points.ids), dtype=np.int64)
    for _, vectors in snapshot.view.vectors():
        others = similarities(vectors, query.vector, snapshot.similarity)
        before += (others[:, None] > similarity[None, :]).sum(axis=0)
    words = question_words(snapshot, query.stems)
    numbers, shares = words.best(len(words.lengths.words))
    keyword = {
        number: (rank, share)
        for rank, (number, share) in enumerate(
            zip(numbers.tolist(), shares.tolist(), strict=True), start=1
        )
    }
    return {
        id_: Ranks(int(before[at]) + 1, float(similarity[at]), *keyword.get(number, ()))
        for at, (id_, number) in enumerate(zip(points.ids, points.numbers.tolist(), strict=True))
    }


def _mask(words: Question, allowed: Numbers | None) -> Mask | None:
    """By chunk number, whether it may be found."""
    if allowed is None:
        return None
    mask = np.zeros(len(words.lengths.words), dtype=np.bool_)
    mask[allowed[allowed < len(mask)]] = True
    return mask


def _by_id(pool: Points, numbers: Numbers, scores: Floats) -> Scores:
    """Scores by id, best first as they are given."""
    places = pool.places_of(numbers).tolist()
    return {pool.ids[place]: float(score) for place, score in zip(places, scores, strict=True)}


def _fused(
    snapshot: Snapshot,
    vector: Vectors,
    query: Query,
    words: Question,
    pool: Points,
    k: int,
) -> Scores:
    """Scores by id, best first, of the best of a pool, without those that say what a better one
    does as long as there are others."""
    weight = weight_of_words(query, words)
    own = own_scores(vector, words, pool, snapshot.similarity, weight)
    best = np.sort(np.argsort(-own, kind="stable")[: max(k, POOL)])
    pool = pool.at(best)
    chunks = snapshot.view.chunks(pool.ids)
    fused = with_phrases(
        fused_scores(snapshot, vector, words, pool, own[best], weight),
        query.stems,
        words.weights(query.stems),
        [chunks[id_] for id_ in pool.ids],
        query.language,
    )
    order = sorted(range(len(fused)), key=lambda place: (-fused[place], pool.ids[place]))
    ids = [pool.ids[place] for place in order]
    scores = {id_: float(fused[place]) for id_, place in zip(ids, order, strict=True)}
    return {id_: scores[id_] for id_ in _distinct_first(chunks, ids, pool.vectors[order], k)}


def _distinct_first(
    chunks: Mapping[str, StoredChunk], ids: Sequence[str], vectors: Vectors, k: int
) -> list[str]:
    """The first ``k`` that are no copies of a better one; of copies, as many as are needed.

    A copy says the same, with the same numbers, in another document: where one of two versions has
    another number, both are needed. What a document repeats is not taken for a copy, since the
    place counts (docs/decisions/0009).
    """
    alike = np.tril(cosines(unit(vectors)) >= SAME, -1)
    later, earlier = np.nonzero(alike)
    copies: set[int] = set()
    for one, other in zip(later.tolist(), earlier.tolist(), strict=True):
        if other not in copies and _is_copy(chunks[ids[one]], chunks[ids[other]]):
            copies.add(one)
    distinct = [place for place in range(len(ids)) if place not in copies]
    return [ids[place] for place in sorted([*distinct, *sorted(copies)][:k])]


def _is_copy(one: StoredChunk, other: StoredChunk) -> bool:
    same_document = one.documents == other.documents
    return not same_document and NUMBER.findall(one.text) == NUMBER.findall(other.text)


def _passages(
    view: CatalogView,
    scores: Scores,
    k: int,
    dense: Scores,
    keyword: Scores,
    where: Filter | None,
) -> list[Passage]:
    """The first ``k`` that are scored, with their texts under the names that pass a filter, and
    with their ranks in both lists."""
    ids = list(scores)[:k]
    live = view.chunks(ids, where)
    dense_rank = {id_: rank for rank, id_ in enumerate(dense, start=1)}
    keyword_rank = {id_: rank for rank, id_ in enumerate(keyword, start=1)}
    return [
        Passage(
            live[id_],
            scores[id_],
            Ranks(
                dense_rank.get(id_),
                dense.get(id_),
                keyword_rank.get(id_),
                keyword.get(id_),
                rank,
                scores[id_],
            ),
        )
        for rank, id_ in enumerate(ids, start=1)
        if id_ in live
    ]
