"""Rate limits and quotas by key: requests of the last minute, questions of the last day.

They are counted in memory: a server that was started again begins anew.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from rag_app.auth.keys import Key
from rag_app.server.gate.problems import Problem

MINUTE, DAY = 60.0, 86_400.0


class Limits:
    """What each key has used. Threads may share it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._used: dict[tuple[str, float], deque[float]] = {}
        self._lock = threading.Lock()

    def take(self, key: Key, *, asks: bool) -> None:
        """Count a request, and a question where it ``asks`` one. Raises Problem (429) beyond."""
        self._take(key.id, MINUTE, key.per_minute, "requests a minute")
        if asks:
            self._take(key.id, DAY, key.per_day, "questions a day")

    def _take(self, id_: str, seconds: float, most: int | None, what: str) -> None:
        if most is None:
            return
        now = self._clock()
        with self._lock:
            used = self._used.setdefault((id_, seconds), deque())
            while used and now - used[0] >= seconds:
                used.popleft()
            if len(used) >= most:
                wait = max(1, round(seconds - (now - used[0]) + 0.5)) if used else int(seconds)
                raise Problem(
                    429,
                    "too-many-requests",
                    f"This key has {most:,} {what}",
                    f"The next one is answered in {wait:,} seconds.",
                    {"Retry-After": str(wait)},
                )
            used.append(now)
