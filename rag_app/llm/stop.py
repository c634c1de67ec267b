"""Stopping an answer from another thread, also while nothing comes of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stop:
    """A switch that is set once. What waits for an LLM is told at once, and hangs up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_set = False
        self._told: list[Callable[[], None]] = []

    @property
    def is_set(self) -> bool:
        return self._is_set

    def set(self) -> None:
        """Stop. From any thread, any number of times."""
        with self._lock:
            self._is_set = True
            told, self._told = self._told, []
        for tell in told:
            tell()

    @contextmanager
    def telling(self, tell: Callable[[], None]) -> Iterator[None]:
        """Meanwhile ``tell`` is called when the switch is set; at once if it is already."""
        with self._lock:
            if not self._is_set:
                self._told.append(tell)
        if self._is_set:
            tell()
        try:
            yield
        finally:
            with self._lock:
                if tell in self._told:
                    self._told.remove(tell)
