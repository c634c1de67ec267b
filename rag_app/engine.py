"""The story of a question: from its words to an answer whose sentences can be checked.

``Engine.stream`` reads from top to bottom.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from ingest.settings import IndexSettings
from rag_app.answer.fallback import with_fallback
from rag_app.answer.fit_context import FittedStream
from rag_app.answer.llm_answer import Draft, Models, ask_llm, nothing_passes, quote, refuse
from rag_app.answer.record import (
    AnswerRecord,
    Clock,
    Ranked,
    check_place,
    collection_state,
    recorded,
    settings_of,
)
from rag_app.evidence import conflicts as disagreement
from rag_app.evidence.calibration import OwnCalibration
from rag_app.evidence.evidence import POOL, Evidence, gather
from rag_app.explain import Explanation, explain
from rag_app.grounding.entailment import EntailmentJudge
from rag_app.grounding.support import FactCheck, SupportCheck
from rag_app.inventory.answer import counted, coverage_note, may_be_counted
from rag_app.llm.from_settings import configured_models
from rag_app.llm.stop import Stop
from rag_app.prompts import load_prompts
from rag_app.questions.follow_up_english import is_about_its_own, recent_turns
from rag_app.questions.rewrite import Rewritten, rewritten
from rag_app.records import Answer, Turn
from rag_app.retrieval.query import checked_question
from rag_app.retrieval.searcher import Searching, nothing_in
from rag_app.settings import AnswerSettings

if TYPE_CHECKING:
    from llama_index.core.base.base_query_engine import BaseQueryEngine
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.vector_stores import MetadataFilters

NO_EVIDENCE = Evidence((), (), 0.0)


class Engine(Searching):
    """Searches and answers from one collection. Threads may share it. A context manager."""

    def __init__(self, index: IndexSettings, answers: AnswerSettings) -> None:
        super().__init__(index, answers)
        check_place(answers.record)
        self._calibration = OwnCalibration(self.store, self._catalog)
        judge = answers.judge
        self.judge = EntailmentJudge(judge, index.device) if judge else None
        self.prompts = load_prompts(answers.prompts)
        self.llm, rewriter = configured_models(answers)
        write = None if self.llm is None else partial(FittedStream, self.llm)
        self._models = Models(write, rewriter)

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        where: Mapping[str, Any] | None = None,
        *,
        stop: Stop | None = None,
        on_record: Callable[[AnswerRecord], None] | None = None,
        models: Models | None = None,
    ) -> Generator[str | Answer]:
        """Answer a question: parts of the text as they come, and then the Answer.

        The Answer's text may differ from the parts: its markers have been checked. ``where``
        filters what is read, as in ``search``; if nothing passes it, the answer says so. Where the
        LLM fails, the Answer is quotes, or a refusal, with the ``failure``. After ``stop.set()``
        by another thread the stream ends at once, without an Answer.

        Right before the Answer, ``on_record`` is given the whole record of it, whether or not the
        setting ``record`` has it written to a file. ``models`` write in place of the LLM that is
        set; ``rag_app.replay.replay`` has them say what was recorded.

        Raises UsageError for a question that is empty or too long and for a wrong filter,
        StoreEmpty, StoreError, FingerprintMismatch, EmbedderError, RerankerError, JudgeError, and
        LLMError with ``llm_fallback`` off.
        """
        clock = Clock()
        question = checked_question(question)
        settings = self.answer_settings
        models = models or self._models
        recent = recent_turns(history, settings.history_tokens, self.embedder)
        asked = rewritten(question, recent, models.rewrite, self.prompts, stop)
        if stop is not None and stop.is_set:
            return
        clock.ends("question")
        draft = self._counted(asked.question, where)
        is_count = draft is not None
        evidence = NO_EVIDENCE if is_count else self._evidence_for(question, asked.question, where)
        passages = evidence.passages[: settings.passages]
        disagreements = cache(partial(disagreement.disagreements, evidence, self.embedder))
        clock.ends("search")
        if draft is not None:
            yield draft.text
        elif where is not None and not passages:
            draft = Draft(nothing_passes(where, self.filter_fields()), refused=True)
            yield draft.text
        elif models.answer is not None and evidence.is_enough_for_llm:
            enough = evidence.is_enough
            parts = ask_llm(
                models.answer,
                question,
                evidence,
                passages,
                recent,
                enough_to_quote=enough,
                check=self.check,
                settings=settings,
                prompts=self.prompts,
                stop=stop,
            )
            if settings.llm_fallback:
                parts = with_fallback(parts, evidence, passages, enough_to_quote=enough)
            for part in parts:
                if isinstance(part, Draft):
                    draft = part
                else:
                    yield part
            if draft is None or (stop is not None and stop.is_set):
                return
        elif models.answer is None and evidence.is_enough:
            draft = quote(evidence, disagreement.sides(disagreements()))
            yield draft.text
        else:
            draft = refuse(evidence, passages)
            yield draft.text
        notes = draft.notes
        if not draft.refused and not is_count:
            notes += disagreement.notes(disagreements())
            notes += coverage_note(asked.question, len(passages), self._chunk_count)
        clock.ends("answer")
        answer = Answer(
            question=question,
            text=draft.text,
            refused=draft.refused,
            citations=draft.citations,
            hits=tuple(passage.to_hit() for passage in passages),
            model=draft.model,
            seconds=clock.total,
            usage=draft.usage,
            notes=notes,
            standalone=asked.question if asked.question != question else None,
            unsupported=draft.unsupported,
            failure=draft.failure,
        )
        if on_record is not None or settings.record is not None:
            record = self._record_of(answer, recent, where, asked, draft, evidence, clock)
            if on_record is not None:
                on_record(record)
            if settings.record is not None:
                answer = recorded(settings.record, record)
        yield answer

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
            raise nothing_in(self.store.collection)
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

    def _record_of(
        self,
        answer: Answer,
        history: Sequence[Turn],
        where: Mapping[str, Any] | None,
        asked: Rewritten,
        draft: Draft,
        evidence: Evidence,
        clock: Clock,
    ) -> AnswerRecord:
        with self.reading() as view:
            collection = collection_state(
                view, self.store.collection, {hit.document for hit in answer.hits}
            )
        return AnswerRecord(
            question=answer.question,
            history=tuple(history),
            standalone=answer.standalone,
            where=where,
            collection=collection,
            settings=settings_of(self.answer_settings),
            endpoint=str(self.llm.endpoint) if self.llm else None,
            confidence=evidence.confidence,
            rewriting=asked.call,
            call=draft.call,
            answer=answer,
            seconds=clock.seconds,
            passages=tuple(map(Ranked.of, evidence.passages)),
        )

    def _counted(self, question: str, where: Mapping[str, Any] | None) -> Draft | None:
        """The answer to a question about the whole collection; None if it is an ordinary one."""
        if not may_be_counted(question):
            return None
        with self._retriever.words() as (view, index):
            return counted(question, view, index, where)

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

    def as_query_engine(
        self, where: Mapping[str, Any] | MetadataFilters | None = None
    ) -> BaseQueryEngine:
        """This engine as a query engine of LlamaIndex, of what passes a filter: ours or theirs."""
        from rag_app.integrations.llama_index import EngineQueryEngine

        return EngineQueryEngine(self, where)

    def as_retriever(
        self, k: int = 10, where: Mapping[str, Any] | MetadataFilters | None = None
    ) -> BaseRetriever:
        """This engine's search as a retriever of LlamaIndex, of ``k`` nodes that pass a filter."""
        from rag_app.integrations.llama_index import EngineRetriever

        return EngineRetriever(self, k, where)

    def close(self) -> None:
        """Give back the index, and the memory of a local LLM. The engine is not used after."""
        self._retriever.close()
        if self.llm is not None:
            self.llm.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
