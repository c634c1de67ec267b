"""The LLM client: any OpenAI-compatible endpoint, streamed, stoppable, with deadlines that hold.

A thin layer over ``openai`` 3, which is imported at the first question, because that takes most of
a second. What the layer adds is time. The client's own time-outs begin again at every byte, so
keep-alive comments hold it for ever, and closing a response from outside does not wake the thread
that reads it. So each request runs on a daemon thread (``rag_app.llm.exchange``), which passes on
what arrives through a queue. Whoever waits there leaves when a deadline passes or the stream is
closed, and shuts the socket down: that wakes the reading thread and tells the server to stop.
``docs/decisions/0003-llm-client.md`` has the alternatives and the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import nullcontext, suppress
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ingest.errors import UsageError
from rag_app.errors import LLMRejected, LLMTooLong
from rag_app.llm.exchange import limited, watch_socket
from rag_app.llm.failures import too_much
from rag_app.llm.local_server import LocalModel
from rag_app.llm.request import chunks_of, listed, model_list, only_model, shown_url
from rag_app.llm.stop import Stop
from rag_app.llm.stream import LLMStream, prompt_tokens
from rag_app.llm.text import answer_only
from rag_app.records import Usage

if TYPE_CHECKING:
    import openai

OPENAI_URL = "https://api.openai.com/v1"
CONNECT_SECONDS = 10.0
# What an endpoint may send at most: thinking, and the envelope of each token.
BODY_BYTES = 16_000_000
TOKEN_BYTES = 4_000


class ChatModel:
    """A chat model behind an OpenAI-compatible endpoint. Threads may share one.

    ``model`` None takes the endpoint's only model; ``base_url`` None is OpenAI itself. A ``local``
    file is served by a process of its own, and asked instead.
    ``total_seconds`` bounds a whole answer, retries included. ``idle_seconds`` bounds the wait for
    the first and for each next part: a model's thinking counts as parts, keep-alive bytes do not.
    ``context_tokens`` is the size of the model's context; where it is not given, what the endpoint
    told. Prices are for a million tokens. Raises UsageError where the settings cannot work.
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
        context_tokens: int | None = None,
        price_in: float | None = None,
        price_out: float | None = None,
        local: LocalModel | None = None,
    ) -> None:
        if min(total_seconds, idle_seconds, max_tokens) <= 0:
            raise UsageError("the LLM's time limits and its longest answer must be above zero")
        self.model = model or None
        self.total_seconds = total_seconds
        self.idle_seconds = idle_seconds
        self.max_tokens = max_tokens
        self.temperature = temperature
        self.context_tokens = context_tokens
        self.local = local
        self._prices = price_in, price_out
        self._context_is_set = context_tokens is not None
        self._base_url = (base_url or OPENAI_URL).strip()
        self.endpoint = local.name if local else shown_url(self._base_url)
        self._key = "" if local else (api_key or "").strip()
        if not self._key and not base_url and not local:
            raise UsageError("no LLM is set; set OPENAI_API_KEY, OPENAI_BASE_URL or both")
        # The HTTP client would quote such a key in its error.
        if not (self._key.isascii() and self._key.isprintable()):
            raise UsageError("OPENAI_API_KEY holds characters that no key has; paste it again")
        self._client: openai.OpenAI | None = None
        self._left_out: frozenset[str] = frozenset()

    def stream(
        self,
        messages: Sequence[Mapping[str, str]],
        *,
        max_tokens: int | None = None,
        deadline: float | None = None,
        must_fit: bool = False,
    ) -> LLMStream:
        """The answer to ``messages``, each with "role" and "content", part by part.

        ``deadline`` (of ``time.monotonic``) replaces ``total_seconds`` from the first part on.
        With ``must_fit``, what is clearly longer than a context that is known is not sent: the
        first part raises LLMTooLong.
        """
        return LLMStream(self, messages, max_tokens or self.max_tokens, deadline, must_fit)

    def complete(
        self, messages: Sequence[Mapping[str, str]], *, stop: Stop | None = None
    ) -> tuple[str, Usage | None]:
        """The whole answer and its tokens, or what there is of it when ``stop`` is set. Raises
        what iterating over a stream raises."""
        with self.stream(messages) as parts, stop.telling(parts.close) if stop else nullcontext():
            return answer_only("".join(parts)), parts.usage

    def learn_context(self, tokens: int | None) -> None:
        """Remember the size of the model's context, unless somebody has set it."""
        if tokens and not self._context_is_set:
            self.context_tokens = tokens

    def usage_of(self, prompt: int, completion: int, *, estimated: bool = False) -> Usage:
        """Tokens and what they cost."""
        cost = None
        if any(price is not None for price in self._prices):
            cost = sum(
                (price or 0.0) * tokens / 1e6
                for price, tokens in zip(self._prices, (prompt, completion), strict=True)
            )
        return Usage(prompt, completion, estimated, cost)

    def close(self) -> None:
        """End the process of a local file."""
        if self.local is not None:
            self.local.close()

    def test_connection(self) -> str:
        """Send one tiny request; return the model's name. Raises what a stream raises."""
        # Some models refuse a limit of a few tokens, because they think before they answer.
        with self.stream([{"role": "user", "content": "Say OK."}], max_tokens=16) as parts:
            next(parts, None)
            return parts.model

    def _connect(self) -> openai.OpenAI:
        import openai

        if self.local is not None and self._base_url != self.local.base_url:
            self._client = None  # another process, at another address
            self._base_url, self._key = self.local.base_url, self.local.key
        if self._client is None:
            wait = self.idle_seconds
            most = BODY_BYTES + TOKEN_BYTES * self.max_tokens
            hooks: dict[str, list[Callable[..., Any]]] = {
                "request": [watch_socket],
                "response": [limited(most, partial(too_much, self))],
            }
            self._client = openai.OpenAI(
                api_key=self._key or "none",  # the client insists on one, local servers do not
                base_url=self._base_url,
                max_retries=0,  # its own retries sleep up to two minutes and cannot be stopped
                timeout=openai.Timeout(wait, connect=min(wait / 2, CONNECT_SECONDS)),
                # A connection of its own for each request is one that can be hung up.
                default_headers={"Connection": "close"},
                http_client=openai.DefaultHttpxClient(event_hooks=hooks, follow_redirects=False),
            )
        return self._client

    def _chunks(
        self,
        messages: list[Any],
        parameters: Mapping[str, Any],
        asked: str | None,
        must_fit: bool,
    ) -> Generator[object, None, None]:
        """Ask for the answer and pass its chunks on. Runs on the thread of an exchange."""
        import openai

        if self.local is not None:
            yield from self.local.starting()
        client = self._connect()
        if asked is None:
            asked, context = only_model(self, client)
            self.learn_context(context)
            yield SimpleNamespace(model=asked)  # also a sign of life, before the next wait
        if must_fit:
            self._check_size(messages)
        try:
            answer = client.chat.completions.create(
                model=asked, messages=messages, stream=True, **parameters
            )
        except openai.NotFoundError as error:
            with suppress(openai.OpenAIError, ValueError):
                names = [name for name, _ in model_list(client)]
                if names and asked not in names:
                    raise LLMRejected(
                        f"the endpoint {self.endpoint} has no model '{asked}'; "
                        f"it has: {listed(names)}; set RAG_LLM_MODEL"
                    ) from error
            raise
        yield from chunks_of(self, answer)

    def _check_size(self, messages: Sequence[Mapping[str, str]]) -> None:
        needed, context = prompt_tokens(messages), self.context_tokens
        if context is not None and needed > self.room_for_prompt(context):
            raise LLMTooLong(
                f"the question and its passages are about {needed:,} tokens, and the model's "
                f"context has {context:,}; ask for fewer passages",
                context,
                needed,
            )

    def room_for_prompt(self, context: int) -> int:
        """How many tokens a prompt may have: the answer needs some of the context too."""
        return context - min(self.max_tokens, context // 4)
