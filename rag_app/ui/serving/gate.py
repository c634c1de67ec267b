"""ASGI gate in front of Streamlit: which routes are answered, beside which addresses and origins,
and what the page may load.

Streamlit's own check of a websocket's origin lets every loopback name pass on any port, and asks
the network for this machine's address where it does not know an origin. It is never asked: what
comes to it has the host of its origin.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rag_app.web.gate import HEADERS as SHARED
from rag_app.web.gate import AddressGate, values

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

# Streamlit's own routes, of which the page needs these; its metrics, its interface for agents and
# the files of components are not among them.
CORE = "/_stcore/"
OPEN = ("health", "host-config", "stream", "upload_file/")
CLOSED = ("/component/", "/app/static/")
# Streamlit's page has scripts and styles in its HTML, and so have the elements of ours; its
# numbers of 64 bits are WebAssembly.
POLICY = (
    "default-src 'none'; "
    "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self' blob:; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'"
)
HEADERS = {"Content-Security-Policy": POLICY, **SHARED}


class Gate(AddressGate):
    """An ASGI middleware (ASGI 3.0) before all others."""

    def __init__(
        self, app: ASGIApp, *, port: int, names: Iterable[str], hosts: Iterable[str] = ()
    ) -> None:
        """``names`` and ``hosts`` as the address gate has them."""

        async def with_host_of_origin(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "websocket":
                scope = _with_host_of_origin(scope)
            await app(scope, receive, send)

        super().__init__(
            with_host_of_origin,
            port=port,
            names=names,
            hosts=hosts,
            policy=POLICY,
            is_open=_is_open,
        )


def _is_open(path: str) -> bool:
    _, core, route = path.partition(CORE)
    if core:
        return route.startswith(OPEN[-1]) or route in OPEN
    return not any(closed in path for closed in CLOSED)


def _with_host_of_origin(scope: Scope) -> Scope:
    """The same with the host of its origin, so that both are the same for Streamlit too, whatever
    name a proxy has put there."""
    origins = values(scope, b"origin")
    if not origins:
        return scope
    host = origins[0].partition("://")[2].encode("latin-1")
    headers = [(key, host if key == b"host" else value) for key, value in scope["headers"]]
    return {**scope, "headers": headers}
