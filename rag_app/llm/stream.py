"""An answer while it arrives: asked for, asked for again where that can help, read and counted.

A part of ``rag_app.llm.client``.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, Self

from rag_app.llm.exchange import Exchange
from rag_app.llm.failures import explained, incomplete, refused_parameter, retry_wait
from rag_app.llm.request import parameters
from rag_app.llm.text import estimated_tokens, whole_characters, without_thinking
from rag_app.records import Usage

if TYPE_CHECKING:
    from rag_app.llm.client import ChatModel


class LLMStream:
    """An answer that arrives in parts. Iterate over it; the first part starts the request.

    ``usage``, ``model`` and ``finish_reason`` ("stop", "length", ...) are complete when the
    iteration ends. ``usage`` is estimated where the endpoint does not count tokens; it is None
    before anything was received, and ``finish_reason`` where the stream was closed early.
    Iterating raises LLMUnreachable, LLMRejected, LLMTooLong, LLMBusy, LLMTimeout, or a plain
    LLMError where the answer broke off.
    """

    def __init__(
        self,
        owner: ChatModel,
        messages: Sequence[Mapping[str, str]],
        max_tokens: int,
        deadline: float | None = None,
        must_fit: bool = False,
    ) -> None:
        self.model = owner.model or ""
        self.finish_reason: str | None = None
        self._owner = owner
        self._counted: Usage | None = None
        self._prompt_tokens = prompt_tokens(messages)
        self._heard = 0  # bytes
        self._deadline = deadline
        self._must_fit = must_fit
        self._closed = threading.Event()
        self._exchange: Exchange | None = None
        contents = self._contents([dict(message) for message in messages], max_tokens)
        self._parts = without_thinking(whole_characters(contents))

    @property
    def usage(self) -> Usage | None:
        if self._counted is not None or not self._heard:
            return self._counted
        said = estimated_tokens(self._heard)
        return self._owner.usage_of(self._prompt_tokens, said, estimated=True)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        if self._closed.is_set():
            raise StopIteration
        return next(self._parts)

    def close(self) -> None:
        """Stop the server's generation at once. From any thread, any number of times."""
        self._closed.set()
        if self._exchange is not None:
            self._exchange.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _contents(self, messages: list[Any], max_tokens: int) -> Iterator[str]:
        """The content of the answer. Sends the request, and sends it again where that can help."""
        import openai

        owner = self._owner
        deadline = self._deadline or monotonic() + owner.total_seconds
        left_out, tries, begun = owner._left_out, 1, False
        while not self._closed.is_set():
            given = parameters(max_tokens, owner.temperature, left_out)
            request = partial(owner._chunks, messages, given, owner.model, self._must_fit)
            self._exchange = exchange = Exchange(owner, deadline, request)
            if self._closed.is_set():  # by another thread, which saw no exchange to stop
                exchange.stop()
            try:
                for chunk in exchange.items():
                    if text := self._read(chunk):
                        begun = True
                        yield text
                if self.finish_reason is None and not self._closed.is_set():
                    raise incomplete(owner, exchange)
                return
            except (openai.OpenAIError, ValueError, OSError) as error:
                refused = refused_parameter(error) - left_out
                wait = retry_wait(error, exchange, tries)
                if refused:
                    left_out |= refused
                    owner._left_out |= refused  # for the next question
                elif begun or wait is None or monotonic() + wait >= deadline:
                    raise explained(error, owner, exchange, tries) from error
                else:
                    tries += 1
                    self._closed.wait(wait)
            finally:
                exchange.stop()

    def _read(self, chunk: object) -> str:
        """The content in a chunk. Endpoints send odd ones, so no field is taken for granted."""
        self.model = getattr(chunk, "model", None) or self.model
        if usage := getattr(chunk, "usage", None):
            counts = (getattr(usage, f"{kind}_tokens", None) for kind in ("prompt", "completion"))
            self._counted = self._owner.usage_of(*(_count(count) for count in counts))
        choices = getattr(chunk, "choices", None)
        for choice in choices if isinstance(choices, list) else ():
            self.finish_reason = getattr(choice, "finish_reason", None) or self.finish_reason
            said = getattr(choice, "delta", None) or getattr(choice, "message", None)
            # Thinking is a sign of life and costs tokens, and is no part of the answer.
            for field in ("reasoning_content", "reasoning"):
                self._heard += _bytes(getattr(said, field, None))
            content = getattr(said, "content", None)
            self._heard += _bytes(content)
            return content if isinstance(content, str) else ""
        return ""


def prompt_tokens(messages: Sequence[Mapping[str, str]]) -> int:
    """About how many tokens messages have."""
    return estimated_tokens(sum(_bytes(message["content"]) for message in messages))


def _bytes(said: object) -> int:
    return len(said.encode("utf-8", "replace")) if isinstance(said, str) else 0


def _count(count: object) -> int:
    return count if isinstance(count, int) else 0
