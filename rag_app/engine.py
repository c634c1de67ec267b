"""The story of a question: from its words to an answer whose sentences can be checked.

``Engine.stream`` reads from top to bottom.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from ingest.catalog import Vectors
from ingest.embed import embedder_of
from ingest.errors import StoreEmpty, UsageError
from ingest.fingerprint import check_embedder
from ingest.settings import IndexSettings
from rag_app import disagreement
from rag_app.answering import Draft, ask_llm, nothing_passes, quote, refuse
from rag_app.calibration import OwnCalibration
from rag_app.collection import Collection
from rag_app.configured import configured_models
from rag_app.evidence import POOL, Evidence, gather
from rag_app.explain import Explanation, explain
from rag_app.fallback import with_fallback
from rag_app.follow_up import is_about_its_own, recent_turns
from rag_app.judge import EntailmentJudge
from rag_app.neighbours import join_neighbours
from rag_app.prompts import load_prompts
from rag_app.questions import checked_question, vector_of
from rag_app.records import Answer, Hit, Mode, Turn
from rag_app.rerank import Reranker, rerank
from rag_app.retrieve import Passage, Ranks, Retriever
from rag_app.rewrite import rewritten
from rag_app.settings import AnswerSettings
from rag_app.stopping import Stop
from rag_app.verify import FactCheck, SupportCheck
from rag_app.whole import counted, coverage_note, may_be_counted

if TYPE_CHECKING:
    from llama_index.core.base.base_query_engine import BaseQueryEngine
    from llama_index.core.base.base_retriever import BaseRetriever

NO_EVIDENCE = Evidence((), (), 0.0)


class Engine(Collection):
    """Searches and answers from one collection. Threads may share it. A context manager."""

    def __init__(self, index: IndexSettings, answers: AnswerSettings) -> None:
        super().__init__(index)
        self.answer_settings = answers
        self.embedder = embedder_of(index)
        self._retriever = Retriever(self.store)
        self._calibration = OwnCalibration(self.store, self._catalog)
        self.reranker = Reranker(answers.reranker, index.device) if answers.reranker else None
        judge = answers.judge
        self.judge = EntailmentJudge(judge, index.device) if judge else None
        self.prompts = load_prompts(answers.prompts)
        self.llm, self._rewriter = configured_models(answers)

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        where: Mapping[str, Any] | None = None,
        *,
        stop: Stop | None = None,
    ) -> Generator[str | Answer]:
        """Answer a question: parts of the text as they come, and then the Answer.

        The Answer's text may differ from the parts: its markers have been checked. ``where``
        filters what is read, as in ``search``; if nothing passes it, the answer says so. Where the
        LLM fails, the Answer is quotes, or a refusal, with the ``failure``. After ``stop.set()``
        by another thread the stream ends at once, without an Answer. Raises UsageError for a
        question that is empty or too long and for a wrong filter, StoreEmpty, StoreError,
        FingerprintMismatch, EmbedderError, RerankerError, JudgeError, and LLMError with
        ``llm_fallback`` off.
        """
        started = time.perf_counter()
        question = checked_question(question)
        recent = recent_turns(history, self.answer_settings.history_tokens, self.embedder)
        standalone = rewritten(question, recent, self._rewriter)
        count = self._counted(standalone, where)
        evidence = NO_EVIDENCE if count else self._evidence_for(question, standalone, where)
        passages = evidence.passages[: self.answer_settings.passages]
        draft = count or refuse(evidence, passages)
        disagreements = disagreement.disagreements(evidence, self.embedder)
        if count is not None:
            yield draft.text
        elif where is not None and not passages:
            draft = draft._replace(text=nothing_passes(where, self.filter_fields()))
            yield draft.text
        elif self.llm is not None and evidence.is_enough_for_llm:
            enough = evidence.is_enough
            parts = ask_llm(
                self.llm,
                question,
                evidence,
                passages,
                recent,
                enough_to_quote=enough,
                check=self.check,
                settings=self.answer_settings,
                prompts=self.prompts,
                stop=stop,
            )
            if self.answer_settings.llm_fallback:
                parts = with_fallback(parts, evidence, passages, enough_to_quote=enough)
            for part in parts:
                if isinstance(part, Draft):
                    draft = part
                else:
                    yield part
            if stop is not None and stop.is_set:
                return
        elif self.llm is None and evidence.is_enough:
            draft = quote(evidence, disagreement.sides(disagreements))
            yield draft.text
        else:
            yield draft.text
        notes = draft.notes
        if not draft.refused and count is None:
            notes += disagreement.notes(disagreements)
            notes += coverage_note(standalone, len(passages), self._chunk_count())
        yield Answer(
            question=question,
            text=draft.text,
            refused=draft.refused,
            citations=draft.citations,
            hits=tuple(passage.to_hit() for passage in passages),
            model=draft.model,
            seconds=time.perf_counter() - started,
            usage=draft.usage,
            notes=notes,
            standalone=standalone if standalone != question else None,
            unsupported=draft.unsupported,
            failure=draft.failure,
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

    @property
    def check(self) -> SupportCheck:
        """What says whether a passage supports a sentence: the judge, if one is set."""
        return self.judge or FactCheck(self.embedder)

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
        are those of ``filter_fields``, the rules those of ``ingest.where``. Raises UsageError for
        an empty text, a ``k`` below 1 or a wrong filter, and what opening raises.
        """
        if k < 1:
            raise UsageError(f"k must be at least 1, not {k}")
        text = checked_question(text)
        return [
            passage.to_hit()
            for passage in self._retrieve(text, self._vector_of(text), k, where, mode)
        ]

    def evidence(
        self,
        question: str,
        where: Mapping[str, Any] | None = None,
        *,
        without: Sequence[str] = (),
    ) -> Evidence:
        """What the documents offer for a question that stands alone; with the chunks of these ids
        held out, what they would offer if those were not there. Raises what ``stream`` raises, but
        for LLMError."""
        vector = self._vector_of(checked_question(question))
        pool = self._retrieve(question, vector, POOL, where, without=without)
        if not pool and not self._chunk_count():
            raise StoreEmpty(_nothing_in(self.store.collection))
        found = gather(question, vector, pool, self.embedder, self._calibration.current())
        # A word of the pool is one of the collection: few are left to be looked up.
        absent = self._retriever.absent(found.absent)
        return replace(found, absent=tuple(absent), filtered=where is not None)

    def _evidence_for(
        self, question: str, standalone: str, where: Mapping[str, Any] | None
    ) -> Evidence:
        """The evidence for a question of a conversation: none where it is not about its words."""
        evidence = self.evidence(standalone, where)
        if standalone != question and not is_about_its_own(question, evidence, self.embedder):
            return replace(evidence, confidence=0.0)
        return evidence

    def _counted(self, question: str, where: Mapping[str, Any] | None) -> Draft | None:
        """The answer to a question about the whole collection; None if it is an ordinary one."""
        if not may_be_counted(question):
            return None
        with self._retriever.words() as (view, index):
            return counted(question, view, index, where)

    def ranks(self, question: str, ids: Sequence[str]) -> dict[str, Ranks]:
        """Where chunks stand among all of the collection, by meaning and by words."""
        return self._retriever.ranks(question, self._vector_of(question), ids)

    def explain(
        self,
        question: str,
        expect: str | None = None,
        *,
        document: str | None = None,
        page: int | None = None,
    ) -> Explanation:
        """Why passages that hold some words, or are of a document or page, were found or not.

        Raises UsageError if nothing is expected, and what ``evidence`` raises.
        """
        return explain(self, question, expect, document, page)

    def status(self) -> dict[str, Any]:
        """What the collection holds and how it answers, as plain values for JSON."""
        documents = self.documents()
        return {
            "store": str(self.index_settings.store),
            "collection": self.store.collection,
            "embedding_model": self.index_settings.embedding_model,
            "similarity": self._similarity(),
            "answers": "quotes"
            if self.llm is None
            else f"{self.llm.model or 'the model'} at {self.llm.endpoint}",
            "calibration": self._calibration.in_words(),
            "reranker": self.answer_settings.reranker,
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
        """Give back the index, and the memory of a local LLM. The engine is not used after."""
        self._retriever.close()
        if self.llm is not None:
            self.llm.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _retrieve(
        self,
        text: str,
        vector: Vectors,
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
            text, vector, wanted, where, mode or settings.mode, without=without
        )
        if self.reranker is not None:
            found = rerank(text, found, self.reranker, settings.rerank_candidates)
        if not steps:
            return found[:k]
        with self._catalog.reading() as view:
            return join_neighbours(view, found, steps, k, without)

    def _vector_of(self, text: str) -> Vectors:
        with self._catalog.reading() as view:
            if view.fingerprint() is None:
                raise StoreEmpty(_nothing_in(self.store.collection))
            check_embedder(view, self.embedder, self.store.collection)
        return vector_of(text, self.embedder)


def _nothing_in(collection: str) -> str:
    return f"Nothing has been ingested into the collection {collection!r}; run: rag-app ingest PATH"
