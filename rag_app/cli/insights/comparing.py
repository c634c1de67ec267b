"""The commands ``rag-app insights compare`` and ``analogy``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ingest.cli import print_json, show
from rag_app.cli.insights.command import add_insight, run_insight


def add_compare_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add ``compare``, which needs no collection."""
    parser = commands.add_parser("compare", help="how alike two texts are, sentence by sentence")
    add = parser.add_argument
    add("first", metavar="TEXT", help="a text, or @FILE for the text of a file")
    add("second", metavar="TEXT")
    add("--json", action="store_true", help="print one JSON object")
    add("--output", type=Path, metavar="FILE", help="write its rows as CSV")
    parser.set_defaults(command=_compare)


def add_analogy_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add ``analogy`` and its arguments."""
    parser = add_insight(commands, "analogy", "what is nearest to a sum of meanings", _analogy)
    add = parser.add_argument
    add("--plus", action="append", default=[], metavar="TEXT", help="add it; given twice, both")
    add("--minus", action="append", default=[], metavar="TEXT", help="take it away")
    add("-k", type=int, default=10, metavar="N", help="how many words and passages (10)")


def _compare(options: argparse.Namespace) -> int:
    from ingest.embed.embedder import embedder_of
    from ingest.settings import IndexSettings, load_settings
    from rag_app.insights.base.csv_table import write_csv
    from rag_app.insights.base.records import to_json
    from rag_app.insights.comparing.texts import compare_texts

    embedder = embedder_of(load_settings(IndexSettings))
    result = compare_texts(_text(options.first), _text(options.second), embedder)
    if options.output:
        write_csv(options.output, result.rows())
    if options.json:
        print_json(to_json(result))
    else:
        show(result.text())
    return 0


def _text(given: str) -> str:
    from ingest.errors import UsageError

    if not given.startswith("@"):
        return given
    try:
        return Path(given[1:]).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{given[1:]} cannot be read as text ({error}); give a file in UTF-8"
        ) from None


def _analogy(options: argparse.Namespace) -> int:
    from rag_app.insights.comparing.analogy import Analogy, analogy

    return run_insight(
        options,
        Analogy,
        {"plus": options.plus, "minus": options.minus, "k": options.k},
        lambda engine, where, steps: analogy(
            engine.collection, engine.embedder, options.plus, options.minus, where,
            k=options.k, steps=steps,
        ),
    )  # fmt: skip
