"""Serving: over standard input and output, or over HTTP (the protocol's "streamable HTTP")."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

from ingest.errors import UsageError
from rag_app.auth.keys import Keys, Scope
from rag_app.mcp.locked import Locked
from rag_app.mcp.server import make_server

if TYPE_CHECKING:
    from pathlib import Path

    from mcp.server.mcpserver import MCPServer
    from starlette.types import ASGIApp

    from rag_app.engine import Engine

LOOPBACK = "127.0.0.1"
PATH = "/mcp"
SCOPES: tuple[Scope, ...] = ("ask", "read")  # of what every tool and resource is
LARGEST_REQUEST = 1_000_000  # bytes


def serve_stdio(engine: Engine, *, only: bool, write: Path | None) -> None:
    """Serve the program that started this one, until it closes standard input. Only the protocol
    goes to standard output: the SDK turns what else is printed to standard error."""
    make_server(engine, only=only, write=write).run("stdio")


def serve_http(
    engine: Engine, *, only: bool, write: Path | None, port: int, with_keys: bool = False
) -> None:
    """Serve programs of this machine at ``http://127.0.0.1:PORT/mcp`` until it is interrupted, and
    ``with_keys`` only those that show a key. Raises UsageError for a folder that is none, for a
    port that cannot be had, and where there are no keys; StoreError."""
    import uvicorn

    app = http_app(make_server(engine, only=only, write=write))
    if with_keys:
        keys = Keys(engine.store.root)
        keys.check_any(",".join(scopes := SCOPES if write is None else (*SCOPES, "write")))
        app = Locked(app, keys, scopes, engine.store.collection if only else None)
    try:
        listening = socket.create_server((LOOPBACK, port))
    except (OSError, OverflowError) as error:
        raise UsageError(f"Port {port} cannot be had: {error}; choose another") from None
    config = uvicorn.Config(app, log_level="warning", server_header=False)
    uvicorn.Server(config).run(sockets=[listening])


def http_app(server: MCPServer[Any]) -> ASGIApp:
    """The server as an ASGI app. The SDK refuses hosts and origins that are not this machine's, as
    names that are made to point at it."""
    return server.streamable_http_app(
        streamable_http_path=PATH, max_request_body_size=LARGEST_REQUEST, host=LOOPBACK
    )
