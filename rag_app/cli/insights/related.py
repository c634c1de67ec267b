"""The commands ``rag-app insights related`` and ``recommend``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rag_app.cli.insights.command import add_insight, run_insight


def add_related_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add ``related`` and its arguments."""
    parser = add_insight(commands, "related", "documents and passages near to one", _related)
    add = parser.add_argument
    add("of", metavar="NAME", help="the document")
    add("--at", type=int, metavar="OFFSET", help="of its passage there, related passages")
    add("-k", type=int, default=10, metavar="N", help="how many (10)")


def add_recommend_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add ``recommend`` and its arguments."""
    parser = add_insight(
        commands, "recommend", "documents for somebody, by what they read and liked", _recommend
    )
    add = parser.add_argument
    add("--history", type=Path, metavar="FILE",
        help="CSV: user, item, weight; else what the chat's answers cited")  # fmt: skip
    add("--user", default="", metavar="NAME", help="whose; nobody's if left out")
    add("-k", type=int, default=10, metavar="N", help="how many (10)")
    add("--diversity", type=float, default=0.2, metavar="SHARE",
        help="0: by score alone; 1: as different as can be (0.2)")  # fmt: skip


def _related(options: argparse.Namespace) -> int:
    from rag_app.insights.related.records import Related
    from rag_app.insights.related.related import related

    return run_insight(
        options,
        Related,
        {"of": options.of, "at": options.at, "k": options.k},
        lambda engine, where, steps: related(
            engine.collection, options.of, where, at=options.at, k=options.k, steps=steps
        ),
    )


def _recommend(options: argparse.Namespace) -> int:
    from dataclasses import astuple

    from ingest.errors import UsageError
    from rag_app.conversation.store import Conversations
    from rag_app.insights.related.cited import cited_in_chat
    from rag_app.insights.related.recommend import read_history, recommend
    from rag_app.insights.related.records import Recommendations
    from rag_app.opening import open_engine

    if not 0 <= options.diversity <= 1:
        raise UsageError("--diversity is a share, 0 to 1; leave it out for 0.2")
    if options.history:
        history = read_history(options.history)
    else:
        with open_engine(options.store, collection=options.collection) as engine:
            history = cited_in_chat(Conversations(engine.store, options.user), options.user)
    asked = {"user": options.user, "k": options.k, "diversity": options.diversity}
    return run_insight(
        options,
        Recommendations,
        {**asked, "history": [astuple(one) for one in history]},
        lambda engine, where, steps: recommend(
            engine.collection, history, where=where, steps=steps, **asked
        ),
    )
