"""Gives the room of what was deleted from a catalog back to the disk."""

from __future__ import annotations

from ingest.catalog.view import translated_errors
from ingest.catalog.writer import CatalogWriter

# Below one free page in so many they are kept: what comes next takes them.
FREE_SHARE = 10


def give_back_room(catalog: CatalogWriter) -> None:
    """Give free pages back where they are many. Raises StoreError if that cannot be written."""
    with translated_errors(catalog.path):
        free, pages, gives_back = (
            catalog.connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("freelist_count", "page_count", "auto_vacuum")
        )
        if free * FREE_SHARE <= pages:
            return
        if gives_back:
            # As a script, because it is a step for each page, and execute() takes one.
            catalog.connection.executescript("PRAGMA incremental_vacuum")
        else:  # made by a version that did not ask for it
            catalog.connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            catalog.connection.execute("VACUUM")
