"""Metadata fields that filters can name: those that are built in, and documents' own."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ingest.paths import folder_of, with_above
from ingest.records import FieldKind

BUILT_IN: Mapping[str, FieldKind] = {
    "document": "text",
    "folder": "text",
    "type": "text",
    "language": "text",
    "title": "text",
    "heading": "text",
    "page": "number",
    "modified": "time",
}
"""Fields that every document has, or can have, and what their values are."""

# And names that mean, or show, the same in a hit's metadata. None of them can be a field of one's
# own; the fourth version of the schema has them too.
RESERVED = frozenset({*BUILT_IN, "kind", "documents", "headings"})

_LARGEST = 2**63


def entries_of(metadata: Mapping[str, Any]) -> Iterator[tuple[str, FieldKind, str | int | float]]:
    """(name, kind, value) for each value that a filter can compare, and each entry of a list.

    Mappings and lists in lists have none, and a name that is built in means what it always means.
    A name with ``$`` before it would be an operator.
    """
    for name, value in metadata.items():
        if name in RESERVED or name.startswith("$"):
            continue
        for one in value if isinstance(value, list) else [value]:
            kind = kind_of(one)
            if kind is not None:
                yield name, kind, storable(one)


def kind_of(value: Any) -> FieldKind | None:
    """The kind of a value; only values of one kind are compared. None for anything else."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else None


def storable(value: Any) -> str | int | float:
    """A value as SQLite holds it, where whole numbers have 64 bits."""
    if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
        try:
            return float(value)
        except OverflowError:
            return math.copysign(math.inf, value)
    stored: str | int | float = value
    return stored


def merged_metadata(found: str, said: str) -> dict[str, Any]:
    """A file's own metadata, overridden by what sidecars say. Both are JSON."""
    return {**json.loads(found), **(json.loads(said) if said != "{}" else {})}


def folders_of(name: str) -> list[str]:
    """The folder of a document and those above it, outermost first; of one in none, ``[""]``."""
    return with_above(folder_of(name))


def iso_time(modified_ns: int) -> str:
    """Nanoseconds since 1970 as ISO 8601, in UTC, to the second."""
    return datetime.fromtimestamp(modified_ns / 1e9, tz=UTC).isoformat(timespec="seconds")
