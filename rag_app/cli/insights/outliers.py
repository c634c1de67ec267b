"""The commands ``rag-app insights outliers`` and ``rag-app insights gaps``."""

from __future__ import annotations

import argparse
from typing import Any

from ingest.cli import add_store_arguments, print_json, show
from rag_app.cli.insights.command import add_insight, run_insight, steps_on_terminal

COUNT = 20


def add_outliers_commands(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the commands and their arguments."""
    outliers = add_insight(commands, "outliers", "what does not belong, and why", _outliers)
    outliers.add_argument(
        "--count", type=int, default=COUNT, metavar="N", help=f"at most so many ({COUNT})"
    )
    gaps = commands.add_parser("gaps", help="what was asked in the chat and found nothing")
    gaps.add_argument("--json", action="store_true", help="print one JSON object")
    add_store_arguments(gaps)
    gaps.set_defaults(command=_gaps)


def _outliers(options: argparse.Namespace) -> int:
    from rag_app.insights.outliers.outliers import find_outliers
    from rag_app.insights.outliers.records import Outliers

    asked = {"count": options.count}
    return run_insight(
        options,
        Outliers,
        asked,
        lambda engine, where, steps: find_outliers(engine.collection, where, steps=steps, **asked),
    )


def _gaps(options: argparse.Namespace) -> int:
    from rag_app.conversation.store import Conversations
    from rag_app.insights.base.records import to_json
    from rag_app.insights.outliers.gaps import find_gaps
    from rag_app.opening import open_engine

    with (
        open_engine(options.store, collection=options.collection) as engine,
        steps_on_terminal() as steps,
    ):
        found = find_gaps(engine, Conversations(engine.store), steps=steps)
    if options.json:
        print_json(to_json(found))
    else:
        show(found.text())
    return 0
