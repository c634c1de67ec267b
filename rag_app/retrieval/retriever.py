"""A question to its passages, best first: by meaning, by words, or by both together.

``Retriever.search`` reads from top to bottom.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.catalog.chunk_vectors import Numbers, Points, numbers_where, points_of
from ingest.catalog.view import CatalogView
from ingest.errors import UsageError
from ingest.records import StoredChunk
from ingest.similarity import Vectors, similarities, unit
from ingest.store.directory import Store
from ingest.text.analyzer import stems
from rag_app.records import Citation, Hit, Mode
from rag_app.retrieval.dense import EXACT_UP_TO, DenseIndex, Scores
from rag_app.retrieval.fusion import fused_scores, own_scores
from rag_app.retrieval.keyword import Floats, KeywordIndex, Mask, Question

# How many each of the two lists gives at least ...
LISTED = 100
# ... and how many of them all are looked at with what stands around them.
POOL = 50
# Two passages as similar as this say the same, where they have the same numbers.
SAME = 0.98
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Ranks:
    """Where a passage stood on its way, from 1, and with which score: by meaning, by words, and as
    it was found, before any re-ranking. None: in a list that was not asked, or not among its best.
    """

    dense: int | None = None
    similarity: float | None = None
    keyword: int | None = None
    share: float | None = None
    found: int | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A live chunk, and how well it matches the question."""

    chunk: StoredChunk
    score: float
    ranks: Ranks = Ranks()

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

    def to_citation(
        self, marker: int, start: int, end: int, *, score: float = 1.0, reason: str | None = None
    ) -> Citation:
        """The words ``[start, end)`` of its document under a marker. They support what they are
        cited for, unless there is a ``reason`` why not."""
        chunk = self.chunk
        return Citation(
            marker=marker,
            document=chunk.documents[0],
            page=chunk.page,
            start=start,
            end=end,
            quote=chunk.text[start - chunk.start : end - chunk.start],
            supported=reason is None,
            score=score,
            reason=reason,
        )


class Retriever:
    """Searches one collection. Threads may share it."""

    def __init__(self, store: Store, *, exact_up_to: int = EXACT_UP_TO) -> None:
        """Nothing is read before the first search. Up to so many chunks, all vectors are compared;
        above, the vector index is asked."""
        self._dense = DenseIndex(store, exact_up_to=exact_up_to)
        self._keywords = KeywordIndex()
        # One search at a time: so views, which what is in memory follows, never go back.
        self._lock = threading.Lock()

    def search(
        self,
        question: str,
        vector: Vectors | None,
        k: int,
        where: Mapping[str, Any] | None = None,
        mode: Mode = "hybrid",
        *,
        without: Sequence[str] = (),
        check: Callable[[CatalogView], object] | None = None,
    ) -> list[Passage]:
        """The ``k`` live chunks that match a question best, best first.

        ``vector`` is the question's, of shape (dimension,); "keyword" needs
        none. With a filter, ``k`` that pass it are found if there are ``k``; but by "keyword"
        only those that have a word of the question. The chunks whose ids are in ``without`` are
        not found, and count for nothing, as if they were not in the collection. ``check`` is
        asked first whether the collection may be searched so, and may raise. Raises UsageError
        for a wrong filter, StoreEmpty if nothing was ingested, StoreError if the catalog cannot be
        used.
        """
        if vector is None and mode != "keyword":
            raise UsageError(f"A search by {mode} needs the vector of the question")
        listed = max(k, LISTED)
        with self._lock, self._dense.reading() as view:
            if check is not None:
                check(view)
            allowed = None if where is None else numbers_where(view, where)
            dense: Scores = {}
            if vector is not None and mode != "keyword":
                wanted = listed + len(without)
                dense = self._dense.nearest(view, vector, wanted, where, allowed)
                dense = {id_: dense[id_] for id_ in dense if id_ not in without}
            if mode == "dense":
                return _passages(view, dense, k, dense, {}, where)
            held_out = points_of(view, ids=without).numbers.tolist() if without else []
            words = self._keywords.question(view, stems(question), held_out)
            numbers, shares = words.best(listed, _mask(words, allowed))
            pool = points_of(view, ids=list(dense), numbers=numbers.tolist())
            keyword = _by_id(pool, numbers, shares)
            if vector is None or mode == "keyword":
                return _passages(view, keyword, k, {}, keyword, where)
            scores = _fused(view, vector, words, pool, k) if pool.ids else {}
            return _passages(view, scores, k, dense, keyword, where)

    def nearest(
        self, vector: Vectors, k: int, where: Mapping[str, Any] | None = None
    ) -> list[Passage]:
        """The ``k`` live chunks most similar to a vector, as ``search`` finds them."""
        return self.search("", vector, k, where, "dense")

    def ranks(self, question: str, vector: Vectors, ids: Sequence[str]) -> dict[str, Ranks]:
        """Where chunks stand among all of the collection, however far back. All vectors are
        compared: this is to explain a search, not to search."""
        with self._lock, self._dense.reading() as view:
            points = points_of(view, ids=ids)
            if not points.ids:
                return {}
            measure = view.similarity()
            similarity = similarities(points.vectors, vector, measure)
            before = np.zeros(len(points.ids), dtype=np.int64)
            for _, vectors in view.vectors():
                others = similarities(vectors, vector, measure)
                before += (others[:, None] > similarity[None, :]).sum(axis=0)
            words = self._keywords.question(view, stems(question))
            numbers, shares = words.best(len(words.lengths.words))
            keyword = {
                number: (rank, share)
                for rank, (number, share) in enumerate(
                    zip(numbers.tolist(), shares.tolist(), strict=True), start=1
                )
            }
            return {
                id_: Ranks(int(before[at]) + 1, float(similarity[at]), *keyword.get(number, ()))
                for at, (id_, number) in enumerate(
                    zip(points.ids, points.numbers.tolist(), strict=True)
                )
            }

    def absent(self, words: Sequence[str]) -> list[str]:
        """Those of some words that no passage of the collection has."""
        with self._lock, self._dense.reading() as view:
            return [
                word
                for word in words
                if (found := stems(word)) and not self._keywords.question(view, found).postings
            ]

    @contextmanager
    def words(self) -> Iterator[tuple[CatalogView, KeywordIndex]]:
        """The collection and its words, to be counted. Raises StoreEmpty, StoreError."""
        with self._lock, self._dense.reading() as view:
            yield view, self._keywords

    def close(self) -> None:
        """Give back the index, when what mends it is done."""
        with self._lock:
            self._dense.close()


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


def _fused(view: CatalogView, vector: Vectors, words: Question, pool: Points, k: int) -> Scores:
    """Scores by id, best first, of the best of a pool, without those that say what a better one
    does as long as there are others."""
    measure = view.similarity()
    own = own_scores(vector, words, pool, measure)
    best = np.sort(np.argsort(-own, kind="stable")[: max(k, POOL)])
    pool = Points([pool.ids[place] for place in best], pool.numbers[best], pool.vectors[best])
    fused = fused_scores(view, vector, words, pool, own[best], measure)
    order = sorted(range(len(fused)), key=lambda place: (-fused[place], pool.ids[place]))
    ids = [pool.ids[place] for place in order]
    scores = {id_: float(fused[place]) for id_, place in zip(ids, order, strict=True)}
    return {id_: scores[id_] for id_ in _distinct_first(view, ids, pool.vectors[order], k)}


def _distinct_first(view: CatalogView, ids: Sequence[str], vectors: Vectors, k: int) -> list[str]:
    """The first ``k`` that are no copies of a better one; of copies, as many as are needed.

    A copy says the same, with the same numbers, in another document: where one of two versions has
    another number, both are needed. What a document repeats is not taken for a copy, since the
    place counts (docs/decisions/0009).
    """
    vectors = unit(vectors)
    alike = np.tril(np.einsum("id,jd->ij", vectors, vectors) >= SAME, -1)
    later, earlier = np.nonzero(alike)
    chunks = view.chunks([ids[place] for place in {*later.tolist(), *earlier.tolist()}])
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
    where: Mapping[str, Any] | None,
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
