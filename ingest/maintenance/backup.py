"""A collection to one file and back.

The file is a copy of the catalog, which holds all that cannot be made again: documents, texts,
vectors, receipts; and in it the collection's calibration. It is taken in one transaction by
SQLite's own backup (https://www.sqlite.org/backup.html), so ingestion may run meanwhile.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ingest.catalog.schema import SCHEMA_VERSION
from ingest.catalog.view import Catalog, translated_errors
from ingest.errors import StoreError, UsageError
from ingest.maintenance.replace_catalog import discard, take_over
from ingest.store.directory import Store

# Under which name a backup has the collection's calibration.
CALIBRATION = "calibration"


def backup(store: Store, target: Path) -> int:
    """Write a collection to a file, in place of what it held; returns the number of documents.

    Raises StoreEmpty if there is nothing to back up, StoreError if the file cannot be written.
    """
    with Catalog(store.catalog_path).reading() as view:
        with _replaced(target) as new, closing(sqlite3.connect(new)) as copy:
            view.connection.execute("COMMIT")  # a backup is a reading of its own
            view.connection.backup(copy)
            _keep_calibration(store, copy)
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
    prepared = store.restoring_path
    with store.write_lock(wait_seconds):
        try:
            shutil.copyfile(source, prepared)
            calibration = _kept_calibration(prepared)
            documents = take_over(store, prepared)
            store.write_calibration(calibration)
            return documents
        except OSError as error:
            raise StoreError(
                f"The backup {source} cannot be copied to {store.directory} "
                f"({error.strerror or error}); free some space there, then run this again"
            ) from None
        finally:
            discard(prepared)


def _keep_calibration(store: Store, copy: sqlite3.Connection) -> None:
    """Put the collection's calibration, if it has one, into a copy of its catalog."""
    try:
        text = store.calibration_path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return
    with copy:
        copy.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (CALIBRATION, text))


def _kept_calibration(prepared: Path) -> str | None:
    """What is in a backup, taken out of it: in a collection it is a file of its own."""
    with translated_errors(prepared), closing(sqlite3.connect(prepared)) as copy, copy:
        row = copy.execute("SELECT value FROM meta WHERE key = ?", (CALIBRATION,)).fetchone()
        copy.execute("DELETE FROM meta WHERE key = ?", (CALIBRATION,))
    return None if row is None else str(row[0])


@contextmanager
def _replaced(target: Path) -> Iterator[Path]:
    """A file beside the target that takes its place when all has gone well. Of a process that was
    killed it stays, until the next backup to the same place begins with it."""
    new = target.with_name(f".{target.name}.unfinished")
    try:
        new.unlink(missing_ok=True)
        new.touch()
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
    if not 0 < version <= SCHEMA_VERSION:
        raise UsageError(f"{source} is not a backup of this version of rag-app")
