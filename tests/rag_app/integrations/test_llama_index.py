"""LlamaIndex's own parts on our objects: conversations, instrumentation, callbacks, evaluators."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from llama_index.core.base.llms.types import ChatMessage, CompletionResponse, LLMMetadata
from llama_index.core.callbacks import CallbackManager, LlamaDebugHandler
from llama_index.core.evaluation import (
    BatchEvalRunner,
    FaithfulnessEvaluator,
    RelevancyEvaluator,
    RetrieverEvaluator,
)
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.instrumentation.span_handlers import SimpleSpanHandler
from llama_index.core.llms import CustomLLM
from pydantic import Field

from ingest.errors import UsageError
from rag_app import Engine

QUESTION = "How long is the notice period?"
FOLLOW_UP = "And during probation?"


class SaysYes(CustomLLM):
    """A judge that finds everything right, and keeps what it was shown."""

    shown: list[str] = Field(default_factory=list)

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(context_window=100_000)

    def complete(self, prompt: str, *_: Any, **__: Any) -> CompletionResponse:
        self.shown.append(prompt)
        return CompletionResponse(text="YES")

    def stream_complete(self, prompt: str, *_: Any, **__: Any) -> Any:
        raise NotImplementedError


class Events(BaseEventHandler):
    """Keeps the names of events."""

    seen: list[str] = Field(default_factory=list)

    def handle(self, event: Any, **_: Any) -> None:
        self.seen.append(event.class_name())


@pytest.fixture
def instrumented() -> Iterator[tuple[Events, SimpleSpanHandler]]:
    """What LlamaIndex's dispatcher tells, while a test runs."""
    events, spans = Events(), SimpleSpanHandler()
    root = get_dispatcher()
    root.add_event_handler(events)
    root.add_span_handler(spans)
    yield events, spans
    root.event_handlers.remove(events)
    root.span_handlers.remove(spans)


def test_a_conversation_goes_on(sample_engine: Engine) -> None:
    chat = sample_engine.as_chat_engine()
    first = chat.chat(QUESTION)
    assert first.source_nodes and first.metadata["citations"] and not first.metadata["refused"]
    expected = sample_engine.ask(QUESTION)
    assert str(first) == expected.text
    then = chat.chat(FOLLOW_UP)
    alone = sample_engine.as_chat_engine().chat(FOLLOW_UP)
    assert {one.node_id for one in then.source_nodes} != {one.node_id for one in alone.source_nodes}
    assert [one.role.value for one in chat.chat_history] == ["user", "assistant"] * 2
    chat.reset()
    assert chat.chat_history == []
    given = [ChatMessage(role="system", content="x"), ChatMessage(role="user", content=QUESTION)]
    again = chat.chat(FOLLOW_UP, given)
    assert str(again) == str(then) and len(chat.chat_history) == 3


def test_a_stream_is_the_answer(sample_engine: Engine) -> None:
    chat = sample_engine.as_chat_engine({"document": sample_engine.documents()[0].name})
    response = chat.stream_chat(QUESTION)
    assert "".join(response.response_gen).strip() == str(response)
    assert {one.metadata["document"] for one in response.source_nodes} <= {
        sample_engine.documents()[0].name
    }

    async def streamed() -> str:
        asked = await sample_engine.as_chat_engine().astream_chat(QUESTION)
        text = "".join([part async for part in asked.async_response_gen()])
        assert asked.source_nodes
        return text

    assert asyncio.run(streamed()) == sample_engine.ask(QUESTION).text
    assert str(asyncio.run(sample_engine.as_chat_engine().achat(QUESTION)))


def test_errors_are_ours(sample_engine: Engine) -> None:
    with pytest.raises(UsageError):
        sample_engine.as_chat_engine().chat(" ")
    with pytest.raises(UsageError):
        list(sample_engine.as_chat_engine().stream_chat(" ").response_gen)


def test_instrumentation_and_callbacks_see_them(
    sample_engine: Engine, instrumented: tuple[Events, SimpleSpanHandler]
) -> None:
    events, spans = instrumented
    sample_engine.as_retriever().retrieve(QUESTION)
    sample_engine.as_query_engine().query(QUESTION)
    sample_engine.as_chat_engine().chat(QUESTION)
    assert {"RetrievalStartEvent", "RetrievalEndEvent", "QueryStartEvent", "QueryEndEvent"} <= set(
        events.seen
    )
    names = {one.id_.split("-")[0] for one in spans.completed_spans}
    assert {
        "EngineRetriever._retrieve",
        "EngineQueryEngine._query",
        "EngineChatEngine.chat",
    } <= names
    debug = LlamaDebugHandler(print_trace_on_end=False)
    engine = sample_engine.as_query_engine()
    engine.callback_manager = CallbackManager([debug])
    engine.query(QUESTION)


def test_evaluators_run_on_them(sample_engine: Engine) -> None:
    judge = SaysYes()
    engine = sample_engine.as_query_engine()
    response = engine.query(QUESTION)
    assert FaithfulnessEvaluator(llm=judge).evaluate_response(response=response).passing
    assert RelevancyEvaluator(llm=judge).evaluate_response(QUESTION, response).passing
    assert any(response.source_nodes[0].text[:60] in prompt for prompt in judge.shown)
    runner = BatchEvalRunner({"faithful": FaithfulnessEvaluator(llm=judge)}, workers=2)
    results = asyncio.run(runner.aevaluate_queries(engine, [QUESTION, "What is covered?"]))
    assert [one.passing for one in results["faithful"]] == [True, True]
    retriever = sample_engine.as_retriever(k=5)
    ids = [one.node_id for one in retriever.retrieve(QUESTION)]
    figures = RetrieverEvaluator.from_metric_names(["mrr", "hit_rate"], retriever=retriever)
    told = figures.evaluate(QUESTION, ids[1:2])
    assert told.metric_vals_dict == {"mrr": 0.5, "hit_rate": 1.0}
