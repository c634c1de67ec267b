"""A catalog as one file: copied, checked, replaced as a whole, adapted to a renamed folder.

The caller holds the store's write lock, but for ``copy_catalog`` and ``check_backup``, which read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from ingest.atomic_files import replaced_file
from ingest.catalog.connection import translated_errors
from ingest.catalog.schema import SCHEMA_VERSION, VERSIONS, set_incarnation, values_problem
from ingest.catalog.tables import check_tables, connect
from ingest.catalog.view import Catalog
from ingest.errors import StoreEmpty, UsageError

_PATHS = (("documents", "source"), ("documents", "root"), ("receipts", "source"))


def copy_catalog(catalog: Catalog, target: Path, meta: Mapping[str, str]) -> None:
    """Copy a catalog to a file in one transaction, also while it is written, with more ``meta``.

    By SQLite's online backup (https://www.sqlite.org/backup.html). Raises StoreEmpty, StoreError,
    and OSError where the target cannot be written.
    """
    with (
        catalog.reading() as view,
        replaced_file(target, "unfinished") as new,
        translated_errors(target),
        closing(connect(new)) as copy,
    ):
        view.connection.execute("COMMIT")  # a backup is a reading of its own
        view.connection.backup(copy)
        with copy:
            copy.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", meta.items())
        # One file, also for those who open it elsewhere: no journal beside it.
        copy.execute("PRAGMA journal_mode = DELETE")


def check_backup(path: Path) -> None:
    """Raise UsageError if a file is no sound copy of a catalog that this version can read,
    StoreError if its tables are not ours."""
    try:
        with closing(connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as file:
            [(version,)] = file.execute("PRAGMA user_version").fetchall()
            if 0 < version <= SCHEMA_VERSION:
                check_tables(file, path, VERSIONS, version)
            problems = file.execute("PRAGMA integrity_check").fetchall()
            wrong = values_problem(file)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not a backup of rag-app ({error})") from None
    if problems != [("ok",)] or wrong:
        raise UsageError(
            f"The backup {path} is damaged ({wrong or problems[0][0]}); use another one"
        )
    if not 0 < version <= SCHEMA_VERSION:
        raise UsageError(f"{path} is not a backup of this version of rag-app")


def pop_meta(path: Path, key: str) -> str | None:
    """Take a value of ``meta`` out of a catalog's file; None if it has none. Raises StoreError."""
    with translated_errors(path), closing(connect(path)) as copy, copy:
        [version] = copy.execute("PRAGMA user_version").fetchone()
        check_tables(copy, path, VERSIONS, version)  # the file may have changed since
        row = copy.execute("DELETE FROM meta WHERE key = ? RETURNING value", (key,)).fetchone()
    return None if row is None else str(row[0])


def put_meta(path: Path, key: str, value: str) -> None:
    """Set a value of ``meta`` in a catalog's file. Raises StoreError."""
    with translated_errors(path), closing(connect(path)) as copy, copy:
        copy.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def source_folders(path: Path) -> set[str]:
    """The folders that the names in a catalog's file are relative to. Raises StoreError."""
    with translated_errors(path), closing(connect(path)) as copy:
        return {str(root) for (root,) in copy.execute("SELECT DISTINCT root FROM documents")}


def prepare_replacement(prepared: Path, path: Path) -> None:
    """Make a catalog fit to take the place of another: newer in all it has, with pages as large.

    So whoever still has an index of what was there takes all of it as new. Raises StoreError.
    """
    try:
        with Catalog(path).reading() as view:
            generation = view.generation()
    except StoreEmpty:
        generation = 0
    with translated_errors(prepared):
        with closing(connect(prepared)) as copy, copy:
            copy.execute(
                "UPDATE meta SET value = CAST(value AS INTEGER) + ? WHERE key = 'generation'",
                (generation,),
            )
            copy.execute("UPDATE chunks SET generation = generation + ?", (generation,))
            set_incarnation(copy)
        if path.exists():
            _take_page_size(prepared, path)


def overwrite_catalog(path: Path, prepared: Path) -> None:
    """Put all that a prepared catalog holds in place of another's, in one transaction.

    Raises StoreError.
    """
    with (
        translated_errors(path),
        closing(connect(path)) as catalog,
        closing(connect(prepared)) as content,
    ):
        content.backup(catalog)


def move_sources(path: Path, before: str, after: str) -> None:
    """Replace a folder in the paths of files, as after it was renamed. Raises StoreError."""
    with (
        translated_errors(path),
        closing(connect(path)) as catalog,
        catalog,
    ):
        [version] = catalog.execute("PRAGMA user_version").fetchone()
        check_tables(catalog, path, VERSIONS, version)
        for table, column in _PATHS:
            catalog.execute(
                f"UPDATE OR REPLACE {table} SET {column} = ? || substr({column}, ?)"
                f" WHERE substr({column}, 1, ?) = ?",
                (after, len(before) + 1, len(before) + 1, f"{before}/"),
            )


def read_rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    """Rows of any SQLite database that nobody writes, read as it stands. Raises StoreError."""
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    with translated_errors(path), closing(connect(uri, uri=True)) as database:
        return database.execute(sql).fetchall()


def vacuum_file(path: Path) -> None:
    """VACUUM any SQLite database that nobody has open. Raises StoreError."""
    with (
        translated_errors(path),
        closing(connect(path, isolation_level=None)) as database,
    ):
        database.execute("VACUUM")


def _take_page_size(prepared: Path, path: Path) -> None:
    """A copy goes only into a catalog with pages as large; an earlier version had smaller ones."""
    with closing(connect(path)) as connection:
        [wanted] = connection.execute("PRAGMA page_size").fetchone()
    with closing(connect(prepared, isolation_level=None)) as copy:
        if copy.execute("PRAGMA page_size").fetchone() != (wanted,):
            copy.execute("PRAGMA journal_mode = DELETE")  # in WAL mode it cannot change
            copy.execute(f"PRAGMA page_size = {wanted}")
            copy.execute("VACUUM")
