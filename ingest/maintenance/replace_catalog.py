"""A catalog prepared in a file of its own takes the place of a collection's, in one transaction.

Used where everything changes at once: ``ingest.maintenance.backup`` and
``ingest.maintenance.reembed``.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from ingest.catalog.schema import set_incarnation
from ingest.catalog.view import Catalog, translated_errors
from ingest.catalog.writer import CatalogWriter
from ingest.errors import StoreEmpty
from ingest.index import process as index_process
from ingest.index import writer as index_writer
from ingest.store.directory import Store


def take_over(store: Store, prepared: Path) -> int:
    """Put a prepared catalog in place of a collection's; returns its number of documents.

    The caller holds the write lock. Killed at any moment, the collection is what it was, or what
    was prepared. The index is made anew from it; nothing is embedded. The prepared file is removed
    when all that it holds is in the collection. Raises StoreError; IndexNotWritten after that.
    """
    with translated_errors(prepared):
        _make_newer(prepared, _generation(store))
        _take_page_size(prepared, store.catalog_path)
    # No index may be taken for one of what comes: searches compare every vector until it is made.
    index_writer.drop(store.index_directory)
    with (
        translated_errors(store.catalog_path),
        closing(sqlite3.connect(store.catalog_path, timeout=30)) as catalog,
        closing(sqlite3.connect(prepared)) as content,
    ):
        content.backup(catalog)
    discard(prepared)
    with CatalogWriter(store.catalog_path) as written:
        index_process.refresh(store, written)
        return len(written.documents())


def discard(prepared: Path) -> None:
    """Remove a prepared catalog with its journals, or what a killed process left of them."""
    for part in prepared.parent.glob(f"{prepared.name}*"):
        part.unlink()


def _make_newer(prepared: Path, generation: int) -> None:
    """Make everything newer than a generation, so that whoever still has an index of the
    collection as it was takes all of it as new."""
    with closing(sqlite3.connect(prepared)) as copy, copy:
        own = copy.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()[0]
        newer = generation + int(own)
        copy.execute("UPDATE meta SET value = ? WHERE key = 'generation'", (str(newer),))
        copy.execute("UPDATE chunks SET generation = generation + ?", (generation,))
        set_incarnation(copy)


def _take_page_size(prepared: Path, catalog: Path) -> None:
    """A copy goes only into a catalog with pages as large; an earlier version had smaller ones."""
    if not catalog.exists():
        return
    with closing(sqlite3.connect(catalog)) as connection:
        [wanted] = connection.execute("PRAGMA page_size").fetchone()
    with closing(sqlite3.connect(prepared, isolation_level=None)) as copy:
        if copy.execute("PRAGMA page_size").fetchone() != (wanted,):
            copy.execute("PRAGMA journal_mode = DELETE")  # in WAL mode it cannot change
            copy.execute(f"PRAGMA page_size = {wanted}")
            copy.execute("VACUUM")


def _generation(store: Store) -> int:
    try:
        with Catalog(store.catalog_path).reading() as view:
            return view.generation()
    except StoreEmpty:
        return 0
