"""What whoever runs the server asks: whether it lives, whether it can answer, and its figures."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from rag_app.engine import Engine
from rag_app.server.api.asking import Collection
from rag_app.server.documented import answers
from rag_app.server.gate.guard import OPEN, LockedRoute, needs
from rag_app.server.gate.observed import Metrics
from rag_app.server.written import Json

router = APIRouter(route_class=LockedRoute, tags=["Upkeep"])


class Health(BaseModel):
    status: Literal["ok"]


@router.get("/api/health", openapi_extra=OPEN, responses=answers(Health, "It lives"))
async def health() -> Response:
    """Whether the server lives. Open to all."""
    return Json({"status": "ok"})


@router.get("/api/ready", openapi_extra=OPEN, responses=answers(Health, "It can answer"))
async def ready(request: Request) -> Response:
    """Whether questions can be answered: the store can be read, and the model is loaded. Open to
    all."""
    engine: Engine = request.app.state.engines.own

    def check() -> None:
        engine.collection.document_count()
        engine.embedder.encode(["ready"])

    await run_in_threadpool(check)
    return Json({"status": "ok"})


@router.get(
    "/api/status",
    openapi_extra=needs("admin"),
    responses=answers(dict[str, Any], "As rag-app status --json has it"),
)
async def status(request: Request, collection: Collection = None) -> Response:
    """What is in the collection, what is not and why, and how it is answered."""
    engine: Engine = request.app.state.engines.of(collection)
    return Json(await run_in_threadpool(engine.status))


@router.get(
    "/metrics",
    openapi_extra=needs("admin"),
    response_class=Response,
    responses={200: {"description": "The figures", "content": {"text/plain": {}}}},
)
async def metrics(request: Request) -> Response:
    """The figures of the server for Prometheus."""
    noted: Metrics = request.app.state.metrics
    return Response(generate_latest(noted.registry), media_type=CONTENT_TYPE_LATEST)
