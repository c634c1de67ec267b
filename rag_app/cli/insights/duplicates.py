"""The command ``rag-app insights duplicates``."""

from __future__ import annotations

import argparse
from typing import Any

from rag_app.cli.insights.command import add_insight, run_insight


def add_duplicates_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and its arguments."""
    parser = add_insight(
        commands, "duplicates", "copies, edited copies, versions and boilerplate", _run
    )
    parser.add_argument(
        "--alike", type=float, default=0.9, metavar="COSINE",
        help="from which cosine on two passages say the same (0.9)",
    )  # fmt: skip


def _run(options: argparse.Namespace) -> int:
    from ingest.errors import UsageError
    from rag_app.insights.duplicates.find import find_duplicates
    from rag_app.insights.duplicates.records import Duplicates

    if not 0 < options.alike <= 1:
        raise UsageError("--alike is a cosine, above 0 and at most 1; leave it out for 0.9")
    return run_insight(
        options,
        Duplicates,
        {"alike": options.alike},
        lambda engine, where, steps: find_duplicates(
            engine.collection, engine.embedder, where, alike=options.alike, steps=steps
        ),
    )
