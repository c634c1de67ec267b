"""Connections to public hosts only: a name is looked up once, every address of it is checked, and
one of exactly these is connected to, so that no second look-up can lead elsewhere.

What time is left for a page is counted here, too: a host that sends one byte now and then cannot
make it longer.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from ingest.errors import PageError

PRIVATE = "isn't a public address; RAG_FETCH_PRIVATE=1 allows it"
# IPv4 addresses in IPv6 ones, for networks that have only these (RFC 6052).
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Deadline:
    """The moment at which a page has to be there. ``check`` may raise what ends it earlier."""

    def __init__(self, seconds: float, check: Callable[[], None]) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds
        self._check = check

    def left(self, most: float | None = None) -> float:
        """Seconds that are left, at most ``most``. Raises PageError where there are none, and what
        ``check`` raises."""
        self._check()
        left = self._end - time.monotonic()
        if left <= 0:
            raise PageError(
                f"it took longer than {self.seconds:g} s; RAG_FETCH_SECONDS allows more"
            )
        return left if most is None else min(left, most)


class GuardedBackend(httpcore.NetworkBackend):
    """Opens connections for httpcore. With ``private``, to any address."""

    def __init__(self, deadline: Deadline, *, private: bool) -> None:
        self._deadline = deadline
        self._private = private
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to a host. Raises PageError where an address of it is not public."""
        found = addresses_of(host, port)
        if not self._private and any(not is_public(one) for one in found):
            raise PageError(f"{host} {PRIVATE}")
        error: Exception | None = None
        for address in found:
            try:
                stream = self._plain.connect_tcp(
                    str(address), port, self._deadline.left(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failure:
                error = failure
            else:
                return _TimedStream(stream, self._deadline)
        raise error or PageError(f"no address was found for {host}; check the spelling")


class _TimedStream(httpcore.NetworkStream):
    """A connection on which nothing waits longer than until the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout)
        return _TimedStream(
            self._stream.start_tls(ssl_context, server_hostname, left), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def addresses_of(host: str, port: int) -> list[Address]:
    """All addresses of a host, in the order of the system. Raises PageError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise PageError(f"{host} can't be found; check the address and the network") from None
    # A zone, such as of fe80::1%eth0, stays: such an address is not public.
    return list(dict.fromkeys(ipaddress.ip_address(str(entry[4][0])) for entry in found))


def is_public(address: Address) -> bool:
    """Whether an address can be anybody's on the internet: not this machine's, its network's, or of
    a kind that has IPv4 addresses of these in it."""
    if isinstance(address, ipaddress.IPv6Address):
        inner: Address | None = address.ipv4_mapped or address.sixtofour
        if address.teredo is not None:
            inner = address.teredo[1]
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved
