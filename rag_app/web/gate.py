"""ASGI gate in front of a server: which addresses and origins are answered, and the headers of what
is. It keeps other pages of a browser out, also those that have a name of their own lead here (DNS
rebinding)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE = ("GET", "HEAD", "OPTIONS")  # RFC 9110, 9.2.1
PORTS = {"http": 80, "https": 443}
# Of every answer, whatever is served.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # "no-referrer" would have forms sent without an origin, and it is the origin that is checked.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class AddressGate:
    """An ASGI middleware (ASGI 3.0) before all others."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        port: int,
        names: Iterable[str],
        hosts: Iterable[str] = (),
        policy: str,
        is_open: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """``names`` are answered on the served ``port``; ``hosts``, which were given by --host, on
        any, for there may be a proxy in front, with HTTPS. ``policy`` is the content security
        policy; ``is_open`` says which paths are passed on."""
        self._app = app
        self._headers: Mapping[str, str] = {"Content-Security-Policy": policy, **HEADERS}
        self._is_open = is_open
        self._port = port
        self._hosts = frozenset(map(_plain, hosts))
        self._names = self._hosts.union(map(_plain, names))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what was asked of this server, by its own pages or by no page at all."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        from starlette.datastructures import MutableHeaders
        from starlette.requests import ClientDisconnect
        from starlette.responses import PlainTextResponse

        async def send_with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        app, refused = self._app, self._refusal(scope)
        if refused is not None:
            status, line = refused
            app = PlainTextResponse(f"{line}\n", status_code=status)
        with suppress(ClientDisconnect):  # whoever left in the middle of a request wants no answer
            await app(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> tuple[HTTPStatus, str] | None:
        """The status and the line for what is not passed on."""
        hosts, origins = values(scope, b"host"), values(scope, b"origin")
        scheme = "https" if scope["scheme"] in ("https", "wss") else "http"
        host = _authority(hosts[0]) if len(hosts) == 1 else None
        if host is None or not self._is_served(*host, scheme):
            return HTTPStatus.FORBIDDEN, "Nothing is served at this address; --host names one."
        if scope["type"] == "websocket" or scope["method"] not in SAFE:
            right = len(origins) < 2 and all(self._is_ours(one, host, scheme) for one in origins)
            if not right:
                return (
                    HTTPStatus.FORBIDDEN,
                    "Another page asked for this; only its own may.",
                )
        if not self._is_open(scope["path"]):
            return HTTPStatus.NOT_FOUND, "There is nothing here."
        return None

    def _is_served(self, name: str, port: int | None, scheme: str) -> bool:
        return name in self._hosts or (
            name in self._names and (port or PORTS[scheme]) == self._port
        )

    def _is_ours(self, origin: str, host: tuple[str, int | None], scheme: str) -> bool:
        """Whether an origin (RFC 6454) is the address that was asked, or, where a proxy puts its
        own in place of that, one of ``hosts``."""
        known, _, rest = origin.partition("://")
        authority = _authority(rest)
        if authority is None or known not in PORTS:
            return False
        name, port = authority[0], authority[1] or PORTS[known]
        if known != scheme and not (known == "https" and name in self._hosts):
            return False
        if name == host[0]:
            return port == (host[1] or PORTS[known])
        return name in self._hosts and port in (PORTS[known], self._port)


def _plain(name: str) -> str:
    return name.strip().strip("[]").rstrip(".").lower()


def values(scope: Scope, name: bytes) -> list[str]:
    """What a request has under the name of a header, in lower case."""
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _authority(text: str) -> tuple[str, int | None] | None:
    """Host name and port, or None for what is neither."""
    try:
        parts = urlsplit(f"//{text}")
        name, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not name or parts.netloc != text or "@" in text:
        return None
    return _plain(name), port
