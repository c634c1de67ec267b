"""What a run tells while it goes on. A bar is drawn only on a terminal."""

from __future__ import annotations

import sys
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

from ingest.records import FileReceipt


class Progress(Protocol):
    """Told by ``ingest_paths`` what happens. ``work`` is counted in bytes of files."""

    def begin(self, files: int, work: float) -> None: ...

    def working(self, path: str, chunks: int, work: float) -> None:
        """What is at hand: a file, or a step. So many chunks of it have been embedded, worth so
        much of the work."""

    def finished(self, receipt: FileReceipt, work: float) -> None:
        """A file has its receipt; ``work`` is what was not yet told of it."""

    def end(self) -> None: ...


class NoProgress:
    """Says nothing."""

    def begin(self, files: int, work: float) -> None: ...

    def working(self, path: str, chunks: int, work: float) -> None: ...

    def finished(self, receipt: FileReceipt, work: float) -> None: ...

    def end(self) -> None: ...


class TerminalProgress:
    """A bar on standard error: files, chunks, time left, and the file at hand."""

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
        self._bar.update(self._task, advance=work, chunks=self._chunks, path=path)

    def finished(self, receipt: FileReceipt, work: float) -> None:
        self._files += 1
        self._bar.update(self._task, advance=work, files=self._files, path=receipt.path)

    def end(self) -> None:
        self._bar.stop()


def progress_for_terminal() -> Progress:
    """A bar if standard error is a terminal, else silence."""
    return TerminalProgress() if sys.stderr.isatty() else NoProgress()
