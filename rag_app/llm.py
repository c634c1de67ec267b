"""The LLM client: any OpenAI-compatible endpoint, streamed, stoppable, with deadlines that hold.

A thin layer over ``openai`` 3, which is imported at the first question, because that takes most of
a second. What the layer adds is time. The client's own time-outs begin again at every byte, so
keep-alive comments hold it for ever, and closing a response from outside does not wake the thread
that reads it. So each request runs on a daemon thread (``rag_app.llm_exchange``), which passes on
what arrives through a queue. Whoever waits there leaves when a deadline passes or the stream is
closed, and shuts the socket down: that wakes the reading thread and tells the server to stop.
``docs/decisions/0003-llm-client.md`` has the alternatives and the figures.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from time import monotonic
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from ingest.errors import UsageError
from rag_app.errors import LLMRejected
from rag_app.llm_errors import explained, incomplete, refused_parameter, retry_wait
from rag_app.llm_exchange import Exchange, watch_socket
from rag_app.records import Usage

if TYPE_CHECKING:
    import openai

OPENAI_URL = "https://api.openai.com/v1"
CONNECT_SECONDS = 10.0
MODELS_NAMED = 8


class ChatModel:
    """A chat model behind an OpenAI-compatible endpoint. Threads may share one.

    ``model`` None takes the endpoint's only model; ``base_url`` None is OpenAI itself.
    ``total_seconds`` bounds a whole answer, retries included. ``idle_seconds`` bounds the wait for
    the first and for each next part: a model's thinking counts as parts, keep-alive bytes do not.
    Raises UsageError where the settings cannot work.
    """

    def __init__(
        self,
        *,
        model: str | None,
        api_key: str | None,
        base_url: str | None,
        total_seconds: float = 120.0,
        idle_seconds: float = 30.0,
        max_tokens: int = 1024,
        temperature: float = 0.0,
    ) -> None:
        if min(total_seconds, idle_seconds, max_tokens) <= 0:
            raise UsageError("the LLM's time limits and its longest answer must be above zero")
        self.model = model or None
        self.total_seconds = total_seconds
        self.idle_seconds = idle_seconds
        self.max_tokens = max_tokens
        self.temperature = temperature
        self._base_url = (base_url or OPENAI_URL).strip()
        self.endpoint = _shown_url(self._base_url)
        self._key = (api_key or "").strip()
        if not self._key and not base_url:
            raise UsageError("no LLM is set; set OPENAI_API_KEY, OPENAI_BASE_URL or both")
        # The HTTP client would quote such a key in its error.
        if not (self._key.isascii() and self._key.isprintable()):
            raise UsageError("OPENAI_API_KEY holds characters that no key has; paste it again")
        self._client: openai.OpenAI | None = None
        self._left_out: frozenset[str] = frozenset()

    def stream(
        self, messages: Sequence[Mapping[str, str]], *, max_tokens: int | None = None
    ) -> LLMStream:
        """The answer to ``messages``, each with "role" and "content", part by part."""
        return LLMStream(self, messages, max_tokens or self.max_tokens)

    def complete(self, messages: Sequence[Mapping[str, str]]) -> tuple[str, Usage | None]:
        """The whole answer and its tokens. Raises what iterating over a stream raises."""
        with self.stream(messages) as parts:
            return "".join(parts), parts.usage

    def test_connection(self) -> str:
        """Send one tiny request; return the model's name. Raises what a stream raises."""
        # Some models refuse a limit of a few tokens, because they think before they answer.
        with self.stream([{"role": "user", "content": "Say OK."}], max_tokens=16) as parts:
            next(parts, None)
            return parts.model

    def _connect(self) -> openai.OpenAI:
        import openai

        if self._client is None:
            wait = self.idle_seconds
            self._client = openai.OpenAI(
                api_key=self._key or "none",  # the client insists on one, local servers do not
                base_url=self._base_url,
                max_retries=0,  # its own retries sleep up to two minutes and cannot be stopped
                timeout=openai.Timeout(wait, connect=min(wait / 2, CONNECT_SECONDS)),
                # A connection of its own for each request is one that can be hung up.
                default_headers={"Connection": "close"},
                http_client=openai.DefaultHttpxClient(event_hooks={"request": [watch_socket]}),
            )
        return self._client

    def _chunks(
        self, messages: list[Any], parameters: Mapping[str, Any], asked: str | None
    ) -> Generator[object, None, None]:
        """Ask for the answer and pass its chunks on. Runs on the thread of an exchange."""
        import openai

        client = self._connect()
        if asked is None:
            asked = self._only_model(client)
            yield SimpleNamespace(model=asked)  # also a sign of life, before the next wait
        try:
            answer = client.chat.completions.create(
                model=asked, messages=messages, stream=True, **parameters
            )
        except openai.NotFoundError as error:
            with suppress(openai.OpenAIError, ValueError):
                names = _model_names(client)
                if names and asked not in names:
                    raise LLMRejected(
                        f"the endpoint {self.endpoint} has no model '{asked}'; "
                        f"it has: {_listed(names)}; set RAG_LLM_MODEL"
                    ) from error
            raise
        with answer:
            yield from answer

    def _only_model(self, client: openai.OpenAI) -> str:
        names = _model_names(client)
        if len(names) == 1:
            return names[0]
        choice = f"has {len(names)} models: {_listed(names)}" if names else "names no model"
        raise LLMRejected(f"the endpoint {self.endpoint} {choice}; set RAG_LLM_MODEL")


class LLMStream:
    """An answer that arrives in parts. Iterate over it; the first part starts the request.

    ``usage``, ``model`` and ``finish_reason`` ("stop", "length", ...) are complete when the
    iteration ends. ``usage`` stays None where the endpoint does not count tokens, and
    ``finish_reason`` where the stream was closed early. Iterating raises LLMUnreachable,
    LLMRejected, LLMTimeout, or a plain LLMError where the answer broke off.
    """

    def __init__(
        self, owner: ChatModel, messages: Sequence[Mapping[str, str]], max_tokens: int
    ) -> None:
        self.model = owner.model or ""
        self.usage: Usage | None = None
        self.finish_reason: str | None = None
        self._owner = owner
        self._closed = threading.Event()
        self._exchange: Exchange | None = None
        self._parts = _without_thinking(
            self._contents([dict(message) for message in messages], max_tokens)
        )

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
        deadline = monotonic() + owner.total_seconds
        left_out, tries, begun = owner._left_out, 1, False
        while not self._closed.is_set():
            parameters = _parameters(max_tokens, owner.temperature, left_out)
            request = partial(owner._chunks, messages, parameters, owner.model)
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
            self.usage = Usage(*(count or 0 for count in counts))
        for choice in getattr(chunk, "choices", None) or ():
            self.finish_reason = getattr(choice, "finish_reason", None) or self.finish_reason
            content = getattr(getattr(choice, "delta", None), "content", None)
            return content if isinstance(content, str) else ""
        return ""


def _without_thinking(contents: Iterator[str]) -> Iterator[str]:
    """The content without a leading <think>...</think>, however its tags are split."""
    held, answering = "", False
    for content in contents:
        if answering:
            yield content
            continue
        held += content
        start = held.lstrip()
        if start.startswith("<think>"):
            if answer := start.partition("</think>")[2].lstrip():
                answering = True
                yield answer
        elif not "<think>".startswith(start):
            answering = True
            yield held
    if held and not answering and not held.lstrip().startswith("<think>"):
        yield held


def _parameters(max_tokens: int, temperature: float, left_out: frozenset[str]) -> dict[str, Any]:
    length = "max_completion_tokens" if "max_tokens" in left_out else "max_tokens"
    everything = {
        length: max_tokens,
        "temperature": temperature,
        "stream_options": {"include_usage": True},
    }
    return {name: value for name, value in everything.items() if name not in left_out}


def _shown_url(url: str) -> str:
    """The URL without user name, password and query. Raises UsageError if it is not one."""
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and not re.search(r"\s", url):
            host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
            port = f":{parts.port}" if parts.port else ""
            return f"{parts.scheme}://{host}{port}{parts.path}".rstrip("/")
    raise UsageError("OPENAI_BASE_URL must be a URL such as http://localhost:11434/v1")


def _model_names(client: openai.OpenAI) -> list[str]:
    models = getattr(client.models.list(), "data", None) or ()
    return sorted(str(getattr(model, "id", model)) for model in models)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MODELS_NAMED} more" if len(names) > MODELS_NAMED else ""
    return ", ".join(names[:MODELS_NAMED]) + more
