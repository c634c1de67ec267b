"""The grammar of filters in plain Python, which the SQL is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.catalog.fields import folders_of


@dataclass(frozen=True)
class Passage:
    """One chunk under one name."""

    name: str
    id: str
    page: int | None
    headings: list[str]
    kind: str
    title: str | None
    language: str | None
    modified: datetime
    own: Mapping[str, Any]


def passes(where: Mapping[str, Any], passage: Passage) -> bool:
    """The grammar in plain Python."""
    for name, wanted in where.items():
        if name in ("$and", "$or"):
            join = all if name == "$and" else any
            if not join(passes(part, passage) for part in wanted):
                return False
            continue
        comparisons = wanted if isinstance(wanted, Mapping) else {"$eq": wanted}
        if not all(
            holds(operator, name, value, passage) for operator, value in comparisons.items()
        ):
            return False
    return True


def holds(operator: str, name: str, wanted: Any, passage: Passage) -> bool:
    if operator in ("$ne", "$nin"):
        return not holds({"$ne": "$eq", "$nin": "$in"}[operator], name, wanted, passage)
    if operator == "$in":
        return any(holds("$eq", name, one, passage) for one in wanted)
    if name == "modified":
        start = datetime.fromisoformat(wanted)
        start = start if start.tzinfo else start.replace(tzinfo=UTC)
        end = start + (timedelta(days=1) if len(wanted) == 10 else timedelta(seconds=1))
        now = passage.modified
        return {
            "$eq": start <= now < end,
            "$gt": now >= end,
            "$gte": now >= start,
            "$lt": now < start,
            "$lte": now < end,
        }[operator]
    if name == "folder":
        wanted = wanted.rstrip("/")
    return any(compare(operator, value, wanted) for value in values_of(name, passage))


def values_of(name: str, passage: Passage) -> list[Any]:
    built_in: dict[str, list[Any]] = {
        "document": [passage.name],
        "folder": list(folders_of(passage.name)),
        "type": [passage.kind],
        "kind": [passage.kind],
        "title": [passage.title],
        "language": [passage.language],
        "heading": list(passage.headings),
        "page": [passage.page],
    }
    if name in built_in:
        return built_in[name]
    value = passage.own.get(name)
    return value if isinstance(value, list) else [value]


def compare(operator: str, value: Any, wanted: Any) -> bool:
    if kind(value) != kind(wanted) or value is None:
        return False
    if isinstance(value, int) and abs(value) >= 2**63:
        value = float(value)
    return {
        "$eq": value == wanted,
        "$gt": value > wanted,
        "$gte": value >= wanted,
        "$lt": value < wanted,
        "$lte": value <= wanted,
    }[operator]


def kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else type(value).__name__
