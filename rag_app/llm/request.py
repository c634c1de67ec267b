"""The requests to an endpoint: its headers, its list of models and the chunks of an answer.

A part of ``rag_app.llm.client``.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from rag_app.errors import LLMRejected
from rag_app.llm.context_size import context_of
from rag_app.llm.endpoint import Endpoint, deployment_of

if TYPE_CHECKING:
    import openai

MODELS_NAMED = 8
OPENAI_HOST = "api.openai.com"
AZURE_HOSTS = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")
# What any endpoint but OpenAI gets: HTTP's own, and the key that was set for it.
HEADERS = frozenset(
    "host connection content-length transfer-encoding content-type accept accept-encoding "
    "user-agent authorization".split()
)

_CHAT = re.compile(r"chat|completion|\b(llm|vlm|text-generation|image-text-to-text)\b", re.I)
_NO_CHAT = re.compile(
    r"embed|rerank|feature-extraction|whisper|transcri|speech|\btts|moderation|dall-e|diffusion"
    r"|(^|[/_-])(bge|gte|e5|minilm|clip)([-_]|$)|minilm",
    re.I,
)


def own_headers(url: str, key: str) -> Callable[[Any], None]:
    """A request hook of the HTTP client that lets only ``HEADERS`` out, unless they go to OpenAI.

    The ``openai`` client adds the organisation, the project and whatever headers the environment
    holds for OpenAI, an Authorization among them, wherever it is pointed to.
    """
    parts = urlsplit(url)
    host = f".{parts.hostname}"
    azure = deployment_of(url) is not None or host.endswith(AZURE_HOSTS)
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
        if azure:
            request.headers["api-key"] = key

    return keep


def only_model(endpoint: Endpoint, client: openai.OpenAI) -> tuple[str, int | None]:
    """The endpoint's only model that chats, and its context where that is told. Raises
    LLMRejected."""
    models = model_list(client)
    chatting = [(name, context) for name, context, chats in models if chats]
    if len(chatting) == 1:
        return chatting[0]
    if len(models) == 1:
        return models[0][:2]
    names = [name for name, _ in chatting] or [name for name, _, _ in models]
    which = f": {listed(names)}" if endpoint.quoted else ""
    choice = f"has {len(names)} models{which}" if names else "names no model"
    raise LLMRejected(f"the endpoint {endpoint} {choice}; set RAG_LLM_MODEL")


def model_list(client: openai.OpenAI) -> list[tuple[str, int | None, bool]]:
    """The endpoint's models by name, each with its context where that is told, and whether it
    chats. Some servers have a bare list, others call it "models"; what is no list has none."""
    import httpx2

    try:
        body = json.loads(client.get("/models", cast_to=httpx2.Response).content)
    except (ValueError, RecursionError):
        return []
    if isinstance(body, Mapping):
        body = body.get("data") or body.get("models")
    entries = body if isinstance(body, list) else []
    models = [entry if isinstance(entry, Mapping) else {"id": entry} for entry in entries]
    named = [
        (model.get("id") or model.get("name") or model.get("model"), model) for model in models
    ]
    found = [
        (name, context_of(model), _chats(name, model))
        for name, model in named
        if isinstance(name, str)
    ]
    return sorted(found, key=lambda model: model[0])


def _chats(name: str, model: Mapping[str, Any]) -> bool:
    """Whether a model writes text, by what the list tells of it; by its name where that is silent.

    LM Studio, Together: "type"; Hugging Face: "task"; Mistral and Azure: "capabilities" with true
    and false; Ollama and Infinity: a list of them.
    """
    told = model.get("capabilities")
    if isinstance(told, Mapping):
        chat = [bool(value) for key, value in told.items() if _CHAT.search(str(key))]
        if chat:
            return any(chat)
    elif isinstance(told, list) and told:
        return any(_CHAT.search(str(entry)) for entry in told)
    kind = " ".join(str(model.get(key) or "") for key in ("type", "task", "pipeline_tag"))
    if _CHAT.search(kind):
        return True
    return not _NO_CHAT.search(kind) and not _NO_CHAT.search(name)


def listed(names: Sequence[str]) -> str:
    """The first few names."""
    more = f" and {len(names) - MODELS_NAMED} more" if len(names) > MODELS_NAMED else ""
    return ", ".join(names[:MODELS_NAMED]) + more
