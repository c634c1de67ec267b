"""Spans of functions and of generators."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from contextvars import copy_context
from functools import wraps
from inspect import signature
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar

from ingest.in_context import in_context

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

Kind = Literal[
    "CHAIN", "EMBEDDING", "GUARDRAIL", "LLM", "PROMPT", "RERANKER", "RETRIEVER", "TOOL",
]  # fmt: skip
Attributes = Mapping[str, Any]  # text, truths, numbers, and sequences of text
Given = Mapping[str, Any]  # what a function was given, by the names of its parameters
P = ParamSpec("P")
R = TypeVar("R")
Y = TypeVar("Y")

NAME = "rag-app"
API = "opentelemetry.trace"
WORDS = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
KIND, OPERATION = "openinference.span.kind", "gen_ai.operation.name"
# With the operation, the name of a span, as the conventions have it: "chat qwen3:8b".
OBJECTS = ("gen_ai.request.model", "gen_ai.tool.name", "gen_ai.data_source.id")


def tracer() -> Tracer | None:
    """What makes spans; None where nobody would see them."""
    api = sys.modules.get(API)
    if api is None:  # so nobody can have set a provider
        return None
    provider = api.get_tracer_provider()
    if isinstance(provider, api.ProxyTracerProvider | api.NoOpTracerProvider):
        return None
    found: Tracer = provider.get_tracer(NAME)
    return found


def words_wanted() -> bool:
    """Whether words of documents and questions may be in traces."""
    return os.environ.get(WORDS, "").strip().lower() in ("true", "1", "span_only", "span_and_event")


def traced(
    name: str, kind: Kind, describe: Callable[[Any, Given], Attributes] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a span of each call of a function, and the parent of those within.

    ``describe`` gives its attributes, of what the function returned and what it was given.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            made_by = tracer()
            if made_by is None:
                return function(*args, **kwargs)
            with made_by.start_as_current_span(
                name,
                attributes={KIND: kind},
                record_exception=False,
                set_status_on_exception=False,
            ) as span:
                try:
                    result = function(*args, **kwargs)
                except Exception as error:
                    failed(span, error)
                    raise
                if describe is not None and span.is_recording():
                    set_attributes(span, describe(result, _given(function, args, kwargs)))
                return result

        return call

    return decorate


def traced_stream(
    name: str, kind: Kind, describe: Callable[[Any, Given], Attributes]
) -> Callable[[Callable[P, Generator[Y]]], Callable[P, Generator[Y]]]:
    """Make a span of each generator that a function gives, from its first item to its end.

    Whatever the generator does is within the span; what is done between two items is not: it runs
    in a context of its own, whichever thread asks for the next one. ``describe`` gives the
    attributes, of each item and what the function was given.
    """

    def decorate(function: Callable[P, Generator[Y]]) -> Callable[P, Generator[Y]]:
        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> Generator[Y]:
            made_by = tracer()
            items = function(*args, **kwargs)
            if made_by is None:
                return items
            return spanned(made_by, items, _given(function, args, kwargs))

        def spanned(made_by: Tracer, items: Generator[Y], given: Given) -> Generator[Y]:
            from opentelemetry import context as contexts
            from opentelemetry.trace import set_span_in_context

            span = made_by.start_span(name, attributes={KIND: kind})
            inside = copy_context()
            inside.run(contexts.attach, set_span_in_context(span))
            try:
                with closing(in_context(items, inside)) as parts:
                    for item in parts:
                        if span.is_recording():
                            set_attributes(span, describe(item, given))
                        yield item
            except Exception as error:
                failed(span, error)
                raise
            finally:
                span.end()

        return call

    return decorate


def _given(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    bound = signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    return bound.arguments


def set_attributes(span: Span, attributes: Attributes) -> None:
    """Set attributes, and with those that name an operation, the span's name."""
    span.set_attributes(dict(attributes))
    if OPERATION in attributes:
        on = next((attributes[one] for one in OBJECTS if attributes.get(one)), "")
        span.update_name(f"{attributes[OPERATION]} {on}".strip())


def failed(span: Span, error: Exception) -> None:
    """Mark a span as failed: by the error's name, for its message may quote somebody."""
    from opentelemetry.trace import Status, StatusCode

    span.set_attribute("error.type", type(error).__name__)
    span.set_status(Status(StatusCode.ERROR, str(error) if words_wanted() else None))
