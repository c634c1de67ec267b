"""Connection limits of the web server: how many there may be, and how slow a request may come.

uvicorn has none of its own, so a thousand requests that never end would keep everybody out. What
is full makes room by closing the connection that has waited longest without asking for anything:
whoever sends a whole request is always heard, also behind a proxy, where all have one address.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol

if TYPE_CHECKING:
    import asyncio

    from starlette.types import ASGIApp

MOST = 1_000  # connections, and never more than half of the files that this process may open
MOST_OF_ADDRESS = 250
HEAD_SECONDS = 20.0
# A body brings so much in each of these windows, while the page is ready to read it; whoever is
# sent more than fits on the way takes some of it.
BODY_SECONDS = 60.0
BODY_BYTES = 30_000
WATCH_SECONDS = 1.0
# Connections that the system accepts ahead of us: with MOST, these still leave files to open.
BACKLOG = 256
# The browser sends what is typed and chosen in one message; files are sent by HTTP.
MESSAGE_BYTES = 1024 * 1024
PING_SECONDS = 30  # as Streamlit has it
# A proxy on this machine, or a tunnel, brings many people, whether it is named or not.
SHARED = ("127.0.0.0/8", "::1")


def run_server(app: ASGIApp, address: str, port: int, **options: Any) -> None:
    """Serve an ASGI application under these limits until a signal ends it; ``options`` are further
    ones of ``uvicorn.Config``.

    uvicorn believes the proxies that ``FORWARDED_ALLOW_IPS`` names in the environment. Raises
    SystemExit if the application does not start.
    """
    settings = uvicorn.Config(
        app,
        http=LimitedConnection,
        ws_max_size=MESSAGE_BYTES,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        backlog=BACKLOG,
        access_log=False,
        use_colors=False,
        **options,
    )
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server(
        (address, port), family=family, dualstack_ipv6=address == "::", backlog=BACKLOG
    ) as listening:
        server = uvicorn.Server(settings)
        server.run(sockets=[listening])
    if not server.started:
        sys.exit(1)


class LimitedConnection(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """An HTTP connection (RFC 9112) with time-outs, one among a limited number."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self._began = self._window_began = self.loop.time()
        self._window_bytes = self._unsent = 0
        if self._make_room():
            self.loop.call_later(WATCH_SECONDS, self._watch)
        else:
            self._drop()

    def data_received(self, data: bytes) -> None:
        if self._is_idle and self.timeout_keep_alive_task is not None:
            self._began = self.loop.time()  # the next request of one that was kept
        self._window_bytes += len(data)
        super().data_received(data)

    @property
    def _is_idle(self) -> bool:
        """Whether no whole head has come that is not answered yet."""
        return self.cycle is None or self.cycle.response_complete

    def _make_room(self) -> bool:
        """Whether there is room for this one, if need be in place of the longest idle one."""
        if not self.client:
            return True
        address = self.client[0]
        same = [one for one in self.connections if one.client and one.client[0] == address]
        if len(self.connections) > _most():
            rivals = list(self.connections)
        elif len(same) > MOST_OF_ADDRESS and not _is_shared(address):
            rivals = same
        else:
            return True
        idle = [
            one
            for one in rivals
            if isinstance(one, LimitedConnection) and one is not self and one._is_idle
        ]
        if idle:
            min(idle, key=lambda one: one._began)._drop()
        return bool(idle)

    def _drop(self) -> None:
        self.connections.discard(self)  # it is lost in a moment
        self.transport.abort()

    def _watch(self) -> None:
        """Close what is too slow. It ends with the connection, or when that is a websocket's."""
        if self not in self.connections or self.transport.is_closing():
            return
        now, unsent = self.loop.time(), self.transport.get_write_buffer_size()
        is_late = now - self._window_began > BODY_SECONDS
        if unsent:  # any of an answer that was taken is enough
            begins_anew = unsent != self._unsent
            is_slow = is_late and not begins_anew
        elif self._is_idle:
            begins_anew = True
            is_slow = self.timeout_keep_alive_task is None and now - self._began > HEAD_SECONDS
        elif not self.cycle.more_body or self.flow.read_paused:
            begins_anew, is_slow = True, False
        else:
            begins_anew, is_slow = is_late, is_late and self._window_bytes < BODY_BYTES
        if is_slow:
            self._drop()
            return
        if begins_anew:
            self._window_began, self._window_bytes = now, 0
        self._unsent = unsent
        self.loop.call_later(WATCH_SECONDS, self._watch)


def _is_shared(address: str) -> bool:
    """Whether many people come from there: it is a proxy's."""
    named = os.environ.get("FORWARDED_ALLOW_IPS", "").split(",")
    one = ipaddress.ip_address(address.partition("%")[0])  # without a zone (RFC 4007)
    one = getattr(one, "ipv4_mapped", None) or one
    return any(
        one in ipaddress.ip_network(proxy, strict=False) for proxy in (*SHARED, *named) if proxy
    )


def _most() -> int:
    with suppress(ImportError):  # Windows
        import resource

        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        if files != resource.RLIM_INFINITY:
            return min(MOST, files // 2)
    return MOST
