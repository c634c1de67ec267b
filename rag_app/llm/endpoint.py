"""An LLM endpoint: its address, key, model, limits and prices, and what asking it has taught."""

from __future__ import annotations

import re
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from ingest.errors import UsageError
from rag_app.records import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An OpenAI-compatible endpoint and how it is asked. As a string, its address without secrets.

    ``model`` None: the endpoint's only one. ``file``: a local model, served at an address that is
    known once its process runs; ``url`` is empty then. ``total_seconds`` bounds a whole answer,
    retries included. ``idle_seconds`` bounds the wait for the first and for each next part: a
    model's thinking counts as parts, keep-alive bytes do not. ``max_tokens`` is the longest answer,
    ``context_tokens`` the size of the model's context, None where that is left to the endpoint to
    say. Prices are for a million tokens. ``quoted``:
    what the endpoint says of an error is told. Raises UsageError for values that cannot work.
    """

    url: str = ""
    file: str = ""
    key: str = field(default="", repr=False)
    model: str | None = None
    total_seconds: float = 120.0
    idle_seconds: float = 30.0
    max_tokens: int = 1024
    temperature: float = 0.0
    context_tokens: int | None = None
    price_in: float | None = None
    price_out: float | None = None
    quoted: bool = True

    def __post_init__(self) -> None:
        if min(self.total_seconds, self.idle_seconds, self.max_tokens) <= 0:
            raise UsageError("the LLM's time limits and its longest answer must be above zero")
        str(self)  # raises for what is no URL
        # The HTTP client would quote such a key in its error.
        if not (self.key.isascii() and self.key.isprintable()):
            raise UsageError("OPENAI_API_KEY holds characters that no key has; paste it again")

    def __str__(self) -> str:
        return self.file or shown_url(self.url)

    def usage(self, prompt: int, completion: int, *, estimated: bool = False) -> Usage:
        """Tokens and what they cost; no cost where neither price is known."""
        cost = None
        if self.price_in is not None or self.price_out is not None:
            cost = (self.price_in or 0) * prompt / 1e6 + (self.price_out or 0) * completion / 1e6
        return Usage(prompt, completion, estimated, cost)

    def prompt_room(self, context: int) -> int:
        """How many tokens of a context a prompt may take: the answer needs some of it too."""
        return context - min(self.max_tokens, context // 4)


class Learned:
    """What asking an endpoint has taught: its mutable state, which threads may share.

    ``context_tokens``: the size of the model's context, as set or as the endpoint told it.
    ``refused``: what it does not take, as ``rag_app.llm.dialect`` names it.
    """

    def __init__(self, context_tokens: int | None) -> None:
        self.context_tokens = context_tokens
        self.refused: frozenset[str] = frozenset()
        self._context_is_set = context_tokens is not None
        self._lock = threading.Lock()

    def learn_context(self, tokens: int | None) -> None:
        """Remember the size of the context, unless it is set."""
        if tokens and not self._context_is_set:
            self.context_tokens = tokens

    def refuse(self, parameters: frozenset[str]) -> None:
        """Leave parameters out of every later request."""
        with self._lock:
            self.refused |= parameters


def split_url(url: str) -> tuple[str, dict[str, str]]:
    """The base address and the query of what may have been pasted with its last part:
    ``…/openai/deployments/NAME/chat/completions?api-version=…`` is an address of Azure."""
    parts = urlsplit(url.strip())
    path = parts.path.rstrip("/")
    for end in ("/chat/completions", "/models"):
        path = path.removesuffix(end).rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, path, "", "")), dict(parse_qsl(parts.query))


def has_version(url: str) -> bool:
    """Whether an address says which version of the interface it means, as /v1 does."""
    parts = urlsplit(url)
    return bool(re.search(r"/v\d|/deployments/", parts.path) or parts.query)


def deployment_of(url: str) -> str | None:
    """The model that an address of Azure names, if it is one."""
    found = re.search(r"/deployments/([^/]+)", urlsplit(url).path)
    return found[1] if found else None


def shown_url(url: str) -> str:
    """A URL without user name, password and query. Raises UsageError if it is no HTTP URL."""
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and not re.search(r"\s", url):
            host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
            port = f":{parts.port}" if parts.port else ""
            return f"{parts.scheme}://{host}{port}{parts.path}".rstrip("/")
    raise UsageError("OPENAI_BASE_URL must be a URL such as http://localhost:11434/v1")
