"""Read files in a sandboxed child process: a bomb, a hang or a crash costs one file.

The process is started at the first file and serves many. It is a plain child that is told where
modules are and imports nothing but readers; ``multiprocessing`` is not used, because its
children run the user's main script again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import partial
from types import TracebackType

from ingest.errors import BrokenFile, LoadError
from ingest.load.common.choices import Choices
from ingest.load.sandbox.child import Child
from ingest.load.sandbox.libreoffice import NOTE, modern
from ingest.load.sandbox.protocol import read_answer
from ingest.records import LoadedDocument
from ingest.tracing.attributes import of_reading
from ingest.tracing.traced import traced

# Parsers keep what they have once used; now and then that is given back.
FILES_A_PROCESS = 500
_MEGABYTE = 1_000_000
_WORKER = "ingest.load.sandbox.worker"

CRASHED = "its reader crashed"


class IsolatedReader:
    """Reads files in a child process, within limits. A context manager; not for several threads.

    ``seconds`` is wall-clock time for one file, and again for each page of it that is read by OCR.
    ``memory_megabytes`` is what its process may use above what it starts with (where the system can
    limit that: Linux). ``readers`` puts other modules in the place of the readers of some formats,
    as tests do. ``choices`` are what the user chose about reading.
    """

    def __init__(
        self,
        *,
        seconds: float = 60,
        memory_megabytes: int = 2000,
        files: int = FILES_A_PROCESS,
        readers: Mapping[str, str] | None = None,
        choices: Choices | None = None,
    ) -> None:
        self._seconds = seconds
        self._memory_megabytes = memory_megabytes
        self._files = files
        self._readers = dict(readers or {})
        self._choices = asdict(choices or Choices())
        self._child: Child | None = None
        self._asked = 0

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

    @traced("read", "CHAIN", of_reading)
    def load(
        self,
        data: bytes | bytearray,
        name: str,
        on_page: Callable[[int, int], None] | None = None,
    ) -> LoadedDocument:
        """Read the bytes of a file of this name, as ``ingest.load.read.load_bytes`` does.

        A bytearray is emptied as soon as it is handed over: the text that comes may be as large.
        ``on_page`` is told of each page, from 1, and of how many, when OCR of it begins.

        Raises LoadError; BrokenFile also where a limit is passed or the process dies of it.
        """
        memory = self._memory_megabytes * _MEGABYTE
        data, is_converted = modern(data, name, self._seconds, memory)
        child = self._ready_child()

        def begun(page: int, pages: int) -> None:
            child.go_on(self._seconds)
            if on_page is not None:
                on_page(page, pages)

        answer: LoadedDocument | LoadError | MemoryError | None = None
        try:
            self._asked += 1
            request = (name.encode(errors="replace"), data)
            answer = child.ask(request, partial(read_answer, on_page=begun), self._seconds)
        except (EOFError, OSError, ValueError):
            limit = f"took longer than {self._seconds:g} s to read"
            raise BrokenFile(limit if child.expired else CRASHED) from None
        finally:
            # Also where the user stops the run in the middle of an answer.
            whole = isinstance(answer, LoadedDocument | LoadError)
            if not whole or child.expired or self._asked >= self._files:
                self.close()
        if isinstance(answer, MemoryError):
            size = f"{self._memory_megabytes / 1000:g} GB"
            raise BrokenFile(f"needed more than {size} of memory to read")
        if isinstance(answer, LoadError):
            raise answer
        return replace(answer, notes=(*answer.notes, NOTE)) if is_converted else answer

    def close(self) -> None:
        """End the process, if there is one. The next file starts another."""
        child, self._child = self._child, None
        if child is not None:
            child.end()

    def _ready_child(self) -> Child:
        if self._child is not None and self._child.process.poll() is not None:
            # It died between two files, of which neither is to blame.
            self.close()
        if self._child is None:
            memory = self._memory_megabytes * _MEGABYTE
            self._asked = 0
            limits = {"memory": memory, "readers": self._readers, "choices": self._choices}
            self._child = Child(_WORKER, limits)
        return self._child
