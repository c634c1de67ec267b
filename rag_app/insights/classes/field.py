"""Labels as a field that filters know: written to ``metadata.jsonl`` beside the documents.

So they survive being ingested again, can be read and corrected by hand, and are ingested as all
metadata is (``ingest.sources.sidecar``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.atomic_files import write_atomically
from ingest.catalog.fields import RESERVED
from ingest.errors import UsageError
from ingest.sources.sidecar import KEYS, NAME
from rag_app.collection.collection import Collection
from rag_app.insights.classes.records import Classes

# Beside the label, by which what was predicted is told from what a person wrote.
PROBABILITY = "{}_probability"


@dataclass(frozen=True, slots=True)
class Written:
    """The sidecars that were written, how many documents got a label, and how many keep the one
    that somebody gave them."""

    sidecars: tuple[Path, ...]
    labelled: int
    kept: int


def write_field(collection: Collection, classes: Classes, field: str) -> Written:
    """Write the labels of documents as ``field``, with ``<field>_probability``, to the sidecar of
    the folder that each was ingested from. Other metadata stays; so does a value of the field
    without a probability, which a person gave. Counts with the next ingest.

    Raises UsageError for a name that is taken, or a folder that cannot be written.
    """
    if field in RESERVED or field.startswith("$") or field in KEYS or not field.strip():
        raise UsageError(f"“{field}” cannot be a field of your own; give another name")
    labels = {one.item: one for one in classes.documents}
    said: dict[Path, dict[str, dict[str, Any]]] = {}
    for document in collection.documents():
        found = labels.get(document.name)
        if found is None:
            found = next((labels[name] for name in document.same_as if name in labels), None)
        if found is None:
            continue
        label, probability = found.label, round(found.probability, 4)
        said.setdefault(Path(document.root), {})[document.name] = {
            field: label,
            PROBABILITY.format(field): probability if label else None,
        }
    labelled = kept = 0
    for root, entries in said.items():
        new, left = _write(root / NAME, entries, field)
        labelled, kept = labelled + new, kept + left
    return Written(tuple(root / NAME for root in said), labelled, kept)


def _write(path: Path, said: Mapping[str, Mapping[str, Any]], field: str) -> tuple[int, int]:
    if path.is_symlink():
        raise UsageError(f"{path} is a link, which is not written to; put the file itself there")
    lines: list[str] = []
    left = dict(said)
    labelled = kept = 0
    try:
        text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
        for line in filter(str.strip, text.split("\n")):
            entry, name = _entry(line)
            change = left.pop(name, None) if name is not None else None
            if entry is None or change is None:
                lines.append(line)
                continue
            if field in entry and PROBABILITY.format(field) not in entry:
                kept += 1
            else:
                entry |= change
                labelled += change[field] is not None
            entry = {key: value for key, value in entry.items() if value is not None}
            lines.append(json.dumps(entry, ensure_ascii=False))
        for name, change in left.items():
            if change[field] is not None:
                labelled += 1
                lines.append(json.dumps({"document": name, **change}, ensure_ascii=False))
        if lines or text:
            write_atomically(path, "".join(f"{line}\n" for line in lines))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be written ({error}); check its rights") from None
    return labelled, kept


def _entry(line: str) -> tuple[dict[str, Any] | None, str | None]:
    """A line as an object and the file that it is about; None for what is none, which stays."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None, None
    if not isinstance(entry, dict):
        return None, None
    name = next((entry[key] for key in KEYS if isinstance(entry.get(key), str)), None)
    return entry, name
