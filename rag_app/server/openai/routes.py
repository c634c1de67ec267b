"""``/v1``: chat completions, models and embeddings. A collection is a model: ``rag:default``."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from typing import Any

import numpy as np
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from ingest.catalog.filters import parse_filter
from ingest.errors import RagError
from ingest.text.unicode import paired
from rag_app.engine import Engine
from rag_app.llm.stop import Stop
from rag_app.records import Answer, Turn
from rag_app.report.asked import report_or_answer
from rag_app.retrieval.query import checked_question
from rag_app.server.background import Background
from rag_app.server.documented import answers
from rag_app.server.gate.guard import LockedRoute, caller_of, needs
from rag_app.server.gate.observed import note
from rag_app.server.gate.problems import Problem, openai_error, problem_of
from rag_app.server.openai.completion import Completion
from rag_app.server.openai.messages import (
    PREFIX,
    ChatRequest,
    EmbeddingRequest,
    Embeddings,
    Models,
)
from rag_app.server.written import GONE, Json, streamed

router = APIRouter(route_class=LockedRoute, tags=["OpenAI"])


@router.post(
    "/v1/chat/completions",
    openapi_extra=needs("ask"),
    responses=answers(dict[str, Any], "The completion, or its chunks", events=True),
)
async def chat(request: Request, asked: ChatRequest) -> Response:
    """Answer the last message, which is read with those before it. ``rag`` in the completion, or in
    its last chunk, is the whole Answer, as ``/api/ask`` gives it."""
    collection = asked.model.removeprefix(PREFIX)
    if not asked.model.startswith(PREFIX):
        raise _no_model(asked.model)
    caller_of(request).check(collection)
    engine = _engine(request, collection)
    question, history = _conversation(asked)
    where = asked.rag.where if asked.rag else None
    parse_filter(where)  # a wrong one is refused before anything is begun
    note(request, engine, "ask", question=question)
    stops = [asked.stop] if isinstance(asked.stop, str) else asked.stop or []
    completion = Completion(asked.model, stops)

    def source(stop: Stop, _on_step: Callable[[Any], None]) -> Iterator[str | Answer]:
        effort = asked.rag.effort if asked.rag else None
        return report_or_answer(engine, question, history, where, stop=stop, effort=effort)

    answering: Background = request.app.state.answering
    if asked.stream:
        events = await answering.begun(request, source)
        if events is None:
            return Response(status_code=GONE)
        with_usage = bool(asked.stream_options and asked.stream_options.include_usage)
        return streamed(_chunks(events, completion, with_usage=with_usage))
    answer = await answering.whole(request, source)
    return Response(status_code=GONE) if answer is None else Json(completion.whole(answer))


@router.get("/v1/models", openapi_extra=needs("ask"), response_model=Models)
async def models(request: Request) -> dict[str, Any]:
    """The collections that the key opens, and the embedding model."""
    engines, caller = request.app.state.engines, caller_of(request)
    names = [f"{PREFIX}{name}" for name in await run_in_threadpool(engines.names)
             if caller.sees(name)]  # fmt: skip
    listed = [*names, engines.own.embedder.name]
    return {"object": "list", "data": list(map(_model, listed))}


@router.get("/v1/models/{model:path}", openapi_extra=needs("ask"))
async def model(request: Request, model: str) -> dict[str, Any]:
    """One of the models."""
    engines = request.app.state.engines
    if model.startswith(PREFIX):
        caller_of(request).check(model.removeprefix(PREFIX))
        _engine(request, model.removeprefix(PREFIX))
    elif model != engines.own.embedder.name:
        raise _no_model(model)
    return _model(model)


@router.post("/v1/embeddings", openapi_extra=needs("ask"), response_model=Embeddings)
async def embeddings(request: Request, asked: EmbeddingRequest) -> dict[str, Any]:
    """Vectors of texts by the embedding model, as those of documents are made."""
    embedder = request.app.state.engines.own.embedder
    if asked.model != embedder.name:
        raise _no_model(asked.model)
    texts = [asked.input] if isinstance(asked.input, str) else asked.input
    texts = [checked_question(text) for text in texts]
    if asked.dimensions not in (None, embedder.dimension):
        raise Problem(422, "dimensions", f"The model's vectors have {embedder.dimension} numbers")
    note(request, request.app.state.engines.own, "search")
    vectors = await run_in_threadpool(embedder.encode, texts)
    counted = sum(map(len, await run_in_threadpool(embedder.token_spans, texts)))
    is_packed = asked.encoding_format == "base64"
    return {
        "object": "list",
        "data": [
            {"object": "embedding", "index": at, "embedding": _written(vector, packed=is_packed)}
            for at, vector in enumerate(vectors)
        ],
        "model": asked.model,
        "usage": {"prompt_tokens": counted, "total_tokens": counted},
    }


async def _chunks(
    events: AsyncGenerator[Any], completion: Completion, *, with_usage: bool
) -> AsyncGenerator[str]:
    """A completion as lines of server-sent events."""
    yield _line(completion.begin())
    async with aclosing(events):
        try:
            async for event in events:
                if isinstance(event, Answer):
                    for chunk in completion.end(event, with_usage=with_usage):
                        yield _line(chunk)
                elif isinstance(event, str) and (part := completion.part(event)) is not None:
                    yield _line(part)
        except RagError as error:  # in the middle: what was sent stays
            yield _line(openai_error(problem_of(error)))
    yield "data: [DONE]\n\n"


def _conversation(asked: ChatRequest) -> tuple[str, list[Turn]]:
    """The question, and what was said before it. Raises Problem, UsageError."""
    *before, last = asked.messages
    if last.role != "user":
        raise Problem(422, "no-question", "The last message has to be the user's")
    history = [
        Turn(message.role, paired(message.words))
        for message in before
        if message.role in ("user", "assistant") and message.words.strip()
    ]
    return checked_question(last.words), history


def _engine(request: Request, collection: str) -> Engine:
    try:
        engine: Engine = request.app.state.engines.of(collection)
    except Problem as problem:
        if problem.status_code == 404:
            raise _no_model(f"{PREFIX}{collection}") from None
        raise
    return engine


def _no_model(name: str) -> Problem:
    return Problem(
        404, "model-not-found", f"There is no model {name[:100]!r}", "GET /v1/models lists them."
    )


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "rag-app"}


def _written(vector: Any, *, packed: bool) -> str | list[float]:
    """A vector as numbers, or, packed, as base64 of little-endian floats of 32 bits."""
    if packed:
        return base64.b64encode(np.asarray(vector, dtype="<f4").tobytes()).decode()
    return [float(one) for one in vector]


def _line(value: object) -> str:
    return f"data: {json.dumps(value)}\n\n"
