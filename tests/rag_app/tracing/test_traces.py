"""Spans of one answer and of one run: complete, by the conventions, and without a word."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.tracing.traced import WORDS
from rag_app import Answer, AnswerSettings, Engine, Turn, open_engine
from rag_app.errors import LLMError
from tests.support.llm_servers import Behaviour, ScriptedServer, error, reply, status

QUESTION = "How long is the notice period?"
CHAT, VECTORS = "chat scripted", "embeddings all-MiniLM-L6-v2"


class Trace:
    """The spans of a test, by their names."""

    def __init__(self, exporter: InMemorySpanExporter) -> None:
        self.spans: Sequence[ReadableSpan] = exporter.get_finished_spans()
        self._by_id = {one.context.span_id: one for one in self.spans if one.context}

    def named(self, name: str) -> list[ReadableSpan]:
        return [one for one in self.spans if one.name == name]

    def one(self, name: str) -> ReadableSpan:
        [span] = self.named(name)
        return span

    def parent(self, span: ReadableSpan) -> str | None:
        return None if span.parent is None else self._by_id[span.parent.span_id].name


def given(span: ReadableSpan, name: str) -> Any:
    return (span.attributes or {})[name]


def ask(
    sample: Path, embedder: Embedder, *behaviours: Behaviour, **settings: Any
) -> tuple[Answer, str]:
    with ScriptedServer(*behaviours) as server:
        answers = AnswerSettings(
            openai_base_url=server.base_url, llm_model="scripted", effort="quick", **settings
        )
        with open_engine(sample, answers=answers, embedder=embedder) as engine:
            return engine.ask(QUESTION), server.base_url


def test_the_spans_of_an_answer(
    sample: Path, embedder: Embedder, exporter: InMemorySpanExporter
) -> None:
    said = reply("The notice period is three months [1].", parts=3, usage=(700, 9))
    answer, url = ask(sample, embedder, said)
    seen = Trace(exporter)
    root = seen.one("invoke_workflow")
    assert {seen.parent(one) for one in seen.spans} <= {
        None,
        root.name,
        "find",
        "check",
        "retrieval default",
    }
    assert [one.name for one in seen.spans if one.parent is None] == [root.name]
    for name, parent in {
        "rewrite": root.name,
        "find": root.name,
        "retrieval default": "find",
        "prompt": root.name,
        CHAT: root.name,
        "check": root.name,
    }.items():
        assert {seen.parent(one) for one in seen.named(name)} == {parent}, name
    assert {"find", "check"} & {seen.parent(one) for one in seen.named(VECTORS)}
    chat = seen.one(CHAT)
    assert chat.kind == trace.SpanKind.CLIENT
    assert {
        "openinference.span.kind": "LLM",
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "scripted",
        "gen_ai.response.model": "scripted-reported",
        "gen_ai.usage.input_tokens": 700,
        "gen_ai.usage.output_tokens": 9,
        "gen_ai.response.finish_reasons": ("stop",),
        "llm.model_name": "scripted",
        "llm.token_count.total": 709,
        "server.address": "127.0.0.1",
        "server.port": int(url.split(":")[2].split("/")[0]),
    }.items() <= dict(chat.attributes or {}).items()
    assert given(chat, "gen_ai.response.time_to_first_chunk") > 0
    found = json.loads(given(seen.named("retrieval default")[0], "gen_ai.retrieval.documents"))
    assert answer.hits[0].chunk_id in {one["id"] for one in found}
    assert given(root, "rag_app.answer.citations") == len(answer.citations) == 1
    assert given(seen.one("check"), "rag_app.check.claims") == 1
    assert all("openinference.span.kind" in (one.attributes or {}) for one in seen.spans)


@pytest.mark.parametrize("wanted", ["", "true"])
def test_words_only_if_asked_for(
    sample: Path,
    embedder: Embedder,
    exporter: InMemorySpanExporter,
    monkeypatch: pytest.MonkeyPatch,
    wanted: str,
) -> None:
    monkeypatch.setenv(WORDS, wanted)
    answer, _ = ask(sample, embedder, reply("The notice period is three months [1]."))
    told = "".join(one.to_json() for one in exporter.get_finished_spans())
    words = (QUESTION, "three months", answer.hits[0].document, answer.hits[0].text[:40])
    assert all((json.dumps(one)[1:-1] in told) is bool(wanted) for one in words)
    if wanted:
        chat = Trace(exporter).one(CHAT)
        assert "three months" in given(chat, "llm.output_messages.0.message.content")
        assert given(chat, "llm.input_messages.0.message.role") == "system"
        assert json.loads(given(chat, "gen_ai.output.messages"))[0]["role"] == "assistant"


def test_what_a_consumer_does_between_two_parts_is_not_in_the_answer(
    sample_engine: Engine, exporter: InMemorySpanExporter
) -> None:
    """Each part may be asked for by another thread, and the consumer's own spans are its own."""
    parts = sample_engine.stream(QUESTION)
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        assert isinstance(one.submit(next, parts).result(), str)
        assert trace.get_current_span() is trace.INVALID_SPAN
        with trace.get_tracer("consumer").start_as_current_span("mine"):
            sample_engine.search(QUESTION)
        assert isinstance(other.submit(next, parts).result(), Answer)
        assert next(parts, None) is None
    seen = Trace(exporter)
    assert seen.parent(seen.one("search")) == "mine"
    assert seen.parent(seen.one("invoke_workflow")) is None
    assert len({one.context.trace_id for one in seen.spans if one.context}) == 2


def test_an_answer_is_part_of_the_trace_of_who_asks(
    sample_engine: Engine, exporter: InMemorySpanExporter
) -> None:
    async def request(number: int) -> None:
        with trace.get_tracer("server").start_as_current_span(f"request {number}"):
            await asyncio.to_thread(sample_engine.ask, QUESTION)

    async def requests() -> None:
        await asyncio.gather(*map(request, range(4)))

    asyncio.run(requests())
    seen = Trace(exporter)
    assert sorted(str(seen.parent(one)) for one in seen.named("invoke_workflow")) == [
        f"request {number}" for number in range(4)
    ]
    by_trace: dict[int, set[str]] = {}
    for one in seen.spans:
        assert one.context
        by_trace.setdefault(one.context.trace_id, set()).add(one.name.split(" ")[0])
    assert len(by_trace) == 4 and len({*map(frozenset, by_trace.values())}) == 1


def test_an_answer_that_is_left_early_ends_its_spans(
    sample_engine: Engine, exporter: InMemorySpanExporter
) -> None:
    parts = sample_engine.stream(QUESTION)
    next(parts)
    parts.close()
    seen = Trace(exporter)
    assert seen.one("ask").end_time and seen.parent(seen.one("find")) == "ask"


def test_steps_rewriting_and_re_ranking(
    sample: Path, embedder: Embedder, exporter: InMemorySpanExporter
) -> None:
    history = (Turn("user", QUESTION), Turn("assistant", "Three months."))
    with ScriptedServer(reply("How long is the notice period during probation?")) as server:
        answers = AnswerSettings(openai_base_url=server.base_url, llm_model="scripted")
        with open_engine(sample, answers=answers, embedder=embedder) as engine:
            engine.ask("And during probation?", history, effort="thorough")
    seen = Trace(exporter)
    assert "rewrite" in {seen.parent(one) for one in seen.named(CHAT)}


def test_a_failure_is_named_and_not_quoted(
    sample: Path, embedder: Embedder, exporter: InMemorySpanExporter
) -> None:
    with pytest.raises(LLMError):
        ask(sample, embedder, error(400, "swordfish"), llm_fallback=False)
    seen = Trace(exporter)
    for name in (CHAT, "ask"):
        span = seen.one(name)
        assert not span.status.is_ok and given(span, "error.type") == "LLMRejected"
    assert "swordfish" not in "".join(one.to_json() for one in seen.spans)
    exporter.clear()
    answer, _ = ask(sample, embedder, status(503), llm_fallback=True, llm_seconds=1)
    seen = Trace(exporter)
    assert (
        answer.failure and given(seen.one("invoke_workflow"), "error.type") == answer.failure.kind
    )


def test_the_spans_of_a_run(
    tmp_path: Path, embedder: Embedder, exporter: InMemorySpanExporter
) -> None:
    (tmp_path / "docs").mkdir()
    for name in ("swordfish.txt", "b.md"):
        (tmp_path / "docs" / name).write_text(f"# The {name}\n\nIt is of no use at all.\n")
    ingest_paths([tmp_path / "docs"], store=tmp_path / "store", embedder=embedder)
    seen = Trace(exporter)
    root = seen.one("ingest")
    assert given(root, "rag_app.ingest.added") == 2 and root.parent is None
    for name, count in {"read": 2, "chunk": 2, "store": 2, "index": 1}.items():
        assert [seen.parent(one) for one in seen.named(name)] == ["ingest"] * count, name
    vectors = seen.named(VECTORS)
    assert sum(given(one, "rag_app.embeddings.texts") for one in vectors) == 2
    assert {seen.parent(one) for one in vectors} == {"store"}
    assert given(vectors[0], "gen_ai.embeddings.dimension.count") == 384
    assert "swordfish" not in "".join(one.to_json() for one in seen.spans)
