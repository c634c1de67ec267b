"""The second step of renaming a collection: its files went along, and its catalog is told so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ingest.catalog.files import move_sources
from ingest.store.identity import Note, write_note


def finish_move(catalog_path: Path, note: Note, name: str) -> None:
    """Have a collection that is called ``name`` now know that the files in its directory went with
    it, and its note know its name. Who calls this has the lock. Raises StoreError, OSError."""
    directory = catalog_path.parent
    if catalog_path.exists() and note.moved_from is not None:
        move_sources(catalog_path, note.moved_from, str(directory.resolve()))
    write_note(directory, replace(note, names=(name,), moved_from=None))
