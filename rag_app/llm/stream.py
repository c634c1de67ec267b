"""A streamed answer: its request, retries, chunks and token counts.

A part of ``rag_app.llm.client``.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from functools import partial
from time import monotonic
from typing import Any, Self

from rag_app.errors import LLMError
from rag_app.llm.dialect import parameters, refused
from rag_app.llm.endpoint import Endpoint, Learned
from rag_app.llm.exchange import Exchange
from rag_app.llm.failures import declined, filtered, incomplete, retry_wait, to_llm_error
from rag_app.llm.text import estimated_tokens, final_channel, whole_characters, without_thinking
from rag_app.llm.tool_calls import ToolCalls
from rag_app.records import ToolCall, Usage
from rag_app.tracing.llm_span import LLMSpan

# Sends one request with these parameters, and gives the chunks of its answer.
Send = Callable[[Mapping[str, Any]], Generator[object, None, None]]

_ENDS = re.compile(r"""[.!?…。！？:;)\]}"'”’»*|`]\s*$""")
# Tokens have some four characters; what has four times as many keeps to no limit of tokens.
TOKEN_CHARACTERS = 16


class LLMStream:
    """An answer that arrives in parts. Iterate over it; the first part starts the request.

    ``usage``, ``model`` and ``finish_reason`` ("stop", "length", ...) are complete when the
    iteration ends. ``usage`` is estimated where the endpoint does not count tokens; it is None
    before anything was received, and ``finish_reason`` where the stream was closed early.
    ``cut_at`` is the number of characters at which an answer was ended that kept to no limit of
    tokens, else None. ``first`` has the tokens that the first of the content could have been, with
    the natural logarithms of their probabilities, where ``logprobs`` of them were asked for and the
    endpoint gives them. ``calls`` are those of the ``tools`` that were offered, as they are
    described by the endpoint's protocol.
    Iterating raises LLMUnreachable, LLMRejected, LLMTooLong, LLMBusy, LLMTimeout, or a plain
    LLMError where the answer broke off.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        learned: Learned,
        send: Send,
        *,
        prompt_tokens: int,
        max_tokens: int,
        deadline: float | None = None,
        logprobs: int = 0,
        schema: Mapping[str, Any] | None = None,
        tools: Sequence[Mapping[str, Any]] = (),
        span: LLMSpan,
    ) -> None:
        """``deadline``: of ``time.monotonic``; None begins the endpoint's ``total_seconds`` with
        the first part. ``prompt_tokens`` is an estimate."""
        self.model = endpoint.model or ""
        self.finish_reason: str | None = None
        self.cut_at: int | None = None
        self.first: dict[str, float] = {}
        self._span = span
        self._logprobs, self._schema, self._tools = logprobs, schema, tools
        self._calls = ToolCalls()
        self._room = TOKEN_CHARACTERS * max_tokens
        self._endpoint = endpoint
        self._learned = learned
        self._send = send
        self._max_tokens = max_tokens
        self._counted: Usage | None = None
        self._prompt_tokens = prompt_tokens
        self._received = 0  # bytes
        self._whole = False
        self._end = ""
        self._refusal = ""
        self._deadline = deadline
        self._closed = threading.Event()
        self._exchange: Exchange | None = None
        self._parts = without_thinking(final_channel(whole_characters(self._contents(max_tokens))))

    @property
    def usage(self) -> Usage | None:
        if self._counted is not None or not self._received:
            return self._counted
        said = estimated_tokens(self._received)
        return self._endpoint.usage(self._prompt_tokens, said, estimated=True)

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        return self._calls.given()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        if self._closed.is_set():
            raise StopIteration
        self._span.start()
        try:
            part = next(self._parts)
        except (StopIteration, LLMError) as error:
            self._end_span(error if isinstance(error, LLMError) else None)
            raise
        self._span.received(part)
        self._room -= len(part)
        if self._room < 0:
            self.cut_at = TOKEN_CHARACTERS * self._max_tokens
            self.close()
            part = part[: self._room]
        return part

    def close(self) -> None:
        """Stop the server's generation at once. From any thread, any number of times."""
        self._closed.set()
        if self._exchange is not None:
            self._exchange.stop()
        self._end_span()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _end_span(self, error: LLMError | None = None) -> None:
        self._span.end(self.model, self.usage, self.finish_reason, error)

    def _contents(self, max_tokens: int) -> Iterator[str]:
        """The content of the answer. Sends the request, and sends it again where that can help."""
        import openai

        endpoint = self._endpoint
        started = monotonic()
        deadline = self._deadline or started + endpoint.total_seconds
        left_out, tries, begun = self._learned.refused, 1, False
        while not self._closed.is_set():
            given = parameters(
                max_tokens,
                endpoint.temperature,
                left_out,
                self._logprobs,
                self._schema,
                self._tools,
            )
            self._calls.clear()
            self._exchange = exchange = Exchange(endpoint, deadline, partial(self._send, given))
            if self._closed.is_set():  # by another thread, which saw no exchange to stop
                exchange.stop()
            try:
                for chunk in exchange.items():
                    if text := self._read(chunk):
                        begun = True
                        yield text
                if not self._closed.is_set():
                    self._check_end(received=exchange.received)
                return
            except (openai.OpenAIError, ValueError, OSError, RecursionError) as error:
                named = refused(error, endpoint, given) - left_out
                # A server that says it is loading is given as long as one that says nothing.
                may_load = monotonic() - started < endpoint.idle_seconds
                wait = retry_wait(error, tries, connected=exchange.connected, may_load=may_load)
                if named and not begun:
                    left_out |= named
                    self._learned.refuse(named)  # for the next question
                elif begun or wait is None or monotonic() + wait >= deadline:
                    raise to_llm_error(
                        error,
                        endpoint,
                        tries,
                        connected=exchange.connected,
                        received=exchange.received,
                    ) from error
                else:
                    tries += 1
                    self._closed.wait(wait)
            finally:
                exchange.stop()

    def _read(self, chunk: object) -> str:
        """The content in a chunk. Endpoints send odd ones, so no field is taken for granted."""
        self._whole = self._whole or getattr(chunk, "done", None) is True
        self.model = getattr(chunk, "model", None) or self.model
        if usage := getattr(chunk, "usage", None):
            counts = (getattr(usage, f"{kind}_tokens", None) for kind in ("prompt", "completion"))
            self._counted = self._endpoint.usage(*(_count(count) for count in counts))
        choices = getattr(chunk, "choices", None)
        for choice in choices if isinstance(choices, list) else ():
            if str(getattr(choice, "index", 0)) not in ("0", "None"):
                continue  # another answer beside the one
            self.finish_reason = getattr(choice, "finish_reason", None) or self.finish_reason
            # A choice with its text is that of an older kind of server.
            said = getattr(choice, "delta", None) or getattr(choice, "message", None) or choice
            # Thinking is a sign of life and costs tokens, and is no part of the answer.
            for field in ("reasoning_content", "reasoning"):
                self._received += _bytes(getattr(said, field, None))
            content = _text(getattr(said, "content", None) or getattr(said, "text", None))
            if content.strip() and not self._end.strip():
                self.first = _candidates(getattr(choice, "logprobs", None))
            self._received += _bytes(content) + self._calls.add(said)
            self._refusal += _text(getattr(said, "refusal", None))
            self._end = (self._end + content)[-16:]
            return content
        return ""

    def _check_end(self, *, received: bool) -> None:
        """Raise LLMError for an answer that is none, or not a whole one.

        Some servers give no finish reason. Then an answer is whole that ends with [DONE], or whose
        connection says that it was, or, where that says nothing, that ends as a sentence does.
        """
        if self.finish_reason == "content_filter":
            raise filtered(self._endpoint)
        if self._refusal and not self._end.strip():
            raise declined(self._endpoint, self._refusal)
        if self.finish_reason is None:
            ends = _ENDS.search(self._end) or self.calls
            if not (self._end.strip() or self.calls) or not (self._whole or ends):
                raise incomplete(self._endpoint, received=received)
            self.finish_reason = "stop"


def prompt_tokens(messages: Sequence[Mapping[str, str]]) -> int:
    """About how many tokens messages have."""
    return estimated_tokens(sum(_bytes(message["content"]) for message in messages))


def _text(content: object) -> str:
    """Content as it is, or that of its parts of text, as Mistral and others send it."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else ()
    read = [part if isinstance(part, Mapping) else getattr(part, "__dict__", {}) for part in parts]
    kinds = ("text", "output_text", None)
    return "".join(_text(part.get("text")) for part in read if part.get("type") in kinds)


def _candidates(logprobs: object) -> dict[str, float]:
    """The likeliest tokens for the first of a chunk that is not blank."""
    entries = getattr(logprobs, "content", None)
    for entry in entries if isinstance(entries, list) else ():
        if _text(getattr(entry, "token", None)).strip():
            found = getattr(entry, "top_logprobs", None) or [entry]
            return {
                one.token: float(one.logprob)
                for one in found
                if isinstance(getattr(one, "token", None), str)
                and isinstance(getattr(one, "logprob", None), int | float)
            }
    return {}


def _bytes(said: object) -> int:
    return len(said.encode("utf-8", "replace")) if isinstance(said, str) else 0


def _count(count: object) -> int:
    return count if isinstance(count, int) else 0
