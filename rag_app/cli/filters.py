"""Filters on the command line: ``--where JSON``, and what is asked for most in a word."""

from __future__ import annotations

import argparse
import json
from typing import Any

from ingest.catalog.filters import parse_filter
from ingest.errors import UsageError

EXAMPLE = """--where '{"author": "Ada", "year": {"$gte": 2021}}'"""


def add_filter_arguments(parser: argparse.ArgumentParser) -> None:
    """``--where``, ``--document``, ``--folder`` and ``--type``. All that are given have to hold."""
    parser.add_argument("--where", metavar="JSON", help=f"only what passes a filter: {EXAMPLE}")
    for name, meaning in (
        ("document", "only this document"),
        ("folder", "only what is in this folder or below it"),
        ("type", "only documents of this type, such as pdf or markdown"),
    ):
        parser.add_argument(
            f"--{name}",
            action="append",
            metavar=name.upper(),
            help=f"{meaning}; given twice, either",
        )


def filter_of(options: argparse.Namespace) -> dict[str, Any] | None:
    """The filter that the arguments ask for, None if they ask for none. Raises UsageError."""
    parts: list[dict[str, Any]] = []
    if options.where is not None:
        try:
            where = json.loads(options.where)
        except (ValueError, RecursionError):
            raise UsageError(f"--where is not JSON; it is like {EXAMPLE}") from None
        try:
            # "null" was typed, so it is a filter, and a wrong one.
            parse_filter({} if where is None else where)
        except UsageError as error:
            raise UsageError(f"--where: {error}; it is like {EXAMPLE}") from None
        parts.append(where)
    for name in ("document", "folder", "type"):
        chosen = getattr(options, name)
        if chosen:
            parts.append({name: {"$in": chosen}})
    if len(parts) < 2:
        return parts[0] if parts else None
    return {"$and": parts}
