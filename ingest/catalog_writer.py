"""The one place that changes a catalog. Whoever uses it holds the store's write lock.

Every public method is one transaction: it has happened when it returns, and has not when the
process dies before (journal in WAL mode, ``synchronous=FULL``: also when the power goes).
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ingest.catalog import SCHEMA_VERSION, CatalogView, Vectors, translated_errors
from ingest.records import Chunk, FileReceipt, FileState, LoadedDocument

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('generation', '0');
CREATE TABLE contents (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,          -- SHA-256 of the bytes, and the format they were read as
    kind TEXT NOT NULL,
    title TEXT,
    text TEXT NOT NULL,
    blocks TEXT NOT NULL,                 -- JSON list of [kind, start, end, level]
    page_starts TEXT NOT NULL,            -- JSON list; empty where the format has no pages
    note TEXT,                            -- what its receipts say, such as pages without text
    metadata TEXT NOT NULL                -- JSON object
);
CREATE TABLE documents (
    name TEXT PRIMARY KEY,
    content INTEGER NOT NULL REFERENCES contents (id),
    source TEXT NOT NULL UNIQUE,          -- absolute path of the file
    root TEXT NOT NULL,                   -- the folder that the name is relative to
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    changed_ns INTEGER NOT NULL,
    ingested TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX documents_by_content ON documents (content);
CREATE TABLE chunks (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    content INTEGER NOT NULL REFERENCES contents (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    page INTEGER,
    headings TEXT NOT NULL,               -- JSON list
    text TEXT NOT NULL,
    sentences BLOB NOT NULL,              -- int32 pairs: start, end
    vector BLOB NOT NULL,                 -- float32, little endian
    generation INTEGER NOT NULL           -- the one that brought it
);
CREATE INDEX chunks_by_content ON chunks (content, start);
CREATE INDEX chunks_by_generation ON chunks (generation);
CREATE TABLE removed (generation INTEGER NOT NULL, chunk TEXT NOT NULL);
CREATE INDEX removed_by_generation ON removed (generation);
CREATE TABLE receipts (
    source TEXT PRIMARY KEY,              -- absolute path of the file
    path TEXT NOT NULL,
    status TEXT NOT NULL,
    chunks INTEGER NOT NULL,
    pages INTEGER,
    reason TEXT
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Placement:
    """Under which name a file is stored, and in which state it was read."""

    name: str
    source: str
    root: str
    state: FileState


@dataclass(frozen=True, slots=True)
class EmbeddedContent:
    """A document's text, cut and embedded. ``vectors`` has shape (len(chunks), dimension)."""

    digest: str
    document: LoadedDocument
    chunks: Sequence[Chunk]
    sentences: Sequence[Sequence[tuple[int, int]]]
    vectors: Vectors
    note: str | None


class CatalogWriter(CatalogView):
    """Changes a catalog, and reads what it has changed."""

    def __init__(self, path: Path) -> None:
        """Open the catalog, making its tables if it is new. Raises StoreError."""
        self.path = path
        with translated_errors(path):
            # Autocommit: transactions begin and end where this file says so.
            super().__init__(sqlite3.connect(path, timeout=30, isolation_level=None))
            if not self.connection.execute("PRAGMA page_count").fetchone()[0]:
                # Counts only before the first table, and would be written again each time
                # (https://www.sqlite.org/pragma.html#pragma_auto_vacuum).
                self.connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = FULL")
            self.connection.execute("PRAGMA foreign_keys = ON")
            with self._transaction(moves_generation=False):
                if not self.connection.execute("PRAGMA user_version").fetchone()[0]:
                    for statement in SCHEMA.split(";\n"):
                        self.connection.execute(statement)
                    self.connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def close(self) -> None:
        """Fold the journal into the file and close it."""
        self.connection.close()

    def __enter__(self) -> CatalogWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def set_fingerprint(self, fingerprint: Mapping[str, Any]) -> None:
        with self._transaction(moves_generation=False):
            self.connection.execute(
                "INSERT OR REPLACE INTO meta VALUES ('fingerprint', ?)",
                (json.dumps(fingerprint, sort_keys=True),),
            )

    def put(self, placement: Placement, content: EmbeddedContent | int) -> None:
        """Store a document, in place of what stood under its name or came from its file.

        ``content`` is new, or the number of one that is stored already.
        """
        self.put_all([(placement, content)])

    def put_all(self, documents: Sequence[tuple[Placement, EmbeddedContent | int]]) -> None:
        """Store documents in one transaction. So two that change names do not lose each other's
        content on the way: what no document has in the end goes in the end."""
        with self._transaction() as generation:
            replaced: set[int] = set()
            for placement, content in documents:
                number = (
                    content
                    if isinstance(content, int)
                    else self._insert_content(content, generation)
                )
                replaced |= self._remove_documents(
                    "name = ? OR source = ?", (placement.name, placement.source)
                )
                self.connection.execute(
                    "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        placement.name,
                        number,
                        placement.source,
                        placement.root,
                        *placement.state,
                        datetime.now(UTC).isoformat(timespec="seconds"),
                    ),
                )
            self._drop_unused_contents(replaced, generation)

    def delete(self, name: str) -> None:
        """Remove a document, its receipt, and its content where no other document has it."""
        with self._transaction() as generation:
            self.connection.execute(
                "DELETE FROM receipts WHERE source = (SELECT source FROM documents WHERE name = ?)",
                (name,),
            )
            removed = self._remove_documents("name = ?", (name,))
            self._drop_unused_contents(removed, generation)

    def set_state(self, source: str, state: FileState) -> None:
        """Remember that a file was seen in a new state with the same bytes."""
        with self._transaction(moves_generation=False):
            self.connection.execute(
                "UPDATE documents SET size = ?, modified_ns = ?, changed_ns = ? WHERE source = ?",
                (*state, source),
            )

    def set_receipt(self, source: str, receipt: FileReceipt) -> None:
        """Remember what last happened to a file."""
        with self._transaction(moves_generation=False):
            self.connection.execute(
                "INSERT OR REPLACE INTO receipts VALUES (?, ?, ?, ?, ?, ?)",
                (
                    source,
                    receipt.path,
                    receipt.status,
                    receipt.chunks,
                    receipt.pages,
                    receipt.reason,
                ),
            )

    def drop_receipt(self, source: str) -> None:
        """Forget the receipt of a file that is gone."""
        with self._transaction(moves_generation=False):
            self.connection.execute("DELETE FROM receipts WHERE source = ?", (source,))

    def forget_removed(self, until: int) -> None:
        """Forget which chunks went up to a generation, where no index is older than that."""
        with self._transaction(moves_generation=False):
            self.connection.execute("DELETE FROM removed WHERE generation <= ?", (until,))

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

    def _insert_content(self, content: EmbeddedContent, generation: int) -> int:
        document = content.document
        cursor = self.connection.execute(
            "INSERT INTO contents (digest, kind, title, text, blocks, page_starts, note, metadata)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                content.digest,
                document.kind,
                document.title,
                document.text,
                json.dumps([(b.kind, b.start, b.end, b.level) for b in document.blocks]),
                json.dumps(document.page_starts),
                content.note,
                json.dumps(dict(document.metadata), ensure_ascii=False, default=str),
            ),
        )
        number = cursor.lastrowid
        assert number is not None
        rows = zip(content.chunks, content.sentences, content.vectors, strict=True)
        self.connection.executemany(
            'INSERT INTO chunks (id, content, start, "end", page, headings, text, sentences,'
            " vector, generation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    chunk_id(content.digest, chunk),
                    number,
                    chunk.start,
                    chunk.end,
                    chunk.page,
                    json.dumps(chunk.headings, ensure_ascii=False),
                    document.text[chunk.start : chunk.end],
                    np.asarray(sentences, dtype="<i4").tobytes(),
                    vector.astype("<f4").tobytes(),
                    generation,
                )
                for chunk, sentences, vector in rows
            ),
        )
        return number

    def _remove_documents(self, condition: str, values: tuple[str, ...]) -> set[int]:
        """Remove the names, and return the numbers of the contents that they stood for."""
        rows = self.connection.execute(
            f"DELETE FROM documents WHERE {condition} RETURNING content", values
        )
        return {int(content) for (content,) in rows.fetchall()}

    def _drop_unused_contents(self, candidates: set[int], generation: int) -> None:
        for number in candidates:
            if self.names_of(number):
                continue
            self.connection.execute(
                "INSERT INTO removed SELECT ?, id FROM chunks WHERE content = ?",
                (generation, number),
            )
            self.connection.execute("DELETE FROM contents WHERE id = ?", (number,))


def chunk_id(digest: str, chunk: Chunk) -> str:
    """The id of a chunk: the same bytes, cut the same way, give the same ids."""
    key = f"{digest}:{chunk.start}:{chunk.end}:{chunk.context}"
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
