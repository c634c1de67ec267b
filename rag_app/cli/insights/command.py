"""What the commands ``rag-app insights …`` share: the filter, where the result goes, progress."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ingest.cli import add_store_arguments, print_json, show
from rag_app.cli.filters import add_filter_arguments, filter_of

if TYPE_CHECKING:
    from rag_app.engine import Engine
    from rag_app.insights.base.records import Insight
    from rag_app.insights.base.steps import Steps

T = TypeVar("T", bound="Insight")


def add_insight(
    commands: argparse._SubParsersAction[Any], name: str, meaning: str, command: object
) -> argparse.ArgumentParser:
    """A command of the group, with the arguments that all of them have; it may add its own."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=meaning)
    add_filter_arguments(parser)
    add = parser.add_argument
    add("--json", action="store_true", help="print one JSON object")
    add("--output", type=Path, metavar="FILE", help="write its rows as CSV")
    add("--again", action="store_true", help="work it out anew, even if nothing has changed")
    add_store_arguments(parser)
    parser.set_defaults(command=command)
    return parser


def run_insight(
    options: argparse.Namespace,
    kind: type[T],
    asked: Mapping[str, Any],
    make: Callable[[Engine, Mapping[str, Any] | None, Steps], T],
    finish: Callable[[Engine, T], None] = lambda _engine, _result: None,
    *,
    is_shown: bool = True,
) -> int:
    """Show an insight: the kept one if the collection has not changed, else what ``make`` gives
    for the engine and the filter. ``asked`` are the settings that make it another one; ``finish``
    does what is to be done with it before it is shown, or in place of that."""
    from rag_app.insights.base.csv_table import write_csv
    from rag_app.insights.base.kept import KeptInsights
    from rag_app.insights.base.records import to_json
    from rag_app.opening import open_engine

    where = filter_of(options)
    with open_engine(options.store, collection=options.collection) as engine:
        kept = KeptInsights(engine.collection)
        with steps_on_terminal() as steps:
            result = kept.get(
                kind,
                {**asked, "where": where},
                lambda: make(engine, where, steps),
                again=options.again,
            )
        finish(engine, result)
    if options.output:
        write_csv(options.output, result.rows())
    if options.json:
        print_json(to_json(result))
    elif is_shown:
        show("\n\n".join(filter(None, [result.text(), "\n".join(result.basis.notes)])))
    return 0


@contextmanager
def steps_on_terminal() -> Iterator[Steps]:
    """A bar on standard error, if that is a terminal, with what is being done."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    from rag_app.insights.base.steps import Steps

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=28),
        console=Console(file=sys.stderr),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task("Reading the vectors", total=1.0)
        yield Steps(lambda doing, share: bar.update(task, description=doing, completed=share))
