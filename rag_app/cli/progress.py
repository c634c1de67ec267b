"""Progress of a command: a bar, or the steps as they are taken."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ingest.cli import show
from rag_app.records import Step


@contextmanager
def progress_bar(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error, if that is a terminal. What it gives is called with how many are
    done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        console=Console(file=sys.stderr),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.update(task, completed=done)


def tell_step(step: Step) -> None:
    """Tell a step to an answer, if there is a terminal to tell it on."""
    if sys.stderr.isatty():
        show(f"{step.told} …", file=sys.stderr)
