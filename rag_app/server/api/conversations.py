"""``/api/conversations`` and ``/api/feedback``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from ingest.errors import UsageError
from rag_app.conversation.records import Conversation, Exchange, Feedback, Summary, Verdict
from rag_app.conversation.store import Conversations
from rag_app.engine import Engine
from rag_app.server.api.asking import Collection
from rag_app.server.documented import answers
from rag_app.server.gate.guard import LockedRoute, caller_of, needs
from rag_app.server.gate.observed import note
from rag_app.server.gate.problems import Problem
from rag_app.server.written import Json

router = APIRouter(route_class=LockedRoute, tags=["Conversations"])
Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]


class Listed(BaseModel):
    """Conversations, the one that changed last first."""

    conversations: list[Summary]


class Rated(BaseModel):
    """Exchanges with feedback, in the order in which they were asked."""

    feedback: list[Exchange]


class FeedbackRequest(BaseModel):
    """What a reader thinks of an answer; no verdict takes it back."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"exchange": "0" * 32, "verdict": "up"}]},
    )
    exchange: str = Field(pattern="^[0-9a-f]{32}$")
    verdict: Verdict | None
    comment: str = Field("", max_length=10_000)


@router.get(
    "/api/conversations",
    openapi_extra=needs("read"),
    responses=answers(Listed, "As rag-app conversations --json has them"),
)
async def conversations(
    request: Request,
    search: Annotated[str, Query(max_length=1000)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    collection: Collection = None,
) -> Response:
    """List one's own conversations; those that have every word of ``search``."""
    found = await run_in_threadpool(_kept(request, collection).listed, search, limit)
    return Json({"conversations": [asdict(one) for one in found]})


@router.get(
    "/api/conversations/{id}",
    openapi_extra=needs("read"),
    responses=answers(Conversation, "The conversation with all its exchanges"),
)
async def conversation(request: Request, id: Id, collection: Collection = None) -> Response:
    """One conversation."""
    return Json(asdict(await run_in_threadpool(_open, _kept(request, collection), id)))


@router.delete("/api/conversations/{id}", openapi_extra=needs("ask"), status_code=204)
async def delete_conversation(request: Request, id: Id, collection: Collection = None) -> None:
    """Delete a conversation for good."""
    kept = _kept(request, collection)
    await run_in_threadpool(_open, kept, id)
    note(request, _engine(request, collection), "delete", [f"conversation {id}"])
    await run_in_threadpool(kept.delete, id)


@router.get(
    "/api/feedback",
    openapi_extra=needs("read"),
    responses=answers(Rated, "As rag-app feedback --json has it"),
)
async def feedback(request: Request, collection: Collection = None) -> Response:
    """List one's own answers that have feedback."""
    rated = await run_in_threadpool(_kept(request, collection).rated)
    return Json({"feedback": [exchange.to_json() for exchange in rated]})


@router.post("/api/feedback", openapi_extra=needs("ask"), status_code=204)
async def rate(request: Request, given: FeedbackRequest, collection: Collection = None) -> None:
    """Say what one thinks of an answer that was kept."""
    kept = _kept(request, collection)
    verdict = None if given.verdict is None else Feedback(given.verdict, given.comment)
    note(request, _engine(request, collection), "feedback")
    try:
        await run_in_threadpool(kept.rate, given.exchange, verdict)
    except UsageError:
        raise Problem(404, "unknown-exchange", "There is no such answer") from None


def _engine(request: Request, collection: str | None) -> Engine:
    engine: Engine = request.app.state.engines.of(collection)
    return engine


def _kept(request: Request, collection: str | None) -> Conversations:
    """Those of the caller; of everybody for a key that administers."""
    caller = caller_of(request)
    owner: Any = None if caller.key is not None and caller.has("admin") else caller.owner
    return Conversations(_engine(request, collection).store, owner)


def _open(kept: Conversations, id_: str) -> Conversation:
    """A conversation. Raises Problem (404) where there is none."""
    try:
        return kept.open(id_)
    except UsageError:
        raise Problem(404, "unknown-conversation", "There is no such conversation") from None
