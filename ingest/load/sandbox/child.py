"""A sandboxed child process: its pipes, its time limit and its end.

It is a plain ``python -m MODULE LIMITS`` that imports its readers and nothing else; see
``ingest.load.sandbox.worker`` for its side.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import IO, Any, TypeVar

from ingest.errors import BrokenFile
from ingest.lifeline import Lifeline
from ingest.load.sandbox.protocol import READY, read_frame, write_frames

Answer = TypeVar("Answer")

NOT_STARTED = "its reader could not be started"


class Child:
    """The process and its pipes. ``expired`` says whether it was ended for taking too long."""

    def __init__(self, module: str, limits: Mapping[str, Any]) -> None:
        """Start a module, told its limits. Raises BrokenFile if that cannot be done."""
        self.expired = False
        self._timer: threading.Timer | None = None
        self._lifeline = Lifeline()
        argument = json.dumps({**limits, "lifeline": self._lifeline.number})
        try:
            # -B: it must not write files, so no bytecode either.
            self.process = self._lifeline.start(module, argument, options=["-B"])
        except OSError:
            self._lifeline.close()
            raise BrokenFile(NOT_STARTED) from None
        assert self.process.stdin is not None and self.process.stdout is not None
        self._requests: IO[bytes] = self.process.stdin
        self._answers: IO[bytes] = self.process.stdout
        try:
            started = read_frame(self._answers, len(READY)) == READY
        except (EOFError, ValueError):
            started = False
        if not started:
            self.end()
            raise BrokenFile(NOT_STARTED)

    def ask(
        self,
        frames: Sequence[bytes | bytearray],
        read: Callable[[IO[bytes]], Answer],
        seconds: float,
    ) -> Answer:
        """Send a request, and read its answer within a time; what is in a bytearray is given up.

        Raises EOFError, OSError or ValueError if no answer comes.
        """
        self._allow(seconds)
        try:
            write_frames(self._requests, *frames)
            for frame in frames:
                if isinstance(frame, bytearray):
                    frame.clear()
            return read(self._answers)
        finally:
            self._stop_clock()

    def go_on(self, seconds: float) -> None:
        """Give what is being asked so much time more, from now on."""
        self._stop_clock()
        self._allow(seconds)

    def _allow(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True
        self._timer.start()

    def _stop_clock(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def end(self) -> None:
        """End the process at once; it has nothing to lose."""
        self.process.kill()
        self.process.wait()
        self._answers.close()
        # What it has not read any more is in the way of closing.
        with suppress(OSError):
            self._requests.close()
        self._lifeline.close()

    def _expire(self) -> None:
        """End the process because its time is over: whoever waits for an answer gets none."""
        self.expired = True
        self.process.kill()
