"""A sandboxed child process: its pipes, its time limit and its end.

It is a plain ``python -m MODULE LIMITS`` that imports its readers and nothing else; see
``ingest.load.sandbox.worker`` for its side.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, TypeVar

from ingest.errors import BrokenFile
from ingest.lifeline import Lifeline
from ingest.load.sandbox.protocol import READY, read_frame, write_frames

Answer = TypeVar("Answer")

# A process that waits for its turn, because the machine is busy, has so many times as long.
MOST_PATIENCE = 5
LOOK_AGAIN = 1.0

NOT_STARTED = "its reader could not be started"


class Child:
    """The process and its pipes. ``expired`` says whether it was ended for taking too long."""

    def __init__(self, module: str, limits: Mapping[str, Any]) -> None:
        """Start a module, told its limits. Raises BrokenFile if that cannot be done."""
        self.expired = False
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()
        self._seconds = self._began = self._worked = 0.0
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
        self._seconds, self._began = seconds, time.monotonic()
        self._worked = seconds_worked(self.process.pid) or 0.0
        with self._lock:
            self._look_after(seconds)

    def _look_after(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True
        self._timer.start()

    def _stop_clock(self) -> None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = None

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
        """End the process because its time is over: whoever waits for an answer gets none. Not yet
        if it has worked less than that, and wants to."""
        with self._lock:
            if threading.current_thread() is not self._timer:
                return  # the answer has come meanwhile
            left = self._seconds_left()
            if left > 0:
                self._look_after(max(left, min(LOOK_AGAIN, self._seconds)))
                return
            self.expired = True
            self.process.kill()

    def _seconds_left(self) -> float:
        """How long a process that is kept waiting by others may still work, in seconds."""
        worked = seconds_worked(self.process.pid)
        is_late = time.monotonic() >= self._began + MOST_PATIENCE * self._seconds
        if worked is None or is_late or not _wants_to_work(self.process.pid):
            return 0.0
        return self._seconds - (worked - self._worked)


def seconds_worked(process: int) -> float | None:
    """How long a process has had a processor, in seconds; None where the system does not tell."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # proc_pid_stat(5)
    except (OSError, ValueError, IndexError):
        return None


def _wants_to_work(process: int) -> bool:
    """Whether a thread of a process is at work, waits for its turn or for the disk."""
    try:
        states = [
            (thread / "stat").read_text().rpartition(")")[2].split()[0]
            for thread in Path(f"/proc/{process}/task").iterdir()
        ]
    except (OSError, IndexError):  # it is over
        return False
    return bool({"R", "D"}.intersection(states))
