"""Search as the settings say: found, re-ranked, and joined with what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from ingest.catalog.filters import Filter
from ingest.catalog.fingerprint import check_embedder
from ingest.catalog.view import CatalogView
from ingest.embed.embedder import Embedder
from ingest.embed.recent import RecentVectors
from ingest.errors import StoreEmpty
from ingest.tracing.traced import traced
from rag_app.records import Mode
from rag_app.retrieval.neighbours import join_neighbours
from rag_app.retrieval.passage import Passage
from rag_app.retrieval.query import Query, analyzed, vector_of
from rag_app.retrieval.rerank import Reranker, rerank
from rag_app.retrieval.retriever import Retriever
from rag_app.retrieval.snapshot import Snapshot
from rag_app.settings import AnswerSettings
from rag_app.tracing.attributes import of_retrieval


@dataclass(frozen=True, slots=True)
class Searcher:
    """Searches one collection. Threads may share it. ``recent`` has the vectors of the sentences
    that were read last."""

    collection: str
    settings: AnswerSettings
    embedder: Embedder
    recent: RecentVectors
    retriever: Retriever
    reranker: Reranker | None

    def reading(self) -> AbstractContextManager[Snapshot]:
        """The collection as it is now, for as long as the context lasts. Raises StoreEmpty if
        nothing was ever ingested, StoreError."""
        return self.retriever.reading()

    def check(self, view: CatalogView, mode: Mode | None = None) -> None:
        """Raise StoreEmpty if nothing was ingested, and FingerprintMismatch if vectors are to be
        compared and the collection was built with another model."""
        if view.fingerprint() is None:
            raise nothing_in(self.collection)
        if mode != "keyword":
            check_embedder(view, self.embedder, self.collection)

    def query(self, text: str) -> Query:
        """A question that was checked, analyzed and embedded. Raises EmbedderError."""
        return analyzed(text, vector_of(text, self.embedder))

    @traced("retrieval", "RETRIEVER", of_retrieval)
    def retrieve(
        self,
        snapshot: Snapshot,
        query: Query,
        k: int,
        where: Filter | None = None,
        *,
        mode: Mode | None = None,
        without: Sequence[str] = (),
    ) -> Sequence[Passage]:
        """The ``k`` best passages, without the chunks whose ids are in ``without``. Raises
        RerankerError."""
        settings, steps = self.settings, self.settings.neighbours
        wanted = k * (1 + 2 * steps)  # each may take in the places of others
        if self.reranker is not None:
            wanted = max(wanted, settings.rerank_candidates)
        found: Sequence[Passage] = self.retriever.search(
            snapshot, query, wanted, where, mode or settings.mode, without=without
        )
        if self.reranker is not None:
            found = rerank(query.text, found, self.reranker, settings.rerank_candidates)
        if not steps:
            return found[:k]
        return join_neighbours(snapshot.view, found, steps, k, without)


def nothing_in(collection: str) -> StoreEmpty:
    """The error of a collection into which nothing was ingested."""
    return StoreEmpty(
        f"Nothing has been ingested into the collection {collection!r}; run: rag-app ingest PATH"
    )
