"""The ASGI application: all routes, and what stands before them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from ingest.errors import RagError
from ingest.settings import load_settings
from rag_app.auth.keys import Keys
from rag_app.engine import Engine
from rag_app.server.api import (
    asking,
    collections,
    conversations,
    documents,
    evaluations,
    upkeep,
    uploads,
)
from rag_app.server.api.changes import Turns
from rag_app.server.api.idempotency import Idempotency
from rag_app.server.background import Background
from rag_app.server.documented import openapi_of
from rag_app.server.engines import Engines
from rag_app.server.gate.guard import Door
from rag_app.server.gate.limits import Limits
from rag_app.server.gate.observed import Metrics, Observed
from rag_app.server.gate.problems import answer_of
from rag_app.server.openai import routes
from rag_app.server.settings import ServerSettings
from rag_app.web.upload_settings import MEGABYTE, UploadSettings

KILOBYTE = 1024
CHANGES_AT_ONCE, CHANGES_WAITING = 4, 100
ROUTERS = (routes, asking, documents, uploads, collections, conversations, evaluations, upkeep)


def create_app(engine: Engine, *, keys: Keys | None, settings: ServerSettings) -> FastAPI:
    """The application over an engine, which it closes in the end. Without ``keys``, whoever reaches
    it may do everything."""
    metrics = Metrics()
    answering = Background(settings.answers_at_once, settings.answers_waiting, metrics.answering)
    changing = Background(CHANGES_AT_ONCE, CHANGES_WAITING)
    engines = Engines(engine)

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncGenerator[None]:
        yield
        await run_in_threadpool(answering.close)
        await run_in_threadpool(changing.close)
        engines.close()

    # The pages that FastAPI has for its OpenAPI document load scripts of others.
    app = FastAPI(openapi_url="/openapi.json", docs_url=None, redoc_url=None, lifespan=living)
    app.add_middleware(Observed, metrics=metrics)
    for module in ROUTERS:
        app.include_router(module.router)
    for kind in (RagError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, _answered)
    state = app.state
    state.engines, state.collection = engines, engines.collection
    state.store = str(engine.store.root)
    state.door = Door(keys, Limits())
    state.metrics, state.answering, state.changing = metrics, answering, changing
    state.turns, state.idempotency = Turns(), Idempotency()
    state.body_bytes = settings.body_kilobytes * KILOBYTE
    state.upload_bytes = load_settings(UploadSettings).upload_total_megabytes * MEGABYTE
    state.log_questions = settings.log_questions
    document = openapi_of(app.routes, version("rag-app"))

    def openapi() -> dict[str, Any]:
        return document

    app.openapi = openapi  # type: ignore[method-assign]
    return app


async def _answered(request: Request, error: Exception) -> Any:
    return answer_of(request, error)
