"""Read-only connections to SQLite, also on a read-only or a full disk.

A catalog in WAL mode needs a small file of shared memory beside it, which SQLite makes where there
is none (https://www.sqlite.org/wal.html#read_only_databases). Where that fails, nobody is writing
either, and there are two cases. Without a journal the file is read as it stands ("immutable"). With
one, as a killed process leaves it, "immutable" would pass over what was committed last: so both are
copied to a temporary folder, and read there.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from ingest.catalog.schema import values_problem
from ingest.catalog.tables import MALFORMED, connect
from ingest.errors import StoreError
from ingest.records import FileState

# What SQLite says where it cannot have its shared memory: no right, no room.
NO_SHARED_MEMORY = (
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
)


class CatalogOpener:
    """Opens read-only connections to one database. Threads may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._copied: tuple[FileState, FileState] | None = None
        self._copy: TemporaryDirectory[str] | None = None

    def open(self) -> sqlite3.Connection:
        """A connection in a reading transaction. Raises sqlite3.Error, StoreError."""
        try:
            return _connect(self._path, "mode=ro")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in NO_SHARED_MEMORY:
                raise
        journal = journal_of(self._path)
        if journal.exists() and journal.stat().st_size:
            return _connect(self._copy_of(journal), "mode=ro")
        return _connect(self._path, "mode=ro&immutable=1")

    def _copy_of(self, journal: Path) -> Path:
        """The catalog with its journal, where SQLite can write beside it; copied once."""
        with self._lock:
            now = FileState.of(self._path), FileState.of(journal)
            try:
                if self._copy is None or self._copied != now:
                    self._copied, self._copy = None, TemporaryDirectory(prefix="rag-app-catalog-")
                    for path in (self._path, journal):
                        shutil.copyfile(path, Path(self._copy.name) / path.name)
                    self._copied = now
            except OSError as error:
                raise StoreError(
                    f"The catalog {self._path} cannot be copied to the temporary folder "
                    f"({error.strerror or error}); free some space there, set TMPDIR, or give the "
                    "right to write to its folder"
                ) from error
            return Path(self._copy.name) / self._path.name


def journal_of(path: Path) -> Path:
    """The path of a database's write-ahead log."""
    return path.with_name(f"{path.name}-wal")


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Raise StoreError in place of SQLite's errors, and of what Python raises over values that we
    do not write. What it raises over sound ones is an error of ours, and stays what it is."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(
            f"The catalog {path} cannot be used ({error}); check the disk's space and rights, "
            "or restore a copy"
        ) from error
    except MALFORMED as error:
        problem = _values_problem(path)
        if problem is None:
            raise
        raise StoreError(
            f"The catalog {path} is damaged, or was not made by rag-app ({problem}); restore a "
            "backup that you trust, or put the store aside and ingest again"
        ) from error


def _values_problem(path: Path) -> str | None:
    try:
        with closing(CatalogOpener(path).open()) as connection:
            return values_problem(connection)
    except UnicodeDecodeError:  # SQLite's error holds a name of the file's, which is no text
        return "its tables have names that are no text"
    except (sqlite3.Error, StoreError, OSError):
        return None


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"file:{quote(str(path.resolve()))}?{mode}"
    connection = connect(uri, uri=True, isolation_level=None)
    try:
        connection.execute("BEGIN")
        # The transaction begins with the first reading, and that is what may fail.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection
