"""The second step of renaming a collection: its files went along, and its catalog is told so."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from ingest.catalog.view import translated_errors
from ingest.store.identity import Note, write_note

PATHS = (("documents", "source"), ("documents", "root"), ("receipts", "source"))


def finish_move(catalog_path: Path, note: Note, name: str) -> None:
    """Have a collection that is called ``name`` now know that the files in its directory went with
    it, and its note know its name. Who calls this has the lock. Raises StoreError, OSError."""
    directory = catalog_path.parent
    if catalog_path.exists() and note.moved_from is not None:
        before, after = note.moved_from, str(directory.resolve())
        with (
            translated_errors(catalog_path),
            closing(sqlite3.connect(catalog_path, timeout=30)) as catalog,
            catalog,
        ):
            for table, column in PATHS:
                catalog.execute(
                    f"UPDATE OR REPLACE {table} SET {column} = ? || substr({column}, ?)"
                    f" WHERE substr({column}, 1, ?) = ?",
                    (after, len(before) + 1, len(before) + 1, f"{before}/"),
                )
    write_note(directory, replace(note, names=(name,), moved_from=None))
