"""Writing to a catalog, one transaction a method. The caller holds the store's write lock.

What a method changes is there when it returns, and none of it if the process dies before (journal
in WAL mode, ``synchronous=FULL``: also when the power goes). What another engine under it would
have to promise stands in ``ingest.catalog.view``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.catalog import contents, postings
from ingest.catalog.connection import translated_errors
from ingest.catalog.contents import EmbeddedContent, take_numbers, update_postings
from ingest.catalog.fields import entries_of, merged_metadata
from ingest.catalog.kept_tables.write import write_all_tables
from ingest.catalog.schema import (
    SCHEMA_VERSION,
    VERSIONS,
    WITH_TABLES,
    WITH_WORDS,
    check_schema,
    set_incarnation,
)
from ingest.catalog.tables import MALFORMED, check_tables, connect
from ingest.catalog.view import CatalogView
from ingest.private import make_file
from ingest.records import DocumentEntry, FileReceipt, FileState
from ingest.text.language import language_of

# Below one free page in so many they are kept: what comes next takes them.
FREE_SHARE = 10


class CatalogWriter(CatalogView):
    """The one writer of a catalog; it reads what it has written. A context manager."""

    def __init__(self, path: Path) -> None:
        """Open the catalog, making its tables if it is new. Raises StoreError."""
        with translated_errors(path):
            with suppress(OSError):  # SQLite says what is wrong
                make_file(path)
            # Autocommit: transactions begin and end where this file says so.
            super().__init__(connect(path, isolation_level=None), path)
            if not self.connection.execute("PRAGMA page_count").fetchone()[0]:
                # Both count only before the first table, and would be written again each time
                # (https://www.sqlite.org/pragma.html#pragma_auto_vacuum). Of pages of the usual
                # 4,096 bytes, rows of a vector and its text leave a third unused.
                self.connection.execute("PRAGMA page_size = 8192")
                self.connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = FULL")
            self.connection.execute("PRAGMA foreign_keys = ON")
            self._bring_up_to_date()

    def _bring_up_to_date(self) -> None:
        """Make the tables that are missing. Raises StoreError for a catalog of a later version."""
        [version] = self.connection.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA_VERSION:
            check_schema(self.connection, self.path)
        check_tables(self.connection, self.path, VERSIONS, version)
        if version == SCHEMA_VERSION:
            if self.meta(postings.WORDS) != postings.ANALYSIS:
                self.rewrite_words()
            return
        self.connection.create_function("language_of", 1, _language_of, deterministic=True)
        with self._transaction(moves_generation=False):
            for added in VERSIONS[version:]:
                for statement in added.split(";\n"):
                    self.connection.execute(statement)
            self.connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            if version == 0:
                set_incarnation(self.connection)
            postings.write_all(self.connection)
            if version < WITH_WORDS:
                take_numbers(self, 0)  # none of them again, whatever goes
            if version < WITH_TABLES:
                write_all_tables(self.connection)

    def close(self) -> None:
        """Fold the journal into the file and close it."""
        self.connection.close()

    def __enter__(self) -> CatalogWriter:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        """Close the catalog. An error of the database's engine, or over values that are not
        ours, leaves as StoreError."""
        with translated_errors(self.path):
            self.close()
            if isinstance(error, (sqlite3.Error, *MALFORMED)):
                raise error

    def set_fingerprint(self, fingerprint: Mapping[str, Any]) -> None:
        """Set what the collection is built with (``ingest.catalog.fingerprint``)."""
        self.set_meta("fingerprint", json.dumps(fingerprint, sort_keys=True))

    def set_meta(self, key: str, value: str) -> None:
        """Set a value of the collection as a whole."""
        with self._transaction(moves_generation=False):
            self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def put(self, entry: DocumentEntry, content: EmbeddedContent | int) -> None:
        """Store a document, in place of what stood under its name or came from its file.

        ``content`` is the number of one that is stored already, or new: what other documents with
        the same bytes say is then replaced with it.
        """
        self.put_all([(entry, content)])

    def put_all(self, documents: Sequence[tuple[DocumentEntry, EmbeddedContent | int]]) -> None:
        """Store documents in one transaction.

        So two that exchange their names keep their contents: what no document has in the end is
        dropped in the end.
        """
        with self._transaction() as generation:
            names: dict[int, list[str]] = {}  # what each content was called before
            for entry, content in documents:
                if isinstance(content, int):
                    number = content
                    names.setdefault(number, self.names_of(number))
                else:
                    number = self._put_content(content, generation)
                    names[number] = []
                self._remove_documents(names, "name = ? OR source = ?", (entry.name, entry.source))
                self.connection.execute(
                    "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        entry.name,
                        number,
                        entry.source,
                        entry.root,
                        *entry.state,
                        datetime.now(UTC).isoformat(timespec="seconds"),
                        entry.metadata,
                    ),
                )
                self._write_fields(entry.name)
            update_postings(self, names)

    def delete(self, name: str) -> None:
        """Remove a document, its receipt, and its content where no other document has it."""
        with self._transaction():
            self.connection.execute(
                "DELETE FROM receipts WHERE source = (SELECT source FROM documents WHERE name = ?)",
                (name,),
            )
            names: dict[int, list[str]] = {}
            self._remove_documents(names, "name = ?", (name,))
            update_postings(self, names)

    def set_state(self, source: str, state: FileState) -> None:
        """Update the state of a file that was touched, with the same bytes."""
        with self._transaction(moves_generation=False):
            self.connection.execute(
                "UPDATE documents SET size = ?, modified_ns = ?, changed_ns = ? WHERE source = ?",
                (*state, source),
            )

    def set_metadata(self, said: Mapping[str, str]) -> None:
        """Replace what sidecars say, as JSON by the path of the file."""
        with self._transaction():
            for source, metadata in said.items():
                rows = self.connection.execute(
                    "UPDATE documents SET metadata = ? WHERE source = ? RETURNING name",
                    (metadata, source),
                )
                for (name,) in rows.fetchall():
                    self._write_fields(name)

    def set_receipt(self, source: str, receipt: FileReceipt) -> None:
        """Replace the receipt of a file: what last happened to it."""
        with self._transaction(moves_generation=False):
            self.connection.execute(
                "INSERT OR REPLACE INTO receipts VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (source, *astuple(receipt)),
            )

    def drop_receipt(self, source: str) -> None:
        """Forget the receipt of a file that is gone."""
        with self._transaction(moves_generation=False):
            self.connection.execute("DELETE FROM receipts WHERE source = ?", (source,))

    def tidy_words(self) -> None:
        """Compact the keyword index where much of it is of chunks that are gone."""
        with self._transaction(moves_generation=False):
            postings.tidy(self.connection)

    def rewrite_words(self) -> None:
        """Rebuild the keyword index of all chunks from their texts."""
        with self._transaction():
            postings.write_all(self.connection)

    def vacuum(self) -> None:
        """Vacuum: return free pages to the file system, where they are many.

        Raises StoreError if that cannot be written.
        """
        with translated_errors(self.path):
            free, pages, is_incremental = (
                self.connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("freelist_count", "page_count", "auto_vacuum")
            )
            if free * FREE_SHARE <= pages:
                return
            if is_incremental:
                # As a script, because it is a step for each page, and execute() takes one.
                self.connection.executescript("PRAGMA incremental_vacuum")
            else:  # made by a version that did not ask for it
                self.connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
                self.connection.execute("VACUUM")

    @contextmanager
    def _transaction(self, *, moves_generation: bool = True) -> Iterator[int]:
        """All or nothing. Gives the generation that the changes belong to."""
        with translated_errors(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                generation = 0
                if moves_generation:
                    generation = self.generation() + 1
                    self.connection.execute(
                        "UPDATE meta SET value = ? WHERE key = 'generation'", (str(generation),)
                    )
                yield generation
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def _put_content(self, content: EmbeddedContent, generation: int) -> int:
        """Store a content that is new, or is to take the place of one with the same digest."""
        old = contents.detach_chunks(self, content.digest)
        number = contents.insert(self, content, generation)
        if old is not None:
            for name in contents.replace_content(self, old, number):
                self._write_fields(name)
        return number

    def _write_fields(self, name: str) -> None:
        """What filters find of a document, from its file's own metadata and from sidecars."""
        self.connection.execute("DELETE FROM fields WHERE document = ?", (name,))
        found, said = self.connection.execute(
            "SELECT contents.metadata, documents.metadata FROM documents"
            " JOIN contents ON contents.id = documents.content WHERE documents.name = ?",
            (name,),
        ).fetchone()
        self.connection.executemany(
            "INSERT INTO fields VALUES (?, ?, ?, ?)",
            ((name, *entry) for entry in entries_of(merged_metadata(found, said))),
        )

    def _remove_documents(
        self, names: dict[int, list[str]], condition: str, values: tuple[str, ...]
    ) -> None:
        """Remove documents, and remember what their contents were called before."""
        rows = self.connection.execute(
            f"SELECT DISTINCT content FROM documents WHERE {condition}", values
        )
        for (content,) in rows.fetchall():
            names.setdefault(content, self.names_of(content))
        self.connection.execute(f"DELETE FROM documents WHERE {condition}", values)


def _language_of(utf8: bytes | None) -> str | None:
    """The language of a stored text, of which the end may be cut off."""
    return None if utf8 is None else language_of(str(utf8, "utf-8", errors="ignore"))
