"""The span of a request to an LLM, by the conventions that ``ingest.tracing`` names."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ingest.tracing.traced import KIND, OPERATION, failed, set_attributes, tracer, words_wanted
from rag_app.records import Usage

if TYPE_CHECKING:
    from opentelemetry.trace import Span


class LLMSpan:
    """The span of one request to an LLM. Not the parent of anything: what is done with the parts of
    an answer while it comes is not the LLM's. ``end`` may be called by any thread, and again."""

    def __init__(
        self, url: str, model: str | None, max_tokens: int, messages: Sequence[Mapping[str, str]]
    ) -> None:
        self._asked = url, model, max_tokens, messages
        self._span: Span | None = None
        self._parts: list[str] = []
        self._started = 0.0
        self._has_begun = False
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin it, once."""
        if self._has_begun:
            return
        self._has_begun, made_by = True, tracer()
        if made_by is None:
            return
        from opentelemetry.trace import SpanKind

        url, model, max_tokens, messages = self._asked
        self._started = monotonic()
        span = self._span = made_by.start_span(
            "chat", kind=SpanKind.CLIENT, attributes={KIND: "LLM"}
        )
        at = urlsplit(url)
        asked: dict[str, Any] = {
            OPERATION: "chat",
            "gen_ai.provider.name": "openai",  # whose protocol it is
            "llm.system": "openai",
            "gen_ai.request.max_tokens": max_tokens,
            "gen_ai.request.stream": True,
            "server.address": at.hostname or "localhost",
        }
        if at.port:
            asked["server.port"] = at.port
        if model:
            asked |= {"gen_ai.request.model": model, "llm.model_name": model}
        set_attributes(span, asked)
        if words_wanted():
            shown = [dict(message) for message in messages]
            span.set_attributes(_messages("llm.input_messages", shown))
            span.set_attribute("gen_ai.input.messages", _gen_ai_messages(shown))

    def received(self, part: str) -> None:
        """Tell of a part that has arrived."""
        span = self._span
        if span is None:
            return
        if self._started:
            waited, self._started = monotonic() - self._started, 0.0
            span.set_attribute("gen_ai.response.time_to_first_chunk", waited)
        if words_wanted():
            self._parts.append(part)

    def end(
        self,
        model: str,
        usage: Usage | None,
        finish_reason: str | None,
        error: Exception | None = None,
    ) -> None:
        """End it with what came of the request."""
        with self._lock:
            span, self._span = self._span, None
        if span is None:
            return
        if model:
            span.set_attributes({"gen_ai.response.model": model})
        if usage is not None:
            said, wrote = usage.prompt_tokens, usage.completion_tokens
            span.set_attributes(
                {
                    "gen_ai.usage.input_tokens": said,
                    "gen_ai.usage.output_tokens": wrote,
                    "llm.token_count.prompt": said,
                    "llm.token_count.completion": wrote,
                    "llm.token_count.total": said + wrote,
                }
            )
        if finish_reason is not None:
            span.set_attribute("gen_ai.response.finish_reasons", [finish_reason])
        if self._parts:
            message = {"role": "assistant", "content": "".join(self._parts)}
            span.set_attributes(_messages("llm.output_messages", [message]))
            span.set_attribute("gen_ai.output.messages", _gen_ai_messages([message]))
        if error is not None:
            failed(span, error)
        span.end()


def _messages(prefix: str, messages: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {
        f"{prefix}.{at}.message.{name}": message[name]
        for at, message in enumerate(messages)
        for name in ("role", "content")
    }


def _gen_ai_messages(messages: Sequence[Mapping[str, str]]) -> str:
    parts = [
        {"role": one["role"], "parts": [{"type": "text", "content": one["content"]}]}
        for one in messages
    ]
    return json.dumps(parts, ensure_ascii=False)
