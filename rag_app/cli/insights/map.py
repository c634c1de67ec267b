"""The command ``rag-app insights map``."""

from __future__ import annotations

import argparse
from typing import Any

from rag_app.cli.insights.command import add_insight, run_insight


def add_map_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and its arguments."""
    parser = add_insight(commands, "map", "every passage as a point on a plane", _map)
    add = parser.add_argument
    add("--method", metavar="NAME", help="pca, tsne, umap (tsne if it is quick enough, else pca)")
    add("--seed", type=int, default=0, metavar="S", help="another beginning (0)")


def _map(options: argparse.Namespace) -> int:
    from rag_app.insights.map.map import PassageMap, make_map

    asked = {"method": options.method, "seed": options.seed}
    return run_insight(
        options,
        PassageMap,
        asked,
        lambda engine, where, steps: make_map(engine.collection, where, steps=steps, **asked),
    )
