"""The requests to an endpoint: its list of models, the parameters and the chunks of an answer.

A part of ``rag_app.llm.client``.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from rag_app.errors import LLMRejected
from rag_app.llm.context_size import context_of
from rag_app.llm.endpoint import Endpoint
from rag_app.llm.failures import not_an_answer

if TYPE_CHECKING:
    import openai

MODELS_NAMED = 8
OPENAI_HOST = "api.openai.com"
# What any endpoint but OpenAI gets: HTTP's own, and the key that was set for it.
HEADERS = frozenset(
    "host connection content-length transfer-encoding content-type accept accept-encoding "
    "user-agent authorization".split()
)


def own_headers(url: str, key: str) -> Callable[[Any], None]:
    """A request hook of the HTTP client that lets only ``HEADERS`` out, unless they go to OpenAI.

    The ``openai`` client adds the organisation, the project and whatever headers the environment
    holds for OpenAI, an Authorization among them, wherever it is pointed to.
    """
    parts = urlsplit(url)
    host = f".{parts.hostname}"
    credentials = f"Bearer {key}"
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        credentials = f"Basic {b64encode(pair.encode()).decode()}"

    def keep(request: Any) -> None:
        if parts.scheme == "https" and host.endswith(f".{OPENAI_HOST}"):
            return
        for name in set(request.headers) - HEADERS:
            del request.headers[name]
        request.headers["authorization"] = credentials

    return keep


def parameters(max_tokens: int, temperature: float, refused: frozenset[str]) -> dict[str, Any]:
    """The parameters of a request, without those that the endpoint refused."""
    length = "max_completion_tokens" if "max_tokens" in refused else "max_tokens"
    everything = {
        length: max_tokens,
        "temperature": temperature,
        "stream_options": {"include_usage": True},
    }
    return {name: value for name, value in everything.items() if name not in refused}


def only_model(endpoint: Endpoint, client: openai.OpenAI) -> tuple[str, int | None]:
    """The endpoint's only model, and its context where that is told. Raises LLMRejected."""
    models = model_list(client)
    if len(models) == 1:
        return models[0]
    names = [name for name, _ in models]
    which = f": {listed(names)}" if endpoint.quoted else ""
    choice = f"has {len(names)} models{which}" if names else "names no model"
    raise LLMRejected(f"the endpoint {endpoint} {choice}; set RAG_LLM_MODEL")


def model_list(client: openai.OpenAI) -> list[tuple[str, int | None]]:
    """The endpoint's models by name, each with its context where that is told. Raises ValueError
    for what is no JSON, which the ``openai`` client would take for a list."""
    import httpx

    body = client.get("/models", cast_to=httpx.Response).json()
    found = body.get("data") if isinstance(body, Mapping) else None
    models = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
    named = (
        (one["id"], SimpleNamespace(**one)) for one in models if isinstance(one.get("id"), str)
    )
    return sorted(((name, context_of(model)) for name, model in named), key=lambda one: one[0])


def listed(names: Sequence[str]) -> str:
    """The first few names."""
    more = f" and {len(names) - MODELS_NAMED} more" if len(names) > MODELS_NAMED else ""
    return ", ".join(names[:MODELS_NAMED]) + more


def chunks_of(endpoint: Endpoint, answer: openai.Stream[Any]) -> Iterator[object]:
    """The chunks of an answer. Some endpoints do not stream, and send it as one piece of JSON.

    Raises LLMRejected for a web page or whatever else is no answer, and APIError for an error in
    place of one.
    """
    import openai

    with answer:
        kind = answer.response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "application/json":
            body = json.loads(answer.response.read())
            if isinstance(body, Mapping) and body.get("error"):
                raise openai.APIError("an error", answer.response.request, body=body["error"])
            yield json.loads(json.dumps(body), object_hook=lambda fields: SimpleNamespace(**fields))
        elif kind.startswith(("text/html", "image/", "audio/", "video/", "application/pdf")):
            raise not_an_answer(endpoint, kind)
        else:
            yield from answer
