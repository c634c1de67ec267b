"""The command ``rag-app calibrate``: when to refuse, fitted to the collection."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.cli import add_store_arguments, print_json, show
from ingest.errors import UsageError
from rag_app.cli.progress import progress_bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rag_app.engine import Engine
    from rag_app.eval.questions import Question

COUNT = 150
MOST_REFUSED = 0.05


def add_calibrate_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "calibrate", help="fit to your documents when the answer is that they do not say"
    )
    add = parser.add_argument
    add("--questions", metavar="FILE", help="your own, as for rag-app eval; else they are made")
    add("--count", type=int, default=COUNT, metavar="N", help=f"how many are made ({COUNT})")
    add(
        "--most-refused",
        type=float,
        default=MOST_REFUSED,
        metavar="SHARE",
        help=f"of what can be answered, so much may be refused ({MOST_REFUSED})",
    )
    add("--page", type=Path, metavar="FILE", help="write the curves as an HTML page")
    add("--dry-run", action="store_true", help="show what it would be, and keep what is in use")
    add("--reset", action="store_true", help="go back to the default")
    add("--json", action="store_true", help="print one JSON object")
    add_store_arguments(parser)
    parser.set_defaults(command=_calibrate)


def _calibrate(options: argparse.Namespace) -> int:
    from rag_app.eval.calibration.calibrate import ask_all, calibrate, keep
    from rag_app.eval.html.page import write_calibration_page
    from rag_app.opening import open_engine

    if not 0 <= options.most_refused < 1:
        raise UsageError("--most-refused is a share from 0 to below 1")
    with open_engine(options.store, collection=options.collection) as engine:
        if options.reset:
            engine.store.write_calibration(None)
            _print({"calibration": "default"}, "The default is in use again.", options)
            return 0
        questions, source, notes = _questions(options, engine)
        with progress_bar("questions asked", len(questions)) as on_progress:
            cases = ask_all(engine, questions, on_progress)
        report = calibrate(cases, options.most_refused, source, notes)
        if not options.dry_run:
            keep(engine, report)
        used = engine.status()["calibration"]
    if options.page:
        write_calibration_page(options.page, report)
    chosen = report.calibration
    done = (
        f"{'It would quote' if options.dry_run else 'From now on, quotes are given'} from a "
        f"probability of {chosen.enough:g}. "
        f"In use: {used}."
    )
    _print(
        {**report.summary(), "kept": not options.dry_run}, f"{report.table()}\n\n{done}", options
    )
    return 0


def _questions(
    options: argparse.Namespace, engine: Engine
) -> tuple[Sequence[Question], str, tuple[str, ...]]:
    from rag_app.eval.generate import by_rules
    from rag_app.eval.questions import read_questions

    if options.questions:
        return read_questions(options.questions), Path(options.questions).name, ()
    made = by_rules(engine.store, options.count)
    return made.questions, "questions made by rule", made.notes


def _print(fields: dict[str, Any], words: str, options: argparse.Namespace) -> None:
    if options.json:
        print_json(fields)
    else:
        show(words)
