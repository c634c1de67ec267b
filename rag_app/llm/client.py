"""LLM client: any OpenAI-compatible endpoint, streamed, stoppable, with deadlines that hold.

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

from rag_app.errors import LLMRejected, LLMTooLong
from rag_app.llm.chunks import chunks_of
from rag_app.llm.dialect import ADDRESS, SYSTEM, without_system
from rag_app.llm.endpoint import Endpoint, Learned, deployment_of, split_url
from rag_app.llm.exchange import limit_body, watch_socket
from rag_app.llm.failures import to_llm_error, too_much
from rag_app.llm.local_server import LocalModel
from rag_app.llm.network import certificates, usable_proxy
from rag_app.llm.request import listed, model_list, only_model, own_headers
from rag_app.llm.stop import Stop
from rag_app.llm.stream import LLMStream, prompt_tokens
from rag_app.llm.text import answer_only
from rag_app.records import Usage
from rag_app.tracing.llm_span import LLMSpan

if TYPE_CHECKING:
    import openai

CONNECT_SECONDS = 10.0
# What an endpoint may send at most: thinking, and the envelope of each token.
BODY_BYTES = 16_000_000
TOKEN_BYTES = 4_000


class ChatModel:
    """A chat model behind an OpenAI-compatible endpoint. Threads may share one.

    A ``local`` file is served by a process of its own, and asked instead.
    """

    def __init__(self, endpoint: Endpoint, local: LocalModel | None = None) -> None:
        self.endpoint = endpoint
        self.model = endpoint.model
        self.learned = Learned(endpoint.context_tokens)
        self.local = local
        self._client: tuple[str, openai.OpenAI] | None = None  # and its address

    def stream(
        self,
        messages: Sequence[Mapping[str, str]],
        *,
        max_tokens: int | None = None,
        deadline: float | None = None,
        must_fit: bool = False,
        logprobs: int = 0,
        schema: Mapping[str, Any] | None = None,
        tools: Sequence[Mapping[str, Any]] = (),
    ) -> LLMStream:
        """The answer to ``messages``, each with "role" and "content", part by part.

        ``deadline`` (of ``time.monotonic``) replaces ``total_seconds`` from the first part on.
        With ``must_fit``, what is clearly longer than a context that is known is not sent: the
        first part raises LLMTooLong. ``logprobs``: how many of them are asked for. ``schema``: the
        JSON Schema of the answer, for endpoints that keep to one. ``tools`` are offered in the
        protocol's words, unless the endpoint has refused them.
        """
        return LLMStream(
            self.endpoint,
            self.learned,
            partial(self._chunks, [dict(message) for message in messages], must_fit),
            prompt_tokens=prompt_tokens(messages),
            max_tokens=max_tokens or self.endpoint.max_tokens,
            deadline=deadline,
            logprobs=logprobs,
            schema=schema,
            tools=tools,
            span=LLMSpan(
                self.endpoint.url,
                self.endpoint.model,
                max_tokens or self.endpoint.max_tokens,
                messages,
            ),
        )

    def complete(
        self,
        messages: Sequence[Mapping[str, str]],
        *,
        stop: Stop | None = None,
        max_tokens: int | None = None,
        schema: Mapping[str, Any] | None = None,
    ) -> tuple[str, Usage | None]:
        """The whole answer and its tokens, or what there is of it when ``stop`` is set. Raises
        what iterating over a stream raises."""
        parts = self.stream(messages, max_tokens=max_tokens, schema=schema)
        with parts, stop.calling(parts.close) if stop else nullcontext():
            return answer_only("".join(parts)), parts.usage

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

    def models(self) -> list[str]:
        """The names of the endpoint's models that write text, in order. Raises LLMError."""
        import openai

        try:
            found = model_list(self._connect())
        except (openai.OpenAIError, OSError, ValueError) as error:
            raise to_llm_error(error, self.endpoint, 1, connected=False, received=False) from error
        return [name for name, _, chats in found if chats]

    def _connect(self) -> openai.OpenAI:
        import openai

        endpoint = self.endpoint
        # A local file's process may be another, at another address.
        url, query = split_url(self.local.base_url if self.local else endpoint.url)
        if ADDRESS in self.learned.refused:
            url += "/v1"
        if self._client is None or self._client[0] != url:
            wait = endpoint.idle_seconds
            most = BODY_BYTES + TOKEN_BYTES * endpoint.max_tokens
            key = endpoint.key or "none"  # the client insists on one, local servers do not
            hooks: dict[str, list[Callable[..., Any]]] = {
                "request": [watch_socket, own_headers(url, key)],
                "response": [limit_body(most, partial(too_much, endpoint))],
            }
            client = openai.OpenAI(
                api_key=key,
                base_url=url,
                max_retries=0,  # its own retries sleep up to two minutes and cannot be stopped
                timeout=openai.Timeout(wait, connect=min(wait / 2, CONNECT_SECONDS)),
                # A connection of its own for each request is one that can be hung up.
                default_headers={"Connection": "close"},
                default_query=query,
                http_client=openai.DefaultHttpxClient(
                    event_hooks=hooks,
                    follow_redirects=False,
                    proxy=usable_proxy(url),
                    verify=certificates(url),
                    trust_env=False,  # what of it counts is in the two lines above
                ),
            )
            self._client = url, client
        return self._client[1]

    def _chunks(
        self, messages: list[Any], must_fit: bool, parameters: Mapping[str, Any]
    ) -> Generator[object, None, None]:
        """Ask for the answer and pass its chunks on. Runs on the thread of an exchange."""
        import openai

        if self.local is not None:
            yield from self.local.starting()
        client, asked = self._connect(), self.endpoint.model or deployment_of(self.endpoint.url)
        if asked is None:
            asked, context = only_model(self.endpoint, client)
            self.learned.learn_context(context)
            yield SimpleNamespace(model=asked)  # also a sign of life, before the next wait
        if must_fit:
            self._check_size(messages)
        if SYSTEM in self.learned.refused:
            messages = without_system(messages)
        try:
            answer = client.chat.completions.create(
                model=asked, messages=messages, stream=True, **parameters
            )
        except openai.NotFoundError as error:
            with suppress(openai.OpenAIError, ValueError, RecursionError):
                names = [name for name, _, _ in model_list(client)]
                if names and asked not in names and self.endpoint.quoted:
                    raise LLMRejected(
                        f"the endpoint {self.endpoint} has no model '{asked}'; "
                        f"it has: {listed(names)}; set RAG_LLM_MODEL"
                    ) from error
            raise
        yield from chunks_of(self.endpoint, answer)

    def _check_size(self, messages: Sequence[Mapping[str, str]]) -> None:
        needed, context = prompt_tokens(messages), self.learned.context_tokens
        if context is not None and needed > self.endpoint.prompt_room(context):
            raise LLMTooLong(
                f"the question and its passages are about {needed:,} tokens, and the model's "
                f"context has {context:,}; ask for fewer passages",
                context,
                needed,
            )
