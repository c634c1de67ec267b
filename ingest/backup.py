"""A collection to one file and back.

The file is a copy of the catalog, which holds all that cannot be made again: documents, texts,
vectors, receipts. It is taken in one transaction by SQLite's own backup
(https://www.sqlite.org/backup.html), so ingestion may run meanwhile.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from ingest import vectors
from ingest.catalog import SCHEMA_VERSION, Catalog, translated_errors
from ingest.catalog_writer import CatalogWriter
from ingest.errors import StoreEmpty, StoreError, UsageError
from ingest.store import Store


def backup(store: Store, target: Path) -> int:
    """Write a collection to a file, in place of what it held; returns the number of documents.

    Raises StoreEmpty if there is nothing to back up, StoreError if the file cannot be written.
    """
    with Catalog(store.catalog_path).reading() as view:
        with _replaced(target) as new, closing(sqlite3.connect(new)) as copy:
            view.connection.execute("COMMIT")  # a backup is a reading of its own
            view.connection.backup(copy)
            # One file, also for those who open it elsewhere: no journal beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
        with Catalog(target).reading() as written:
            return len(written.documents())


def restore(store: Store, source: Path, *, wait_seconds: float) -> int:
    """Put a backup in place of a collection; returns the number of documents.

    Nothing is embedded; the index is made anew. Raises UsageError if the file is no backup,
    StoreLocked if another process is writing, StoreError.
    """
    _check(source)
    with store.write_lock(wait_seconds):
        before = _generation(store)
        # Prepared aside, then taken over in one transaction: killed at any moment, the collection
        # is what it was or what the backup holds.
        with _prepared(store.directory, source, before) as prepared:
            shutil.rmtree(store.index_directory, ignore_errors=True)
            with (
                translated_errors(store.catalog_path),
                closing(sqlite3.connect(store.catalog_path, timeout=30)) as catalog,
                closing(sqlite3.connect(prepared)) as content,
            ):
                content.backup(catalog)
        with CatalogWriter(store.catalog_path) as catalog_writer:
            vectors.refresh(catalog_writer, store.index_directory)
            return len(catalog_writer.documents())


@contextmanager
def _prepared(folder: Path, source: Path, generation: int) -> Iterator[Path]:
    """A copy of a backup in which everything is newer than a generation.

    Whoever has an index of the collection as it was then sees all of it as new.
    """
    with NamedTemporaryFile(dir=folder, prefix="restore-", suffix=".sqlite3") as file:
        path = Path(file.name)
        shutil.copyfile(source, path)
        with closing(sqlite3.connect(path)) as copy, copy:
            own = copy.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()[0]
            newer = max(generation, int(own)) + 1
            copy.execute("UPDATE meta SET value = ? WHERE key = 'generation'", (str(newer),))
            copy.execute("UPDATE chunks SET generation = ?", (newer,))
            copy.execute("DELETE FROM removed")
        yield path


@contextmanager
def _replaced(target: Path) -> Iterator[Path]:
    """A temporary file that takes the target's place when all has gone well."""
    try:
        with NamedTemporaryFile(dir=target.parent, prefix=".backup-", delete=False) as file:
            new = Path(file.name)
    except OSError as error:
        raise StoreError(
            f"The backup {target} cannot be written ({error.strerror or error}); choose another "
            "folder"
        ) from None
    try:
        with translated_errors(target):
            yield new
        os.replace(new, target)  # noqa: PTH105 (as whole as the file system can)
    finally:
        new.unlink(missing_ok=True)


def _check(source: Path) -> None:
    """Raise UsageError if a file is no sound backup of this version."""
    if not source.is_file():
        raise UsageError(f"There is no backup {source}")
    try:
        with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as file:
            [(version,)] = file.execute("PRAGMA user_version").fetchall()
            problems = file.execute("PRAGMA integrity_check").fetchall()
    except sqlite3.Error as error:
        raise UsageError(f"{source} is not a backup of rag-app ({error})") from None
    if problems != [("ok",)]:
        raise UsageError(f"The backup {source} is damaged ({problems[0][0]}); use another one")
    if version != SCHEMA_VERSION:
        raise UsageError(f"{source} is not a backup of this version of rag-app")


def _generation(store: Store) -> int:
    try:
        with Catalog(store.catalog_path).reading() as view:
            return view.generation()
    except StoreEmpty:
        return 0
