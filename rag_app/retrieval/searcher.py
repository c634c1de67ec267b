"""A collection to be searched: a text to its passages, as the settings say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ingest.catalog.fingerprint import check_embedder
from ingest.catalog.view import CatalogView
from ingest.embed.embedder import Embedder, embedder_of
from ingest.errors import StoreEmpty, UsageError
from ingest.settings import IndexSettings
from ingest.similarity import Vectors
from rag_app.collection.collection import Collection
from rag_app.records import Hit, Mode
from rag_app.retrieval.neighbours import join_neighbours
from rag_app.retrieval.query import checked_question, vector_of
from rag_app.retrieval.rerank import Reranker, rerank
from rag_app.retrieval.retriever import Passage, Ranks, Retriever
from rag_app.settings import AnswerSettings


class Searching(Collection):
    """Searches one collection. Threads may share it."""

    def __init__(self, index: IndexSettings, answers: AnswerSettings) -> None:
        super().__init__(index)
        self.answer_settings = answers
        self.embedder = embedder_of(index)
        self._checked: Embedder | None = None
        self._retriever = Retriever(self.store)
        self.reranker = Reranker(answers.reranker, index.device) if answers.reranker else None

    def search(
        self,
        text: str,
        k: int = 10,
        where: Mapping[str, Any] | None = None,
        *,
        mode: Mode | None = None,
    ) -> list[Hit]:
        """The ``k`` passages that match a text best, best first: by its meaning ("dense"), by its
        words ("keyword"), or by both ("hybrid"), as the settings say if ``mode`` does not.

        ``where`` filters by document and its metadata in Chroma's grammar
        (``{"document": "a.pdf"}``, ``{"page": {"$gte": 3}}``, ``$and``, ``$or`` …); the fields
        are those of ``filter_fields``, the rules those of ``ingest.catalog.filters``. Raises
        UsageError for an empty text, a ``k`` below 1 or a wrong filter, and what opening raises.
        """
        if k < 1:
            raise UsageError(f"k must be at least 1, not {k}")
        text = checked_question(text)
        mode = mode or self.answer_settings.mode
        # By words alone, nothing is compared by meaning, and no model is loaded.
        vector = None if mode == "keyword" else self._vector_of(text)
        return [passage.to_hit() for passage in self._retrieve(text, vector, k, where, mode)]

    def ranks(self, question: str, ids: Sequence[str]) -> dict[str, Ranks]:
        """Where chunks stand among all of the collection, by meaning and by words."""
        return self._retriever.ranks(question, self._vector_of(question), ids)

    def _retrieve(
        self,
        text: str,
        vector: Vectors | None,
        k: int,
        where: Mapping[str, Any] | None = None,
        mode: Mode | None = None,
        without: Sequence[str] = (),
    ) -> Sequence[Passage]:
        """As the settings say: found, re-ranked, and joined with what stands beside it."""
        settings, steps = self.answer_settings, self.answer_settings.neighbours
        wanted = k * (1 + 2 * steps)  # each may take in the places of others
        if self.reranker is not None:
            wanted = max(wanted, settings.rerank_candidates)
        found: Sequence[Passage] = self._retriever.search(
            text,
            vector,
            wanted,
            where,
            mode or settings.mode,
            without=without,
            check=self._check_filled if vector is None else self._check_embedder,
        )
        if self.reranker is not None:
            found = rerank(text, found, self.reranker, settings.rerank_candidates)
        if not steps:
            return found[:k]
        with self._catalog.reading() as view:
            return join_neighbours(view, found, steps, k, without)

    def _check_filled(self, view: CatalogView) -> None:
        """Raise StoreEmpty if nothing was ingested."""
        if view.fingerprint() is None:
            raise nothing_in(self.store.collection)

    def _check_embedder(self, view: CatalogView) -> None:
        """Raise StoreEmpty, or StoreError if the collection was built with another model."""
        self._check_filled(view)
        check_embedder(view, self.embedder, self.store.collection)

    def _vector_of(self, text: str) -> Vectors:
        if self._checked is not self.embedder:
            # Before a model is loaded that is not the collection's. Each search looks again.
            with self._catalog.reading() as view:
                self._check_embedder(view)
            self._checked = self.embedder
        return vector_of(text, self.embedder)


def nothing_in(collection: str) -> StoreEmpty:
    """The error of a collection into which nothing was ingested."""
    return StoreEmpty(
        f"Nothing has been ingested into the collection {collection!r}; run: rag-app ingest PATH"
    )
