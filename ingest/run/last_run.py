"""The last run that changed anything, and the folders that are ingested as a whole.

Both are kept in the catalog, so that the page can tell what happened on the command line, too.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingest.catalog.view import CatalogView
from ingest.catalog.writer import CatalogWriter
from ingest.paths import is_inside, path_text
from ingest.records import FileReceipt, IngestReport

RUN, FOLDERS = "last_run", "folders"
# In a collection from a backup: the places outside it that a person confirmed, as a JSON list.
SOURCES = "sources"
# A run over a million files is told by its counts; nobody reads more receipts than these.
MOST_KEPT = 500
# What a reader wants to see first, should not all be kept.
FIRST = ("failed", "skipped", "deleted", "updated", "added")


@dataclass(frozen=True, slots=True)
class LastRun:
    """What a run did, as far as it is kept.

    ``ended`` is a time, ISO 8601 in UTC. ``counts`` are those of its IngestReport; of its receipts
    those that are not "unchanged" are here, at most ``MOST_KEPT``.
    """

    ended: str
    counts: dict[str, int]
    receipts: tuple[FileReceipt, ...]


def remember_run(
    catalog: CatalogWriter, receipts: Sequence[FileReceipt], folders: Iterable[Path] = ()
) -> None:
    """Store what a run did, if it did anything, and the folders that it was given."""
    changed = [receipt for receipt in receipts if receipt.status in FIRST]
    if changed:
        changed.sort(key=lambda receipt: FIRST.index(receipt.status))
        value = {
            "ended": datetime.now(UTC).isoformat(timespec="seconds"),
            "counts": IngestReport(tuple(receipts), 0.0).counts,
            "receipts": [astuple(receipt) for receipt in changed[:MOST_KEPT]],
        }
        catalog.set_meta(RUN, json.dumps(value, ensure_ascii=False))
    before = ingested_folders(catalog)
    now = _widest({*before, *map(path_text, folders)})
    if now != before:
        catalog.set_meta(FOLDERS, json.dumps(now, ensure_ascii=False))


def last_run(view: CatalogView) -> LastRun | None:
    """The last run that changed anything; None before the first."""
    value = view.meta(RUN)
    if value is None:
        return None
    kept = json.loads(value)
    receipts = tuple(FileReceipt(*receipt) for receipt in kept["receipts"])
    return LastRun(kept["ended"], kept["counts"], receipts)


def ingested_folders(view: CatalogView) -> list[str]:
    """The folders that were ingested as a whole, in order."""
    value = view.meta(FOLDERS)
    return [] if value is None else [str(folder) for folder in json.loads(value)]


def is_followed(view: CatalogView, own: Path, source: str) -> bool:
    """Whether changes of a file may be brought in. ``own`` is the directory of the collection.

    Of what a backup brought, only files that are the collection's own, and those in folders that
    a person confirmed or has ingested since.
    """
    confirmed = view.meta(SOURCES)
    if confirmed is None:
        return True
    places = {path_text(own.resolve()), *map(str, json.loads(confirmed)), *ingested_folders(view)}
    return is_in(places, source)


def is_in(places: Iterable[str], source: str) -> bool:
    """Whether a path is in one of the places, also after ``..`` in it."""
    plain = posixpath.normpath(source)
    return "\0" not in source and any(is_inside(plain, place) for place in places)


def _widest(folders: set[str]) -> list[str]:
    return sorted(
        folder
        for folder in folders
        if not any(other != folder and is_inside(folder, other) for other in folders)
    )
