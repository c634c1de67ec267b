"""What is noted of requests: figures for Prometheus, a line of the log, a line of the audit log.

None has a word of a question or a document, but for the log where that is asked for. The log names
routes, not addresses: those have names of documents in them.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fastapi import Request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from ingest.audit import Event, audit
from rag_app.records import Answer
from rag_app.server.gate.guard import Caller, caller_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from rag_app.engine import Engine

logger = logging.getLogger("rag_app.server")
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
NO_ROUTE = "(none)"


class Metrics:
    """The figures of one server, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        route = ("method", "route")
        self.requests = Counter(
            "rag_requests_total", "Requests that were answered.", (*route, "status"),
            registry=registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "rag_request_seconds", "From the first byte of a request to the last of its answer.",
            route, buckets=SECONDS, registry=registry,
        )  # fmt: skip
        self.open = Gauge(
            "rag_answers_open", "Answers being made or waited for.", registry=registry
        )
        self.answers = Counter(
            "rag_answers_total", "Answers that were made.", ("outcome",), registry=registry
        )
        self.first = Histogram(
            "rag_first_part_seconds", "Until the first part of an answer.",
            buckets=SECONDS, registry=registry,
        )  # fmt: skip
        self.tokens = Counter(
            "rag_llm_tokens_total", "Tokens of the LLM.", ("kind",), registry=registry
        )

    @contextmanager
    def answering(self) -> Iterator[Callable[[object], None]]:
        """Count an answer; what is returned is to be told its events."""
        began, has_begun, outcome = time.perf_counter(), False, "stopped"

        def note(event: object) -> None:
            nonlocal has_begun, outcome
            if not has_begun:
                has_begun = True
                self.first.observe(time.perf_counter() - began)
            if isinstance(event, Answer):
                outcome = "failed" if event.failure else "refused" if event.refused else "answered"
                if event.usage is not None:
                    self.tokens.labels("prompt").inc(event.usage.prompt_tokens)
                    self.tokens.labels("completion").inc(event.usage.completion_tokens)

        with self.open.track_inprogress():
            try:
                yield note
            finally:
                self.answers.labels(outcome).inc()


class Observed:
    """An ASGI middleware (ASGI 3.0) that counts and logs every request once it is answered."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 499  # who left has got none, as nginx has it
        scope.setdefault("state", {})

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            seconds = time.perf_counter() - began
            route = getattr(scope.get("route"), "path", NO_ROUTE)
            method = scope["method"] if route != NO_ROUTE else NO_ROUTE
            self._metrics.requests.labels(method, route, status).inc()
            self._metrics.seconds.labels(method, route).observe(seconds)
            caller = scope["state"].get("caller")
            log(
                "request", method=method, route=route, status=status,
                ms=round(1000 * seconds, 1), key=caller.name if caller else "",
            )  # fmt: skip


def log(what: str, **values: object) -> None:
    """A line of JSON in the server's log."""
    moment = datetime.now(UTC).isoformat(timespec="milliseconds")
    logger.info("%s", json.dumps({"time": moment, "what": what, **values}))


def log_to_stderr() -> None:
    """Have the log of the server written to standard error, a line each."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False


def note(
    request: Request, engine: Engine, event: Event, names: Sequence[str] = (), question: str = ""
) -> Caller:
    """Write into the audit log what a caller does, if that is on, and a question into the log, if
    that was asked for. Returns the caller."""
    caller = caller_of(request)
    settings = engine.index_settings
    if settings.audit:
        audit(
            settings.store, event, names, collection=settings.collection, user=caller.name,
            address=caller.address,
        )  # fmt: skip
    if question and request.app.state.log_questions:
        log("question", collection=settings.collection, key=caller.name, question=question)
    return caller
