"""The command ``rag-app tune``: an embedding model for this collection, if it is better."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ingest.cli import (
    add_store_arguments,
    audit_command,
    lower_priority,
    print_json,
    show,
)
from ingest.errors import UsageError

MADE = 300
MINUTES = 30.0


def add_tune_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "tune", help="train the embedding model on your questions; used only if it is better"
    )
    add = parser.add_argument
    add("--questions", nargs="+", default=(), metavar="FILE", help="your own, as for rag-app eval")
    add(
        "--made",
        type=int,
        default=MADE,
        metavar="N",
        help=f"how many more are made of the documents, 0 for none ({MADE})",
    )
    add("--by-llm", action="store_true", help="have the LLM make them, not rules")
    add("--minutes", type=float, default=MINUTES, metavar="M", help=f"of training ({MINUTES:g})")
    add("--epochs", type=int, metavar="N", help="how often each question is seen")
    add("--learning-rate", type=float, metavar="R", help="how far a step goes")
    add("--batch", type=int, metavar="N", help="questions in a step")
    add("--tokens", type=int, metavar="N", help="of each text, read while training")
    add("--seed", type=int, default=0, metavar="S", help="another split of the questions (0)")
    add("--dry-run", action="store_true", help="only report; the model in use stays")
    add("--output", type=Path, metavar="FILE", help="write the report as JSON")
    add("--reset", action="store_true", help="go back to the model before")
    add("--json", action="store_true", help="print one JSON object")
    add_store_arguments(parser)
    parser.set_defaults(command=_tune)


def _tune(options: argparse.Namespace) -> int:
    from rag_app.cli.insights.command import steps_on_terminal
    from rag_app.opening import open_engine
    from rag_app.tuning.records import TuneOptions
    from rag_app.tuning.tune import tune

    if options.made < 0:
        raise UsageError("--made is a number of questions, 0 for none")
    if options.reset:
        return _reset(options)
    given = {
        name: getattr(options, name)
        for name in ("minutes", "epochs", "learning_rate", "batch", "tokens", "seed")
        if getattr(options, name) is not None
    }
    chosen = TuneOptions(**given)
    lower_priority()
    with (
        open_engine(options.store, collection=options.collection) as engine,
        steps_on_terminal() as steps,
    ):
        report = tune(
            engine,
            options.questions,
            made=options.made,
            by_llm=options.by_llm,
            dry_run=options.dry_run,
            options=chosen,
            steps=steps,
        )
    if report.adopted:
        audit_command(options, "tune", [str(report.model)])
    if options.output:
        _write(options.output, report.summary())
    if options.json:
        print_json(report.summary())
    else:
        show(report.text())
    return 0


def _reset(options: argparse.Namespace) -> int:
    from ingest.progress import progress_for_terminal
    from ingest.settings import IndexSettings, load_settings
    from rag_app.tuning.adopt import reset

    settings = load_settings(IndexSettings, store=options.store, collection=options.collection)
    was_tuned = reset(settings, progress_for_terminal())
    said = f"{settings.embedding_model} is in use again." if was_tuned else (
        f"The collection {settings.collection!r} has no tuned model."
    )  # fmt: skip
    if options.json:
        print_json({"reset": was_tuned, "model": settings.embedding_model})
    else:
        show(said)
    return 0


def _write(path: Path, summary: dict[str, Any]) -> None:
    import json

    from ingest.atomic_files import write_atomically

    try:
        write_atomically(path, json.dumps(summary, indent=1) + "\n")
    except OSError as error:
        raise UsageError(
            f"The report cannot be written to {path}: {error.strerror or error}"
        ) from None
