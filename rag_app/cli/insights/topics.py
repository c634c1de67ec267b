"""The command ``rag-app insights topics``."""

from __future__ import annotations

import argparse
from typing import Any

from rag_app.cli.insights.command import add_insight, run_insight


def add_topics_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and its arguments."""
    parser = add_insight(commands, "topics", "what the passages are about, in layers", _topics)
    add = parser.add_argument
    add("--method", default="graph", metavar="NAME", help="graph (default), kmeans, hdbscan")
    add("--count", type=int, metavar="N", help="with kmeans: how many topics")
    add("--seed", type=int, default=0, metavar="S", help="another beginning (0)")


def _topics(options: argparse.Namespace) -> int:
    from rag_app.insights.topics.records import Topics
    from rag_app.insights.topics.topics import find_topics

    asked = {name: getattr(options, name) for name in ("method", "count", "seed")}
    return run_insight(
        options,
        Topics,
        asked,
        lambda engine, where, steps: find_topics(
            engine.collection, where, llm=engine.llm, prompts=engine.prompts, steps=steps, **asked
        ),
    )
