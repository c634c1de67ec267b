"""How a server is reached: by this machine only or by others, at a port that can be had."""

from __future__ import annotations

import ctypes
import ipaddress
import os
import socket
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_settings import NoDecode

from ingest.errors import UsageError

ADDRESS = "127.0.0.1"
ANY = ("0.0.0.0", "::")
M_ARENA_MAX = -8  # mallopt(3)


def _proxies(value: Any) -> tuple[str, ...]:
    """Networks, from a text with commas or from a list. Raises ValueError."""
    names = value.split(",") if isinstance(value, str) else value
    found = tuple(name.strip().lower() for name in names if name.strip())
    for name in found:
        ipaddress.ip_network(name, strict=False)
    return found


# A setting: addresses or networks of proxies.
Proxies = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_proxies)]


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own, reached by nobody else."""
    name = host.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def only_here(address: str, hosts: Iterable[str]) -> bool:
    """Whether a server at an address, which answers to these hosts, serves this machine only. One
    that answers to other names is reached through a proxy, wherever it listens."""
    return is_loopback(address) and all(map(is_loopback, hosts))


def check_port(port: int, address: str, command: str) -> None:
    """Raise UsageError if the port is taken, for a server would write a log and not say what
    to do about it. ``command`` is the one that starts it, for the message."""
    if not 1 <= port <= 65535:
        raise UsageError(f"There is no port {port}; give one from 1 to 65535 with --port")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name == "posix":
            # As the server does: a port whose last connections are still closing is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise UsageError(
                f"Port {port} cannot be had ({error.strerror or error}); "
                f"give another one: {command} --port {port % 65535 + 1}"
            ) from None


def share_memory() -> None:
    """Let threads take memory from the same places. The C library of most Linux systems gives each
    of some 16 a place of its own, and each answer has a thread: what one gave back was not used by
    the next. 300 questions took 30 MB less (docs/LOG.md, 2026-11-22)."""
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # another C library
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)
