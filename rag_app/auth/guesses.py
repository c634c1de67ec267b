"""Rate limit for guesses of the password, by address: whoever guesses locks out nobody else."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable

MOST = 10  # tries
WITHIN = 300.0  # seconds
# So many addresses are remembered; the one whose last try was the longest ago is forgotten.
MOST_ADDRESSES = 10_000
PREFIX = 64  # bits: one household or machine has all addresses below (RFC 6177)


class Guesses:
    """The tries of each address. One counts as wrong until it is known to be right, so that many
    at the same moment are no more than one after another."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: dict[str, list[float]] = {}

    def begin(self, address: str) -> float:
        """Count one more, or say in how many seconds the next one is taken."""
        key, now = _network(address), self._clock()
        tries = [one for one in self._tries.pop(key, ()) if now - one < WITHIN]
        self._tries[key] = tries
        if len(tries) >= MOST:
            return WITHIN - (now - tries[0])
        tries.append(now)
        while len(self._tries) > MOST_ADDRESSES:
            del self._tries[next(iter(self._tries))]
        return 0.0

    def forgive(self, address: str) -> None:
        """The last one was right."""
        if tries := self._tries.get(_network(address)):
            tries.pop()


def _network(address: str) -> str:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((int(known), PREFIX), strict=False))
