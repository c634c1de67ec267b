"""Progress of an ingestion: the protocol, and a progress bar on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

from ingest.records import FileReceipt
from ingest.text.terminal import visible


class Progress(Protocol):
    """What ``ingest_paths`` calls as it goes on. ``work`` is counted in bytes of files."""

    def begin(self, files: int, work: float) -> None: ...

    def working(self, path: str, chunks: int, work: float) -> None:
        """A file, or a step, is worked on: ``chunks`` more were embedded, worth ``work``."""

    def finished(self, receipt: FileReceipt, work: float) -> None:
        """A file has its receipt; ``work`` is what was not reported of it yet."""

    def end(self) -> None: ...


class Stopped(Exception):
    """The caller does not want the rest of a run."""


@contextmanager
def shown(progress: Progress) -> Iterator[None]:
    """Ends it, however the run ends."""
    try:
        yield
    finally:
        progress.end()


class NoProgress:
    """Ignores all progress."""

    def begin(self, files: int, work: float) -> None: ...

    def working(self, path: str, chunks: int, work: float) -> None: ...

    def finished(self, receipt: FileReceipt, work: float) -> None: ...

    def end(self) -> None: ...


class TerminalProgress:
    """A progress bar on standard error: files, chunks, time left, and the file at hand."""

    def __init__(self) -> None:
        self._bar = RichProgress(
            BarColumn(bar_width=28),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[files]}/{task.fields[all_files]} files"),
            TextColumn("{task.fields[chunks]} chunks"),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[path]}", markup=False),
            console=Console(file=sys.stderr),
            transient=True,
        )
        self._files = 0
        self._chunks = 0

    def begin(self, files: int, work: float) -> None:
        self._task = self._bar.add_task(
            "ingest", total=max(work, 1), files=0, all_files=files, chunks=0, path=""
        )
        self._bar.start()

    def working(self, path: str, chunks: int, work: float) -> None:
        self._chunks += chunks
        self._bar.update(self._task, advance=work, chunks=self._chunks, path=visible(path))

    def finished(self, receipt: FileReceipt, work: float) -> None:
        self._files += 1
        self._bar.update(self._task, advance=work, files=self._files, path=visible(receipt.path))

    def end(self) -> None:
        self._bar.stop()


def progress_for_terminal() -> Progress:
    """A progress bar if standard error is a terminal, else none."""
    return TerminalProgress() if sys.stderr.isatty() else NoProgress()
