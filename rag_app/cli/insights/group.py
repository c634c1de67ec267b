"""The group ``rag-app insights``: one line for each of its commands."""

from __future__ import annotations

import argparse
from typing import Any

from rag_app.cli.insights.bias import add_bias_command
from rag_app.cli.insights.classes import add_classes_command
from rag_app.cli.insights.comparing import add_analogy_command, add_compare_command
from rag_app.cli.insights.duplicates import add_duplicates_command
from rag_app.cli.insights.learn import add_learn_command
from rag_app.cli.insights.map import add_map_command
from rag_app.cli.insights.outliers import add_outliers_commands
from rag_app.cli.insights.related import add_recommend_command, add_related_command
from rag_app.cli.insights.topics import add_topics_command


def add_insights_commands(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the group and its commands."""
    parser = commands.add_parser(
        "insights", help="topics, a map, what does not belong: what the vectors know"
    )
    insights = parser.add_subparsers(title="insights", required=True, metavar="INSIGHT")
    add_topics_command(insights)
    add_map_command(insights)
    add_outliers_commands(insights)
    add_duplicates_command(insights)
    add_classes_command(insights)
    add_bias_command(insights)
    add_compare_command(insights)
    add_analogy_command(insights)
    add_related_command(insights)
    add_recommend_command(insights)
    add_learn_command(insights)
