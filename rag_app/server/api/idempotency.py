"""Idempotency keys (draft-ietf-httpapi-idempotency-key-header): a request that is sent again with
the same key is not done again, and has the same answer.

They are kept in memory. After a restart an upload is done again, and finds its files unchanged.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rag_app.llm.stop import Stop
from rag_app.server.background import Source, Tell
from rag_app.server.gate.problems import Problem

MOST_KEPT = 1000
_Key = tuple[str, str]


@dataclass(slots=True)
class Once:
    """One request under a key: what was said to it before, or will be."""

    fingerprint: str
    result: Any = None


class Idempotency:
    """The keys that were used last, with what was said to them. Threads may share it."""

    def __init__(self) -> None:
        self._known: OrderedDict[_Key, Once] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def once(self, key: _Key, fingerprint: str, source: Source) -> Iterator[Source]:
        """The source that is to be used for a request: the given one, whose result is remembered,
        or what is known of it. A request that comes to nothing, or whose result comes after the
        block, can be done again meanwhile. Raises Problem (409) where it is being done, and (422)
        where another request had this key."""
        with self._lock:
            known = self._known.get(key)
            if known is not None and known.fingerprint != fingerprint:
                raise Problem(422, "key-reused", "Another request had this idempotency key")
            if known is not None and known.result is None:
                raise Problem(409, "in-progress", "This request is being done", "Ask again later.")
            if known is None:
                known = self._known[key] = Once(fingerprint)

        def remembered(stop: Stop, tell: Tell) -> Iterator[Any]:
            if known.result is None:
                for event in source(stop, tell):
                    known.result = event
                    self._keep(key, known)
            if known.result is not None:
                yield known.result

        try:
            yield remembered
        finally:
            with self._lock:
                if known.result is None:
                    self._known.pop(key, None)

    def _keep(self, key: _Key, known: Once) -> None:
        with self._lock:
            self._known[key] = known
            while len(self._known) > MOST_KEPT:
                self._known.popitem(last=False)
