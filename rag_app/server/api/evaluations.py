"""``/api/evaluations``: questions with known answers, asked of a collection; the runs are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from ingest.errors import RagError, UsageError
from rag_app.engine import Engine
from rag_app.eval.generate import by_llm, by_rules
from rag_app.eval.report import EvalReport
from rag_app.eval.run import evaluate
from rag_app.eval.saved_runs import KeptRun, KeptRuns
from rag_app.llm.stop import Stop
from rag_app.server.api.asking import Collection
from rag_app.server.background import Background, Tell
from rag_app.server.documented import answers
from rag_app.server.gate.guard import LockedRoute, caller_of, needs
from rag_app.server.gate.observed import note
from rag_app.server.gate.problems import Problem
from rag_app.server.written import GONE, Json, event_stream, wants_events

router = APIRouter(route_class=LockedRoute, tags=["Evaluation"])


class Runs(BaseModel):
    """The evaluations that are kept, the newest first."""

    evaluations: list[KeptRun]


class EvaluationRequest(BaseModel):
    """How many questions are made of the documents, and whether they are answered too."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"count": 20}]})
    count: int = Field(20, ge=1, le=500)
    answers: bool = False


class Stopped(RagError):
    """Whoever asked has left."""


@router.get(
    "/api/evaluations",
    openapi_extra=needs("read"),
    responses=answers(Runs, "The runs"),
)
async def runs(request: Request, collection: Collection = None) -> Response:
    """List one's own evaluations."""
    found = await run_in_threadpool(_runs(request, collection).listed)
    return Json({"evaluations": [asdict(one) for one in found]})


@router.get(
    "/api/evaluations/{id}",
    openapi_extra=needs("read"),
    responses=answers(EvalReport, "The whole report"),
)
async def report(
    request: Request,
    id: Annotated[str, Path(pattern="^[0-9a-f-]{1,64}$")],
    collection: Collection = None,
) -> Response:
    """One evaluation."""
    try:
        return Json(asdict(await run_in_threadpool(_runs(request, collection).open, id)))
    except UsageError:
        raise Problem(404, "unknown-evaluation", "There is no such evaluation") from None


@router.post(
    "/api/evaluations",
    openapi_extra=needs("admin"),
    responses=answers(KeptRun, "What is kept of it", events=True),
)
async def run(
    request: Request, asked: EvaluationRequest, collection: Collection = None
) -> Response:
    """Make questions of the documents, ask them, and keep what comes of it: as JSON, or as events,
    ``progress`` and then ``run``."""
    engine: Engine = request.app.state.engines.of(collection)
    kept = _runs(request, collection)
    note(request, engine, "evaluation")

    def source(stop: Stop, tell: Tell) -> Iterator[Any]:
        def on_progress(done: int) -> None:
            if stop.is_set:
                raise Stopped("The evaluation was stopped")
            tell(("progress", {"done": done}))

        if engine.llm is None:
            made = by_rules(engine.store, asked.count)
        else:
            made = by_llm(engine.store, engine.llm, asked.count, 0, on_progress, engine.prompts)
        found = evaluate(engine, made.questions, on_progress, answers=asked.answers)
        yield "run", asdict(kept.keep(found, engine))

    changing: Background = request.app.state.changing
    if wants_events(request):
        events = await changing.begun(request, source)
        return Response(status_code=GONE) if events is None else event_stream(events)
    ended = await changing.whole(request, source)
    return Response(status_code=GONE) if ended is None else Json(ended[1])


def _runs(request: Request, collection: str | None) -> KeptRuns:
    engine: Engine = request.app.state.engines.of(collection)
    return KeptRuns(engine, caller_of(request).owner)
