"""``/api/ask`` and ``/api/search``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from ingest.catalog.filters import parse_filter
from ingest.text.unicode import paired
from rag_app.conversation.store import Conversations
from rag_app.engine import Engine
from rag_app.llm.stop import Stop
from rag_app.records import Answer, Effort, Hit, Mode, Turn
from rag_app.report.asked import report_or_answer
from rag_app.retrieval.query import checked_question
from rag_app.server.api.kept import kept_answer
from rag_app.server.background import Background
from rag_app.server.documented import answers
from rag_app.server.gate.guard import LockedRoute, needs
from rag_app.server.gate.observed import note
from rag_app.server.written import GONE, Json, event_stream, wants_events

router = APIRouter(route_class=LockedRoute, tags=["Questions"])
Collection = Annotated[str | None, Query(description="The server's own where none is named.")]
EXAMPLE: dict[str, Any] = {"question": "How long is the warranty?", "where": {"type": "pdf"}}


class Said(BaseModel):
    """A message of the conversation before."""

    model_config = ConfigDict(extra="forbid")
    role: Literal["user", "assistant"]
    content: str


class AskRequest(BaseModel):
    """A question, with what was said before it, or the conversation that it belongs to, where it
    and its answer are kept."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})
    question: str
    history: Annotated[list[Said], Field(max_length=1000)] = []
    where: dict[str, Any] | None = None
    effort: Effort | None = None
    conversation: str | None = Field(
        None, pattern="^[0-9a-f]{32}$", description="32 hexadecimal digits; a new one begins one."
    )


class SearchRequest(BaseModel):
    """A text whose passages are wanted."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"query": "warranty", "k": 5}]}
    )
    query: str
    k: int = Field(10, ge=1, le=200)
    where: dict[str, Any] | None = None
    mode: Mode | None = None


class Found(BaseModel):
    """The passages that match a text best, best first."""

    query: str
    hits: list[Hit]


@router.post(
    "/api/ask",
    openapi_extra=needs("ask"),
    responses=answers(Answer, "The Answer, as rag-app ask --json has it", events=True),
)
async def ask(request: Request, asked: AskRequest, collection: Collection = None) -> Response:
    """Answer a question: as JSON, or, with ``Accept: text/event-stream``, as events: ``part`` and
    ``step`` as they come, and then ``answer``. Whoever leaves stops it."""
    engine: Engine = request.app.state.engines.of(collection)
    answering: Background = request.app.state.answering
    question, where = checked_question(asked.question), asked.where
    parse_filter(where)  # a wrong one is refused before anything is begun
    caller = note(request, engine, "ask", question=question)
    history = [Turn(one.role, paired(one.content)) for one in asked.history]

    def source(stop: Stop, on_step: Callable[[Any], None]) -> Iterator[str | Answer]:
        if asked.conversation is None:
            return report_or_answer(
                engine, question, history, where, stop=stop, effort=asked.effort, on_step=on_step
            )
        kept = Conversations(engine.store, caller.owner)
        return kept_answer(
            engine, kept, asked.conversation, question, history, where,
            stop=stop, effort=asked.effort, on_step=on_step,
        )  # fmt: skip

    if wants_events(request):
        events = await answering.begun(request, source)
        return Response(status_code=GONE) if events is None else event_stream(events)
    answer = await answering.whole(request, source)
    return Response(status_code=GONE) if answer is None else Json(asdict(answer))


@router.post(
    "/api/search",
    openapi_extra=needs("ask"),
    responses=answers(Found, "The passages, as rag-app search --json has them"),
)
async def search(request: Request, asked: SearchRequest, collection: Collection = None) -> Response:
    """List the passages that match a text best."""
    engine: Engine = request.app.state.engines.of(collection)
    query = checked_question(asked.query)
    note(request, engine, "search", question=query)
    hits = await run_in_threadpool(engine.search, query, asked.k, asked.where, mode=asked.mode)
    return Json({"query": asked.query, "hits": [asdict(hit) for hit in hits]})
