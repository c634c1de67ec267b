"""The group ``rag-app insights``: one line for each of its commands."""

from __future__ import annotations

import argparse
from typing import Any

from rag_app.cli.insights.bias import add_bias
from rag_app.cli.insights.classes import add_classes
from rag_app.cli.insights.comparing import add_analogy, add_compare
from rag_app.cli.insights.duplicates import add_duplicates
from rag_app.cli.insights.related import add_recommend, add_related


def add_insights_commands(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the group and its commands."""
    parser = commands.add_parser(
        "insights", help="topics, a map, what does not belong: what the vectors know"
    )
    topics = parser.add_subparsers(title="insights", required=True, metavar="INSIGHT")
    add_duplicates(topics)
    add_classes(topics)
    add_bias(topics)
    add_compare(topics)
    add_analogy(topics)
    add_related(topics)
    add_recommend(topics)
