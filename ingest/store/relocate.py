"""The second step of renaming a collection: paths in its catalog follow the directory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ingest.catalog.files import move_sources
from ingest.store.identity import Note, write_note


def finish_move(catalog_path: Path, note: Note, name: str) -> None:
    """Update the paths in the catalog of a renamed collection, and its note.

    ``name`` is what it is called now. The caller holds the lock. Raises StoreError, OSError.
    """
    directory = catalog_path.parent
    if catalog_path.exists() and note.moved_from is not None:
        move_sources(catalog_path, note.moved_from, str(directory.resolve()))
    write_note(directory, replace(note, names=(name,), moved_from=None))
