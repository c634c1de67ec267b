"""The story of a question: from its words to an answer whose sentences can be checked.

``Engine.stream`` reads from top to bottom.
"""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.catalog import Catalog, Vectors
from ingest.embed import embedder_of
from ingest.errors import FingerprintMismatch, StoreEmpty, StoreError, UsageError
from ingest.fields import filter_fields
from ingest.records import FileReceipt, FilterField, StoredDocument
from ingest.settings import IndexSettings, load_settings
from ingest.store import Store
from rag_app.answering import Draft, ask_llm, nothing_passes, quote, refuse
from rag_app.evidence import POOL, gather
from rag_app.follow_up import standalone_question
from rag_app.llm import ChatModel
from rag_app.records import Answer, Hit, Turn
from rag_app.retrieve import Retriever
from rag_app.settings import AnswerSettings

if TYPE_CHECKING:
    from llama_index.core.base.base_query_engine import BaseQueryEngine
    from llama_index.core.base.base_retriever import BaseRetriever

# Evidence below this is no evidence: nothing is quoted, and no LLM is asked to make do with it.
# Both errors that it makes: docs/decisions/0005.
ENOUGH = 0.3
ENOUGH_FOR_LLM = 0.1
LONGEST_QUESTION = 8_000
HISTORY_TURNS = 6


class Engine:
    """Searches and answers from one collection. Threads may share it. A context manager."""

    def __init__(self, index: IndexSettings, answers: AnswerSettings) -> None:
        self.index_settings = index
        self.answer_settings = answers
        self.store = Store(index.store, index.collection)
        self.embedder = embedder_of(index)
        self._retriever = Retriever(self.store)
        self._catalog = Catalog(self.store.catalog_path)
        self.llm = _chat_model(answers)

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        where: Mapping[str, Any] | None = None,
    ) -> Generator[str | Answer]:
        """Answer a question: parts of the text as they come, and then the Answer.

        The Answer's text may differ from the parts: its markers have been checked. ``where``
        filters what is read, as in ``search``; if nothing passes it, the answer says so. Raises
        UsageError for a question that is empty or too long and for a wrong filter, StoreEmpty,
        StoreError, FingerprintMismatch, EmbedderError, and LLMError if the LLM cannot be used.
        """
        started = time.perf_counter()
        question = _checked(question)
        standalone = standalone_question(question, history)
        vector = self._vector_of(standalone)
        pool = self._retriever.nearest(vector, POOL, where)
        if not pool and not self._chunk_count():
            raise StoreEmpty(_nothing_in(self.store.collection))
        evidence = gather(standalone, vector, pool, self.embedder)
        passages = evidence.passages[: self.answer_settings.passages]
        draft = refuse(passages)
        if where is not None and not pool:
            draft = draft._replace(text=nothing_passes(where, self.filter_fields()))
            yield draft.text
        elif self.llm is not None and evidence.confidence >= ENOUGH_FOR_LLM:
            enough = evidence.confidence >= ENOUGH
            recent = history[-HISTORY_TURNS:]
            for part in ask_llm(
                self.llm, question, evidence, passages, recent, enough_to_quote=enough
            ):
                if isinstance(part, Draft):
                    draft = part
                else:
                    yield part
        elif self.llm is None and evidence.confidence >= ENOUGH:
            draft = quote(evidence)
            yield draft.text
        else:
            yield draft.text
        yield Answer(
            question=question,
            text=draft.text,
            refused=draft.refused,
            citations=draft.citations,
            hits=tuple(passage.to_hit() for passage in passages),
            model=draft.model,
            seconds=time.perf_counter() - started,
            usage=draft.usage,
            notes=draft.notes,
        )

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        where: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Answer a question. Raises what ``stream`` raises."""
        for part in self.stream(question, history, where):
            if isinstance(part, Answer):
                return part
        raise AssertionError("a stream ends with its Answer")

    def search(self, text: str, k: int = 10, where: Mapping[str, Any] | None = None) -> list[Hit]:
        """The ``k`` passages most similar to a text, best first.

        ``where`` filters by document and its metadata in Chroma's grammar
        (``{"document": "a.pdf"}``, ``{"page": {"$gte": 3}}``, ``$and``, ``$or`` …); the fields
        are those of ``filter_fields``, the rules those of ``ingest.where``. Raises UsageError for
        an empty text, a ``k`` below 1 or a wrong filter, and what opening raises.
        """
        if k < 1:
            raise UsageError(f"k must be at least 1, not {k}")
        vector = self._vector_of(_checked(text))
        return [passage.to_hit() for passage in self._retriever.nearest(vector, k, where)]

    def document_text(self, document: str) -> str:
        """The text that all offsets index. Raises UsageError if there is no such document."""
        with self._catalog.reading() as view:
            text = view.document_text(document)
        if text is None:
            raise UsageError(
                f"There is no document {document!r} in the collection "
                f"{self.store.collection!r}; see: rag-app status"
            )
        return text

    def documents(self) -> list[StoredDocument]:
        """The documents of the collection, in order of name; none if nothing was ingested."""
        try:
            with self._catalog.reading() as view:
                return view.documents()
        except StoreEmpty:
            return []

    def receipts(self) -> list[FileReceipt]:
        """The last receipt of each file, in order of path."""
        try:
            with self._catalog.reading() as view:
                return list(view.receipts().values())
        except StoreEmpty:
            return []

    def filter_fields(self) -> list[FilterField]:
        """What ``where`` can name: the fields that are built in, then the documents' own."""
        try:
            with self._catalog.reading() as view:
                return filter_fields(view)
        except StoreEmpty:
            return []

    def topics(self) -> list[tuple[str, str]]:
        """(document, heading): what the documents speak of, in the order of their texts."""
        try:
            with self._catalog.reading() as view:
                return view.headings()
        except StoreEmpty:
            return []

    def status(self) -> dict[str, Any]:
        """What the collection holds and how it answers, as plain values for JSON."""
        documents = self.documents()
        return {
            "store": str(self.index_settings.store),
            "collection": self.store.collection,
            "embedding_model": self.index_settings.embedding_model,
            "answers": "quotes"
            if self.llm is None
            else f"{self.llm.model or 'the model'} at {self.llm.endpoint}",
            "chunks": self._chunk_count(),
            "documents": [asdict(document) for document in documents],
            "receipts": [asdict(receipt) for receipt in self.receipts()],
        }

    def as_query_engine(self) -> BaseQueryEngine:
        """This engine as a query engine of LlamaIndex."""
        from rag_app.llama import EngineQueryEngine

        return EngineQueryEngine(self)

    def as_retriever(self, k: int = 10) -> BaseRetriever:
        """This engine's search as a retriever of LlamaIndex, of ``k`` nodes."""
        from rag_app.llama import EngineRetriever

        return EngineRetriever(self, k)

    def close(self) -> None:
        """Give back the index. The engine is not used after."""
        self._retriever.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _chunk_count(self) -> int:
        try:
            with self._catalog.reading() as view:
                return view.chunk_count()
        except StoreEmpty:
            return 0

    def _vector_of(self, text: str) -> Vectors:
        """The unit vector of a text of any length: what the model cannot read at once is
        read in parts, and their mean is taken."""
        self._check_fingerprint()
        spans = self.embedder.token_spans([text])[0]
        step = self.embedder.max_tokens
        starts = [spans[first][0] for first in range(0, len(spans), step)] or [0]
        parts = [
            text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)
        ]
        mean = self.embedder.encode_queries(parts).mean(axis=0)
        return np.asarray(mean / (np.linalg.norm(mean) or 1.0), dtype=np.float32)

    def _check_fingerprint(self) -> None:
        with self._catalog.reading() as view:
            built_with = view.fingerprint()
        if built_with is None:
            raise StoreEmpty(_nothing_in(self.store.collection))
        # The name first: to see that it is another model, it need not be loaded.
        if built_with.get("model") != self.embedder.name:
            raise self._mismatch("model", built_with, self.embedder.name)
        for name, value in self.embedder.fingerprint.items():
            if built_with.get(name) != value:
                raise self._mismatch(name, built_with, value)

    def _mismatch(self, name: str, built_with: Mapping[str, Any], now: Any) -> FingerprintMismatch:
        return FingerprintMismatch(
            f"The collection {self.store.collection!r} was built with {name} = "
            f"{built_with.get(name)}, now it is {now}; set RAG_EMBEDDING_MODEL back, "
            "or change the collection to it: rag-app reembed"
        )


def open_engine(
    store: str | os.PathLike[str] | None = None,
    *,
    collection: str | None = None,
    settings: IndexSettings | None = None,
    answers: AnswerSettings | None = None,
) -> Engine:
    """Open a collection to search and ask. Nothing is loaded before it is needed.

    What is not given comes from the environment, ``.env`` and ``rag.toml``. A store in which
    nothing is yet can be opened; asking it raises StoreEmpty. Raises UsageError for a wrong
    setting, StoreError if ``store`` is a file.
    """
    index = settings or load_settings(IndexSettings, store=store, collection=collection)
    if index.store.exists() and not index.store.is_dir():
        raise StoreError(f"The store {index.store} is a file; give a directory with --store")
    return Engine(index, answers or load_settings(AnswerSettings))


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise UsageError("The question is empty; ask something, such as: What is covered?")
    if len(text) > LONGEST_QUESTION:
        raise UsageError(
            f"The question has {len(text):,} characters, at most {LONGEST_QUESTION:,} are read; "
            "shorten it, or ingest the text as a document"
        )
    return text


def _nothing_in(collection: str) -> str:
    return f"Nothing has been ingested into the collection {collection!r}; run: rag-app ingest PATH"


def _chat_model(answers: AnswerSettings) -> ChatModel | None:
    if not answers.uses_llm:
        return None
    key = answers.openai_api_key
    return ChatModel(
        model=answers.llm_model,
        api_key=key.get_secret_value() if key else None,
        base_url=answers.openai_base_url,
        total_seconds=answers.llm_total_seconds,
        idle_seconds=answers.llm_idle_seconds,
        max_tokens=answers.llm_max_tokens,
    )
