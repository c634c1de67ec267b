"""The story of a question: from its words to an answer whose sentences can be checked.

``Engine.stream`` reads from top to bottom.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ingest.catalog.filters import parse_filter
from ingest.errors import UsageError
from ingest.records import FileReceipt, FilterField, StoredDocument
from ingest.tracing.traced import traced, traced_stream
from rag_app.answer.draft import Draft, Models
from rag_app.answer.record import AnswerRecord, Clock, Ranked, recorded, settings_of
from rag_app.evidence.evidence import Evidence
from rag_app.explain import Expected, Explanation, explain
from rag_app.extraction.extract import extracted
from rag_app.extraction.records import ExtractedRow
from rag_app.finding import evidence_for, find
from rag_app.llm.stop import Stop
from rag_app.messages import in_its_own_language
from rag_app.parts import Parts
from rag_app.prompts import AnswerPrompt
from rag_app.questions.history import recent_turns
from rag_app.questions.rewrite import Rewritten, rewritten
from rag_app.questions.small_talk import SmallTalk, without_small_talk
from rag_app.records import Answer, Effort, Hit, Mode, Step, Turn, total_usage
from rag_app.retrieval.forms import in_its_forms, in_its_language, in_its_parts
from rag_app.retrieval.query import analyzed, checked_question
from rag_app.steps.effort import plan
from rag_app.steps.research import Research
from rag_app.steps.toolbox import Toolbox
from rag_app.tracing.attributes import of_answer, of_search
from rag_app.writing import written

if TYPE_CHECKING:
    from llama_index.core.base.base_query_engine import BaseQueryEngine
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.chat_engine.types import BaseChatEngine
    from llama_index.core.vector_stores import MetadataFilters


class Engine:
    """Searches and answers from one collection. Threads may share it. A context manager."""

    def __init__(self, parts: Parts, closing: Sequence[Callable[[], None]] = ()) -> None:
        """``closing`` gives back what is this engine's own, and not lent to it."""
        self.parts = parts
        self.index_settings, self.answer_settings = parts.index, parts.answers
        self.collection, self.store = parts.collection, parts.collection.store
        self.embedder, self.prompts = parts.searcher.embedder, parts.prompts
        self.llm = parts.llm
        self._small_talk = SmallTalk(self.embedder)
        self._closing = tuple(closing)

    @traced_stream("ask", "CHAIN", of_answer)
    @in_its_own_language
    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        where: Mapping[str, Any] | None = None,
        *,
        stop: Stop | None = None,
        on_record: Callable[[AnswerRecord], None] | None = None,
        models: Models | None = None,
        effort: Effort | None = None,
        on_step: Callable[[Step], None] | None = None,
    ) -> Generator[str | Answer]:
        """Answer a question: parts of the text as they come, and then the Answer.

        The Answer's text may differ from the parts: its markers have been checked. ``where``
        filters what is read, as in ``search``; if nothing passes it, the answer says so. Where the
        LLM fails, the Answer is quotes, or a refusal, with the ``failure``. After ``stop.set()``
        by another thread the stream ends at once, without an Answer. With an LLM, ``effort`` says
        whether it may search again, read on and compute before it answers ("thorough"), is given
        what one search finds ("quick"), or does as the question needs ("auto"); the setting, if
        nothing is given. ``on_step`` is told each such step as it is done.

        Right before the Answer, ``on_record`` is given the whole record of it, whether or not the
        setting ``record`` has it written to a file. ``models`` write in place of the LLM that is
        set; ``rag_app.replay`` has them say what was recorded.

        Raises UsageError for a question that is empty or too long and for a wrong filter,
        StoreEmpty, StoreError, FingerprintMismatch, EmbedderError, RerankerError, JudgeError, and
        LLMError with ``llm_fallback`` off.
        """
        clock = Clock()
        settings = self.answer_settings.model_copy(update={"effort": effort} if effort else {})
        question, models = checked_question(question), models or self.parts.models
        parsed, is_recorded = parse_filter(where), bool(on_record or settings.record)
        recent = recent_turns(without_small_talk(history), settings.history_tokens, self.embedder)
        vector = self._small_talk.vector_of(question)
        reply = None if vector is None else self._small_talk.reply(vector, question)
        asked = Rewritten(question)
        if reply is None:
            asked = rewritten(question, recent, models.rewrite, self.prompts, stop, self.embedder)
        if stop is not None and stop.is_set:
            return
        clock.ends("question")
        plans = models.plan is not None and settings.effort != "quick"
        found = find(
            self.parts, question, asked, parsed, vector, reply,
            is_recorded=is_recorded, opens_tables=plans,
        )  # fmt: skip
        if models.answer is not None:
            found = found.for_llm()
        clock.ends("search")
        research = Research(found.asked, found.read(settings.passages))
        if models.plan is not None and plans:
            planner, toolbox = models.plan(stop=stop), Toolbox(self.parts, where)
            found = plan(research, found, toolbox, planner, settings.effort, stop, on_step)
            if research.replies:
                clock.ends("steps")
        prompt = AnswerPrompt(
            self.prompts, question, research.passages, tuple(recent), research.worked_out
        )
        draft: Draft | None = None
        for part in written(self.parts, models, found, prompt, bool(research.steps), stop):
            if isinstance(part, Draft):
                draft = part
            else:
                yield part
        if draft is None or (stop is not None and stop.is_set):
            return
        clock.ends("answer")
        answer = Answer(
            question=question,
            text=draft.text,
            refused=draft.refused,
            citations=draft.citations,
            hits=tuple(passage.to_hit() for passage in prompt.passages),
            model=draft.model,
            seconds=clock.total,
            usage=total_usage(research.usage, draft.usage),
            notes=research.notes + draft.notes,
            standalone=found.asked if found.asked != question else None,
            unsupported=draft.unsupported,
            failure=draft.failure,
            checks=draft.checks,
            steps=tuple(research.steps),
            closest=draft.closest,
        )
        if found.state is not None:
            record = AnswerRecord(
                question=question,
                history=tuple(recent),
                standalone=answer.standalone,
                where=where,
                collection=found.state,
                settings=settings_of(settings),
                endpoint=str(self.llm.endpoint) if self.llm else None,
                confidence=found.evidence.confidence,
                rewriting=asked.call,
                call=draft.call,
                answer=answer,
                seconds=clock.seconds,
                passages=tuple(map(Ranked.of, found.evidence.passages)),
                plan=tuple(research.replies),
            )
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
        *,
        effort: Effort | None = None,
    ) -> Answer:
        """Answer a question. Raises what ``stream`` raises."""
        for part in self.stream(question, history, where, effort=effort):
            if isinstance(part, Answer):
                return part
        raise AssertionError("a stream ends with its Answer")

    def extract(
        self,
        schema: object,
        documents: Sequence[str] | None = None,
        where: Mapping[str, Any] | None = None,
        *,
        stop: Stop | None = None,
    ) -> Generator[ExtractedRow]:
        """The fields of a schema in each of some documents, row by row: ``rag_app.extraction``."""
        return extracted(self.parts, schema, documents, parse_filter(where), stop)

    @traced("search", "CHAIN", of_search)
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
        text, searcher = checked_question(text), self.parts.searcher
        mode, parsed = mode or self.answer_settings.mode, parse_filter(where)
        with searcher.reading() as snapshot:
            searcher.check(snapshot.view, mode)
            # By words alone, nothing is compared by meaning, and no model is loaded.
            query = analyzed(text) if mode == "keyword" else searcher.query(text)
            query = in_its_forms(in_its_language(query, snapshot, self.embedder), snapshot)
            query = in_its_parts(query, snapshot)
            passages = searcher.retrieve(snapshot, query, k, parsed, mode=mode)
        return [passage.to_hit() for passage in passages]

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
        question, parsed = checked_question(question), parse_filter(where)
        with self.parts.searcher.reading() as snapshot:
            return evidence_for(self.parts, snapshot, question, parsed, without)

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
        expected = Expected(expect, document, page)
        with self.parts.searcher.reading() as snapshot:
            evidence = evidence_for(self.parts, snapshot, checked_question(question))
            return explain(snapshot, evidence, expected, self.answer_settings)

    def document_text(self, document: str) -> str:
        """The text that all offsets index. Raises UsageError if there is no such document."""
        return self.collection.document_text(document)

    def documents(self) -> list[StoredDocument]:
        """The documents of the collection, in order of name; none if nothing was ingested."""
        return self.collection.documents()

    def receipts(self) -> list[FileReceipt]:
        """The last receipt of each file, in order of path."""
        return self.collection.receipts()

    def filter_fields(self) -> list[FilterField]:
        """What ``where`` can name: the fields that are built in, then the documents' own."""
        return self.collection.filter_fields()

    def status(self) -> dict[str, Any]:
        """What the collection holds and how it answers, as plain values for JSON."""
        return self.parts.status()

    def as_query_engine(
        self, where: Mapping[str, Any] | MetadataFilters | None = None
    ) -> BaseQueryEngine:
        """This engine as a query engine of LlamaIndex, of what passes a filter: ours or theirs."""
        from rag_app.integrations.llama_index import EngineQueryEngine

        return EngineQueryEngine(self.ask, where)

    def as_chat_engine(
        self, where: Mapping[str, Any] | MetadataFilters | None = None
    ) -> BaseChatEngine:
        """A conversation with this engine as a chat engine of LlamaIndex, about what passes a
        filter. It keeps the conversation; another one needs another chat engine."""
        from rag_app.integrations.llama_index_chat import EngineChatEngine

        return EngineChatEngine(self.stream, where)

    def as_retriever(
        self, k: int = 10, where: Mapping[str, Any] | MetadataFilters | None = None
    ) -> BaseRetriever:
        """This engine's search as a retriever of LlamaIndex, of ``k`` nodes that pass a filter."""
        from rag_app.integrations.llama_index import EngineRetriever

        return EngineRetriever(self.search, k, where)

    def close(self) -> None:
        """Give back the index, and the memory of a local LLM. The engine is not used after."""
        for close in self._closing:
            close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
