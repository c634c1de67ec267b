"""Files are read in a process of their own, so that a bomb, a hang or a crash costs one file.

The process is started at the first file and serves many. It is a plain child that is told where
modules are and imports nothing but readers; ``multiprocessing`` is not used, because its
children run the user's main script again.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import IO, Any

from ingest.errors import BrokenFile, LoadError
from ingest.lifeline import Lifeline, environment
from ingest.load.wire import READY, read_answer, read_frame, write_frames
from ingest.records import LoadedDocument

# Parsers keep what they have once used; now and then that is given back.
FILES_A_PROCESS = 500
_MEGABYTE = 1_000_000

CRASHED = "its reader crashed"
NOT_STARTED = "its reader could not be started"


class IsolatedReader:
    """Reads files in a child process, within limits. A context manager; not for several threads.

    ``seconds`` is wall-clock time for one file, ``memory_megabytes`` what its process may use
    above what it starts with (where the system can limit that: Linux). ``readers`` puts other
    modules in the place of the readers of some formats, as tests do.
    """

    def __init__(
        self,
        *,
        seconds: float = 60,
        memory_megabytes: int = 2000,
        files: int = FILES_A_PROCESS,
        readers: Mapping[str, str] | None = None,
    ) -> None:
        self._seconds = seconds
        self._memory_megabytes = memory_megabytes
        self._files = files
        self._readers = dict(readers or {})
        self._child: _Child | None = None

    def __enter__(self) -> IsolatedReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def process_id(self) -> int | None:
        """The process that reads, if there is one now."""
        return self._child.process.pid if self._child else None

    def load(self, data: bytes | bytearray, name: str) -> LoadedDocument:
        """Read the bytes of a file of this name, as ``ingest.load.load_bytes`` does.

        A bytearray is emptied as soon as it is handed over: the text that comes may be as large.

        Raises LoadError; BrokenFile also where a limit is passed or the process dies of it.
        """
        child = self._ready_child()
        timer = threading.Timer(self._seconds, child.expire)
        timer.daemon = True
        timer.start()
        answer: LoadedDocument | LoadError | MemoryError | None = None
        try:
            answer = child.ask(name, data)
        except (EOFError, OSError, ValueError):
            limit = f"took longer than {self._seconds:g} s to read"
            raise BrokenFile(limit if child.expired else CRASHED) from None
        finally:
            # Also where the user stops the run in the middle of an answer.
            timer.cancel()
            whole = isinstance(answer, LoadedDocument | LoadError)
            if not whole or child.expired or child.files >= self._files:
                self.close()
        if isinstance(answer, MemoryError):
            size = f"{self._memory_megabytes / 1000:g} GB"
            raise BrokenFile(f"needed more than {size} of memory to read")
        if isinstance(answer, LoadError):
            raise answer
        return answer

    def close(self) -> None:
        """End the process, if there is one. The next file starts another."""
        child, self._child = self._child, None
        if child is not None:
            child.end()

    def _ready_child(self) -> _Child:
        if self._child is not None and self._child.process.poll() is not None:
            # It died between two files, of which neither is to blame.
            self.close()
        if self._child is None:
            memory = self._memory_megabytes * _MEGABYTE
            self._child = _Child({"memory": memory, "readers": self._readers})
        return self._child


class _Child:
    """The process and its pipes."""

    def __init__(self, limits: Mapping[str, Any]) -> None:
        """Start it. Raises BrokenFile if that cannot be done."""
        self.files = 0
        self.expired = False
        self._lifeline = Lifeline()
        argument = json.dumps({**limits, "lifeline": self._lifeline.number})
        try:
            self.process = subprocess.Popen(
                # -P: modules come from where ours come from, never from the current folder.
                [sys.executable, "-P", "-B", "-m", "ingest.load.worker", argument],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=self._lifeline.passed,
                env=environment(),
            )
        except OSError:
            self._lifeline.close()
            raise BrokenFile(NOT_STARTED) from None
        self._lifeline.hand_over()
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

    def ask(self, name: str, data: bytes | bytearray) -> LoadedDocument | LoadError | MemoryError:
        """Have a file read. Raises EOFError, OSError or ValueError if no answer comes."""
        self.files += 1
        write_frames(self._requests, name.encode(errors="replace"), data)
        if isinstance(data, bytearray):
            data.clear()
        return read_answer(self._answers)

    def expire(self) -> None:
        """End the process because its time is over: whoever waits for an answer gets none."""
        self.expired = True
        self.process.kill()

    def end(self) -> None:
        """End the process at once; it has nothing to lose."""
        self.process.kill()
        self.process.wait()
        self._answers.close()
        # What it has not read any more is in the way of closing.
        with suppress(OSError):
            self._requests.close()
        self._lifeline.close()
