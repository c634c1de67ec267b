"""The SQLite file of conversations: its tables, version by version, and how it is opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from ingest.catalog.connection import CatalogOpener
from ingest.catalog.tables import check_tables, connect
from ingest.errors import StoreError
from ingest.private import make_file
from ingest.text.unicode import paired

BUSY_SECONDS = 10.0

# What each version of the schema adds to the one before it.
VERSIONS = (
    """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    created TEXT NOT NULL,
    changed TEXT NOT NULL,
    shown TEXT                            -- the last exchange of the branch that is shown
) WITHOUT ROWID;
CREATE INDEX conversations_by_change ON conversations (changed);
CREATE TABLE exchanges (
    number INTEGER PRIMARY KEY,           -- the order in which they were asked
    id TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    content TEXT NOT NULL,                -- JSON of conversation.records.Exchange, without feedback
    words TEXT NOT NULL,                  -- question and answer, as searches see them
    feedback TEXT                         -- JSON of conversation.records.Feedback
);
CREATE INDEX exchanges_by_conversation ON exchanges (conversation);
""",
    """
ALTER TABLE conversations ADD COLUMN owner TEXT NOT NULL DEFAULT '';
CREATE INDEX conversations_by_owner ON conversations (owner, changed);
""",
)
WITH_OWNERS = 2  # the version that brought them; before, all conversations were nobody's


class ConversationFile:
    """Opens the SQLite file to read, and to write in one transaction. Threads may share it.

    Both raise StoreError where the file cannot be used, or is of a later version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opener = CatalogOpener(path)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """One state of the file, with the SQL function ``folded``; None if nothing was ever kept.
        Works where nothing can be written."""
        if not self.path.exists():
            yield None
            return
        with self._translated("read"), closing(self._opener.open()) as connection:
            version = self._checked_version(connection)
            connection.create_function("folded", 1, folded, deterministic=True)
            yield connection if version else None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, in a file that has all its tables."""
        with suppress(OSError):  # SQLite says what is wrong
            make_file(self.path)
        with (
            self._translated("written"),
            closing(connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)) as connection,
        ):
            for pragma in (
                "journal_mode = WAL",
                "synchronous = FULL",
                "foreign_keys = ON",
                "secure_delete = ON",
            ):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("BEGIN IMMEDIATE")
            try:
                for version in range(self._checked_version(connection), len(VERSIONS)):
                    for statement in filter(str.strip, VERSIONS[version].split(";\n")):
                        connection.execute(statement)
                    connection.execute(f"PRAGMA user_version = {version + 1}")
                yield connection
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def _checked_version(self, connection: sqlite3.Connection) -> int:
        version = version_of(connection)
        if version > len(VERSIONS):
            raise StoreError(
                f"The conversations in {self.path} were kept by a later version of rag-app; "
                "update this one"
            )
        check_tables(connection, self.path, VERSIONS, version)
        return version

    @contextmanager
    def _translated(self, done: str) -> Iterator[None]:
        """Turn SQLite's errors into StoreError."""
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(
                f"The conversations in {self.path} cannot be {done} ({error}); check the disk's "
                "space and rights"
            ) from error


def version_of(connection: sqlite3.Connection) -> int:
    """The version of the tables; 0 where there are none."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def folded(text: str) -> str:
    """Text with case folded, as searches compare it."""
    return paired(text).casefold()
