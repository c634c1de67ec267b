"""The LLM client: any OpenAI-compatible endpoint, streamed, stoppable, with deadlines that hold.

A thin layer over ``openai`` 3, which is imported at the first question, because that takes most of
a second. What the layer adds is time. The client's own time-outs begin again at every byte, so
keep-alive comments hold it for ever, and closing a response from outside does not wake the thread
that reads it. So each request runs on a daemon thread, which passes on what arrives through a
queue. Whoever waits there leaves when a deadline passes or the stream is closed, and shuts the
socket down: that wakes the reading thread and tells the server to stop.
``docs/decisions/0003-llm-client.md`` has the alternatives and the figures.
"""

from __future__ import annotations

import queue
import random
import re
import socket
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from functools import partial
from time import monotonic
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from ingest.errors import UsageError
from rag_app.errors import LLMError, LLMRejected, LLMTimeout, LLMUnreachable
from rag_app.records import Usage

if TYPE_CHECKING:
    import openai

OPENAI_URL = "https://api.openai.com/v1"
MAX_RETRIES = 2
FIRST_BACKOFF_SECONDS = 0.5
CONNECT_SECONDS = 10.0
MODELS_NAMED = 8
DETAIL_CHARACTERS = 240

_CONTEXT = re.compile(r"context.{0,12}(length|size|window)|prompt is too long", re.IGNORECASE)
_END = object()


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
                http_client=openai.DefaultHttpxClient(event_hooks={"request": [_watch_socket]}),
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
        self._exchange: _Exchange | None = None
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
            self._exchange = exchange = _Exchange(owner, deadline, request)
            if self._closed.is_set():  # by another thread, which saw no exchange to stop
                exchange.stop()
            try:
                for chunk in exchange.items():
                    if text := self._read(chunk):
                        begun = True
                        yield text
                if self.finish_reason is None and not self._closed.is_set():
                    raise _incomplete(owner, exchange)
                return
            except (openai.OpenAIError, ValueError, OSError) as error:
                refused = _refused_parameter(error) - left_out
                wait = _retry_wait(error, exchange, tries)
                if refused:
                    left_out |= refused
                    owner._left_out |= refused  # for the next question
                elif begun or wait is None or monotonic() + wait >= deadline:
                    raise _explained(error, owner, exchange, tries) from error
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


class _Exchange(threading.Thread):
    """One request on a thread of its own, so that whoever waits for it can stop waiting."""

    def __init__(
        self,
        owner: ChatModel,
        deadline: float,
        request: Callable[[], Generator[object, None, None]],
    ) -> None:
        super().__init__(name="llm-exchange", daemon=True)
        self.received = False
        self._owner = owner
        self._deadline = deadline
        self._request = request
        self._arrivals: queue.SimpleQueue[tuple[float, object]] = queue.SimpleQueue()
        self._socket: socket.socket | None = None
        self._stopped = False
        self.start()

    @property
    def connected(self) -> bool:
        return self._socket is not None

    def run(self) -> None:
        import openai

        last: object = _END
        try:
            with closing(self._request()) as chunks:
                for chunk in chunks:
                    arrived = monotonic()
                    self._arrivals.put((arrived, chunk))
                    if self._stopped or arrived > self._deadline:
                        break
        except (openai.OpenAIError, LLMError, ValueError, OSError) as error:
            last = error
        finally:
            self._arrivals.put((monotonic(), last))

    def items(self) -> Iterator[object]:
        """What the request yields, until it ends or is stopped. Raises what it raised, and
        LLMTimeout when a deadline passes. A late reader still gets what arrived in time."""
        owner = self._owner
        while not self._stopped:
            left = self._deadline - monotonic()
            try:
                wait = max(0.0, min(left, owner.idle_seconds))
                arrived, item = self._arrivals.get(timeout=wait)
            except queue.Empty:
                raise _too_slow(owner, total=left <= owner.idle_seconds) from None
            if self._stopped or item is _END:
                return
            if arrived > self._deadline:
                raise _too_slow(owner, total=True)
            if isinstance(item, Exception):
                raise item
            self.received = self.received or hasattr(item, "choices")
            yield item

    def stop(self) -> None:
        """Hang up now, and let whoever waits go."""
        self._stopped = True
        self._arrivals.put((monotonic(), _END))
        self._hang_up()

    def watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Keep hold of the socket, as the HTTP client reports the steps of the request."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")
            if self._stopped:
                self._hang_up()

    def _hang_up(self) -> None:
        # Closing the socket here would not wake the thread that waits for it; a shutdown does.
        # That of the base class, because an SSLSocket's would drop the state that thread uses.
        with suppress(OSError):
            if self._socket is not None:
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _watch_socket(request: Any) -> None:
    """Before each request of the HTTP client: report its steps to the exchange it runs on."""
    exchange = threading.current_thread()
    if isinstance(exchange, _Exchange):
        request.extensions["trace"] = exchange.watch


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


def _refused_parameter(error: Exception) -> frozenset[str]:
    """What a 400 names that a request can do without, or can say under a newer name."""
    text = _detail(error)
    if getattr(error, "status_code", None) != 400:
        return frozenset()
    if "stream_options" in text:
        return frozenset({"stream_options"})
    if "unsupported" in text.lower() or "not support" in text:
        # OpenAI's reasoning models take neither; elsewhere a value may be wrong, not the name.
        return frozenset(name for name in ("max_tokens", "temperature") if name in text)
    return frozenset()


def _retry_wait(error: Exception, exchange: _Exchange, tries: int) -> float | None:
    """Seconds to wait before the next try, or None if there shall be none."""
    import openai

    if isinstance(error, openai.APIStatusError):
        transient = error.status_code == 429 or error.status_code >= 500
    elif isinstance(error, openai.APITimeoutError):
        transient = not exchange.connected
    else:
        transient = isinstance(error, openai.APIConnectionError)
    if not transient or tries > MAX_RETRIES:
        return None
    # A random part keeps many clients of one busy server from coming back together.
    wait: float = FIRST_BACKOFF_SECONDS * 2 ** (tries - 1) * random.uniform(0.75, 1.0)
    if isinstance(error, openai.APIStatusError):
        with suppress(ValueError):  # the header may also be a date
            wait = max(wait, float(error.response.headers.get("retry-after", "0")))
    return wait


def _explained(error: Exception, owner: ChatModel, exchange: _Exchange, tries: int) -> LLMError:
    """The error of this project for one of the client's."""
    import openai

    detail = _clean(owner, _detail(error))
    if isinstance(error, openai.APIStatusError):
        if error.status_code < 500 and _CONTEXT.search(str(error.body)):
            return LLMRejected(
                f"the question and its passages exceed the model's context length ({detail}); "
                "ask for fewer passages or choose a model with a longer context"
            )
        return _refusal(owner, error.status_code, detail, tries)
    if isinstance(error, openai.APITimeoutError) and exchange.connected:
        return _too_slow(owner, total=False)
    if isinstance(error, openai.APIConnectionError) and not exchange.received:
        return LLMUnreachable(
            f"cannot reach the LLM at {owner.endpoint}: {_clean(owner, _reason(error))}; "
            "start the server or set OPENAI_BASE_URL"
        )
    if isinstance(error, openai.APIConnectionError):
        return _broken_off(owner, "the connection was cut")
    if isinstance(error, openai.APIError):
        return _broken_off(owner, f"the endpoint reported {detail or 'an error'}")
    return _broken_off(owner, "the endpoint sent something that is not JSON")


def _refusal(owner: ChatModel, status: int, detail: str, tries: int) -> LLMError:
    said = f": {detail}" if detail else ""
    after = f" after {tries} tries" if tries > 1 else ""
    at = owner.endpoint
    if status == 401:  # without the detail, in which OpenAI quotes part of the key
        return LLMRejected(f"the LLM endpoint {at} refused the key; set OPENAI_API_KEY")
    if status == 403:
        return LLMRejected(f"the LLM endpoint {at} refused the key; set OPENAI_API_KEY (403{said})")
    if status == 404:
        return LLMRejected(
            f"the LLM at {at} has no such model or address (404{said}); "
            "check RAG_LLM_MODEL, and OPENAI_BASE_URL, which mostly ends in /v1"
        )
    if status == 429:
        return LLMRejected(
            f"the LLM at {at} refused for its rate limit or quota{after} (429{said}); "
            "wait, or check the account's plan"
        )
    kind = LLMRejected if status < 500 else LLMError
    return kind(f"the LLM at {at} answered with status {status}{after}{said}")


def _too_slow(owner: ChatModel, *, total: bool) -> LLMTimeout:
    if total:
        return LLMTimeout(
            f"the answer of the LLM at {owner.endpoint} took longer than the "
            f"{owner.total_seconds:g} s allowed in total; ask for less or raise the limit"
        )
    return LLMTimeout(
        f"the LLM at {owner.endpoint} sent nothing for {owner.idle_seconds:g} s, the longest idle "
        "wait allowed; see whether it is still loading its model, or raise the limit"
    )


def _broken_off(owner: ChatModel, reason: str) -> LLMError:
    return LLMError(f"the answer of the LLM at {owner.endpoint} broke off: {reason}; ask again")


def _incomplete(owner: ChatModel, exchange: _Exchange) -> LLMError:
    if exchange.received:
        return _broken_off(owner, "the connection ended before the answer did")
    return LLMError(
        f"the LLM at {owner.endpoint} sent no answer; check that OPENAI_BASE_URL is an "
        "OpenAI-compatible endpoint, such as http://localhost:11434/v1"
    )


def _detail(error: Exception) -> str:
    """What the endpoint itself said is wrong, in any of the shapes that servers use."""
    said = getattr(error, "body", None)
    for key in ("error", "message", "detail"):
        if isinstance(said, Mapping):
            said = said.get(key) or said
    text = str(said or "")
    return "" if text.lstrip().startswith("<") else text  # a proxy's web page explains nothing


def _clean(owner: ChatModel, text: str) -> str:
    """One short line that does not hold the key."""
    if len(owner._key) > 8:  # a shorter one is a placeholder, such as "none", or part of a word
        text = text.replace(owner._key, "***")
    line = " ".join(text.split()).rstrip(".")
    return line if len(line) <= DETAIL_CHARACTERS else line[: DETAIL_CHARACTERS - 1] + "…"


def _reason(error: BaseException) -> str:
    """Why a connection failed: the words of the innermost error, without its number."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    return re.sub(r"^\[.*?\] ", "", getattr(error, "strerror", None) or str(error)) or "no answer"


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
