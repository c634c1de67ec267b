"""Backup and restore: a collection to one file and back.

The file is a copy of the catalog, which holds all that cannot be made again: documents, texts,
vectors, receipts; and in it the collection's calibration. It is taken in one transaction by
SQLite's own backup (https://www.sqlite.org/backup.html), so ingestion may run meanwhile.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ingest.catalog.files import check_backup, copy_catalog, pop_meta, put_meta, source_folders
from ingest.catalog.view import Catalog
from ingest.errors import StoreError, UsageError
from ingest.maintenance.replace_catalog import discard, replace_catalog
from ingest.paths import path_text
from ingest.private import make_file
from ingest.run.last_run import FOLDERS, SOURCES, is_in
from ingest.store.directory import Store

# Under which name a backup has the collection's calibration.
CALIBRATION = "calibration"


def backup(store: Store, target: Path) -> int:
    """Back a collection up to a file, or replace it; returns the number of documents.

    Raises StoreEmpty if there is nothing to back up, StoreError if the file cannot be written.
    """
    meta = {}
    with suppress(OSError, UnicodeDecodeError):  # not every collection has one
        meta[CALIBRATION] = store.calibration_path.read_text(encoding="utf-8")
    try:
        copy_catalog(Catalog(store.catalog_path), target, meta)
    except OSError as error:
        raise StoreError(
            f"The backup {target} cannot be written ({error.strerror or error}); choose another "
            "folder"
        ) from None
    with Catalog(target).reading() as written:
        return written.document_count()


def restore(
    store: Store,
    source: Path,
    *,
    wait_seconds: float,
    confirm: Callable[[list[str]], bool] | None = None,
) -> int:
    """Restore a collection from a backup; returns the number of documents.

    ``confirm`` is asked whether files in these folders, which the backup names, may be read again
    when they change; without it they may not. Nothing is embedded; the index is made anew.

    Raises UsageError if the file is no backup, StoreLocked if another process is writing,
    StoreError.
    """
    if not source.is_file():
        raise UsageError(f"There is no backup {source}")
    check_backup(source)
    prepared = store.restoring_path
    with store.write_lock(wait_seconds):
        try:
            make_file(prepared)
            shutil.copyfile(source, prepared)
            calibration = pop_meta(prepared, CALIBRATION)  # in a collection it is a file
            _confirm_sources(store, prepared, confirm)
            documents = replace_catalog(store, prepared)
            store.write_calibration(calibration)
            return documents
        except OSError as error:
            raise StoreError(
                f"The backup {source} cannot be copied to {store.directory} "
                f"({error.strerror or error}); free some space there, then run this again"
            ) from None
        finally:
            discard(prepared)


def _confirm_sources(
    store: Store, prepared: Path, confirm: Callable[[list[str]], bool] | None
) -> None:
    """Keep of the folders in a backup those in the store, and others if a person says so."""
    try:
        listed = json.loads(pop_meta(prepared, FOLDERS) or "[]")
    except ValueError:
        listed = []
    folders = {str(one) for one in listed} if isinstance(listed, list) else set()
    pop_meta(prepared, SOURCES)
    own = path_text(store.directory.resolve())
    named = folders | source_folders(prepared)
    outside = sorted(one for one in named if not is_in([own], one))
    confirmed = bool(outside) and confirm is not None and confirm(outside)
    kept = sorted(folders if confirmed else folders - set(outside))
    put_meta(prepared, FOLDERS, json.dumps(kept, ensure_ascii=False))
    put_meta(prepared, SOURCES, json.dumps(outside if confirmed else [], ensure_ascii=False))
