"""The command ``rag-app insights bias``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rag_app.cli.insights.command import add_insight, run_insight


def add_bias_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and its arguments."""
    parser = add_insight(
        commands, "bias", "what the model associates with groups, and what a group's name in a "
        "question changes", _run,
    )  # fmt: skip
    parser.add_argument(
        "--tests", type=Path, metavar="FILE", help="groups, questions and tests, as TOML"
    )


def _run(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from rag_app.insights.bias.audit import audit, read_wanted
    from rag_app.insights.bias.records import Audit

    wanted = read_wanted(options.tests) if options.tests else read_wanted()
    return run_insight(
        options,
        Audit,
        asdict(wanted),
        lambda engine, where, steps: audit(
            engine.collection, engine.embedder, wanted, where, steps=steps
        ),
    )
