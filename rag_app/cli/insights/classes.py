"""The command ``rag-app insights classes``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ingest.cli import show
from rag_app.cli.insights.command import add_insight, run_insight


def add_classes_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and its arguments."""
    parser = add_insight(
        commands, "classes", "labels for all documents, learned from a few examples", _run
    )
    add = parser.add_argument
    add("examples", type=Path, metavar="EXAMPLES",
        help='CSV with the column "label", and "document" or "text"')  # fmt: skip
    add("--text", action="append", default=[], help="a text to classify, such as a question")
    add("--accuracy", type=float, default=0.95, metavar="SHARE",
        help="abstain where fewer would be right (0.95)")  # fmt: skip
    add("--field", metavar="NAME",
        help="write the labels to metadata.jsonl beside the documents, for filters")  # fmt: skip


def _run(options: argparse.Namespace) -> int:
    from dataclasses import astuple

    from ingest.errors import UsageError
    from rag_app.insights.classes.field import write_field
    from rag_app.insights.classes.learn import learn_classes, read_examples
    from rag_app.insights.classes.records import Classes

    if not 0 <= options.accuracy <= 1:
        raise UsageError("--accuracy is a share, 0 to 1; leave it out for 0.95")
    examples = read_examples(options.examples)
    lines: list[str] = []

    def make(engine: Any, where: Any, steps: Any) -> Classes:
        return learn_classes(
            engine.collection, engine.embedder, examples, where,
            texts=options.text, accuracy=options.accuracy, steps=steps,
        )  # fmt: skip

    def finish(engine: Any, classes: Classes) -> None:
        if options.field:
            done = write_field(engine.collection, classes, options.field)
            folders = " ".join(f"'{path.parent}'" for path in done.sidecars)
            lines.append(
                f"{options.field!r} is written for {done.labelled} documents ({done.kept} keep "
                f"what somebody gave them). It counts after: rag-app ingest {folders}"
            )

    asked = {
        "examples": [astuple(one) for one in examples],
        "texts": options.text,
        "accuracy": options.accuracy,
    }
    code = run_insight(options, Classes, asked, make, finish)
    if lines and not options.json:
        show("\n".join(lines))
    return code
