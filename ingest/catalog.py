"""The catalog: one SQLite file that is the truth about a collection. This file reads it.

Documents, their texts, chunks, vectors and receipts stand here; the vector index is made from
it and can be made again. A document changes in one transaction, which also moves the
*generation*, so that whoever holds an older copy of anything can ask what has changed since.

Equal bytes are stored once: a *content* is what the bytes say, a *document* is a name for it.
Each reading opens a connection of its own, so any number of threads and processes read while
one writes (SQLite in WAL mode: https://www.sqlite.org/wal.html).
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.catalog_open import CatalogOpener
from ingest.errors import StoreEmpty, StoreError
from ingest.records import (
    ContentSummary,
    FileReceipt,
    FileState,
    KnownFile,
    StoredChunk,
    StoredDocument,
)
from ingest.schema import check_schema
from ingest.similarity import COSINE, Similarity
from ingest.where import to_sql

Vectors = npt.NDArray[np.float32]
NEWEST = 2**62  # later than any generation

DOCUMENT_COLUMNS = """
    contents.id, documents.name, documents.source, documents.root, contents.kind, contents.title,
    contents.page_starts,
    (SELECT count(*) FROM chunks WHERE chunks.content = contents.id),
    contents.characters, documents.size, documents.modified_ns, documents.ingested,
    contents.metadata
"""


class CatalogView:
    """One consistent state of a catalog: all that is read through it is of one generation."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def generation(self) -> int:
        """The number of changes so far."""
        return int(self.meta("generation") or 0)

    def meta(self, key: str) -> str | None:
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def fingerprint(self) -> dict[str, Any] | None:
        """The settings that the collection was built with; None before the first document."""
        value = self.meta("fingerprint")
        # Collections of earlier versions are compared by cosine, without saying so.
        return None if value is None else {"similarity": COSINE, **json.loads(value)}

    def similarity(self) -> Similarity:
        """How the vectors of the collection are compared."""
        measure: Similarity = (self.fingerprint() or {}).get("similarity", COSINE)
        return measure

    def chunk_count(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM chunks").fetchone()[0])

    def has_more_chunks_than(self, count: int) -> bool:
        """Whether there are more: quicker than counting them."""
        row = self.connection.execute("SELECT 1 FROM chunks LIMIT 1 OFFSET ?", (count,)).fetchone()
        return row is not None

    def documents(self) -> list[StoredDocument]:
        """Every document, in order of name."""
        rows = self.connection.execute(
            f"SELECT {DOCUMENT_COLUMNS} FROM documents"
            " JOIN contents ON contents.id = documents.content ORDER BY documents.name"
        )
        names: dict[int, list[str]] = defaultdict(list)
        listed = rows.fetchall()
        for content, name, *_ in listed:
            names[content].append(name)
        return [_stored_document(row[1:], names[row[0]]) for row in listed]

    def headings(self) -> list[tuple[str, str]]:
        """(document, heading) for every heading right above a chunk, in order of the text."""
        rows = self.connection.execute(
            "SELECT min(documents.name), json_extract(chunks.headings, '$[#-1]') FROM chunks"
            " JOIN documents ON documents.content = chunks.content"
            " WHERE chunks.headings <> '[]' GROUP BY chunks.content, 2 ORDER BY 1, min(start)"
        )
        return [(str(name), str(heading)) for name, heading in rows]

    def document_text(self, name: str) -> str | None:
        """The text that all offsets of the document index; None if there is no such document."""
        row = self.connection.execute(
            "SELECT utf8 FROM documents JOIN texts ON texts.content = documents.content"
            " WHERE documents.name = ?",
            (name,),
        ).fetchone()
        return None if row is None else str(row[0], "utf-8")

    def page_starts(self, name: str) -> tuple[int, ...]:
        """The offset at which each page begins; empty where there are no pages."""
        row = self.connection.execute(
            "SELECT contents.page_starts FROM documents"
            " JOIN contents ON contents.id = documents.content WHERE documents.name = ?",
            (name,),
        ).fetchone()
        return () if row is None else tuple(json.loads(row[0]))

    def known_files(self) -> dict[str, KnownFile]:
        """What is remembered of every file, by its absolute path."""
        rows = self.connection.execute(
            "SELECT documents.source, documents.name, documents.root, contents.digest,"
            " documents.size, documents.modified_ns, documents.changed_ns,"
            " contents.page_starts, contents.note"
            " FROM documents JOIN contents ON contents.id = documents.content"
        )
        return {
            source: KnownFile(
                name, root, digest, FileState(size, modified, changed), _page_count(starts), note
            )
            for source, name, root, digest, size, modified, changed, starts, note in rows
        }

    def content_number(self, digest: str) -> int | None:
        """The number of the content with this digest, if it is stored."""
        row = self.connection.execute(
            "SELECT id FROM contents WHERE digest = ?", (digest,)
        ).fetchone()
        return None if row is None else int(row[0])

    def summary_of(self, content: int) -> ContentSummary:
        """How much a content is, and what its receipts say."""
        chunks, starts, characters, note = self.connection.execute(
            "SELECT (SELECT count(*) FROM chunks WHERE chunks.content = contents.id), page_starts,"
            " characters, note FROM contents WHERE id = ?",
            (content,),
        ).fetchone()
        return ContentSummary(chunks, _page_count(starts), characters, note)

    def names_of(self, content: int) -> list[str]:
        """The documents that have this content, in order of name."""
        rows = self.connection.execute(
            "SELECT name FROM documents WHERE content = ? ORDER BY name", (content,)
        )
        return [str(name) for (name,) in rows]

    def receipts(self) -> dict[str, FileReceipt]:
        """The last receipt of every file that has one, by its absolute path."""
        rows = self.connection.execute(
            "SELECT source, path, status, chunks, pages, reason, characters, same_as"
            " FROM receipts ORDER BY path"
        )
        return {source: FileReceipt(*receipt) for source, *receipt in rows}

    def chunks(self, ids: Sequence[str]) -> dict[str, StoredChunk]:
        """The chunks with these ids that are live, by id. Ids that are not known are left out."""
        found: dict[str, StoredChunk] = {}
        for id_ in ids:
            row = self.connection.execute(
                'SELECT chunks.id, chunks.content, chunks.start, chunks."end", chunks.page,'
                " chunks.headings, chunks.text, chunks.sentences, contents.kind, contents.title,"
                " contents.metadata FROM chunks JOIN contents ON contents.id = chunks.content"
                " WHERE chunks.id = ?",
                (id_,),
            ).fetchone()
            if row is not None:
                found[id_] = self._stored_chunk(row)
        return found

    def vectors(
        self,
        *,
        after: int = 0,
        upto: int = NEWEST,
        where: Mapping[str, Any] | None = None,
        batch_size: int = 4096,
    ) -> Iterator[tuple[list[str], Vectors]]:
        """Ids and vectors, shape (n, dimension), in batches: those that came after a generation
        up to another, and pass a filter (``ingest.where``). Raises UsageError for a wrong filter.
        """
        tables, condition = "chunks", "TRUE"
        values: list[Any] = []
        if where is not None:
            tables += " JOIN contents ON contents.id = chunks.content"
            condition, values = to_sql(where)
        rows = self.connection.execute(
            f"SELECT chunks.id, chunks.vector FROM {tables}"
            f" WHERE chunks.generation > ? AND chunks.generation <= ? AND {condition}",
            (after, upto, *values),
        )
        while batch := rows.fetchmany(batch_size):
            vectors = np.frombuffer(b"".join(vector for _, vector in batch), dtype="<f4")
            yield [str(id_) for id_, _ in batch], vectors.reshape(len(batch), -1)

    def count_after(self, generation: int, upto: int = NEWEST) -> int:
        """How many of the chunks came after a generation, up to another."""
        row = self.connection.execute(
            "SELECT count(*) FROM chunks WHERE generation > ? AND generation <= ?",
            (generation, upto),
        ).fetchone()
        return int(row[0])

    def chunks_by_generation(self, after: int, upto: int) -> Iterator[tuple[int, int]]:
        """The generations that brought chunks, in order, and how many there are of each."""
        yield from self.connection.execute(
            "SELECT generation, count(*) FROM chunks WHERE generation > ? AND generation <= ?"
            " GROUP BY generation ORDER BY generation",
            (after, upto),
        )

    def _stored_chunk(self, row: tuple[Any, ...]) -> StoredChunk:
        id_, content, start, end, page, headings, text, sentences, kind, title, metadata = row
        pairs = np.frombuffer(sentences, dtype="<i4").reshape(-1, 2).tolist()
        return StoredChunk(
            id=id_,
            documents=tuple(self.names_of(content)),
            start=start,
            end=end,
            page=page,
            text=text,
            headings=tuple(json.loads(headings)),
            sentences=tuple((first, last) for first, last in pairs),
            metadata={**json.loads(metadata), "kind": kind, "title": title},
        )


class Catalog:
    """The catalog of one collection, to be read. Threads may share it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opener = CatalogOpener(path)

    @contextmanager
    def reading(self) -> Iterator[CatalogView]:
        """A consistent view, for as long as the context lasts.

        Raises StoreEmpty if nothing was ever ingested, StoreError if the file cannot be used.
        """
        if not self.path.exists():
            raise StoreEmpty("Nothing has been ingested yet; run: rag-app ingest PATH")
        with translated_errors(self.path), closing(self._opener.open()) as connection:
            check_schema(connection, self.path)
            yield CatalogView(connection)


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into StoreError."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(
            f"The catalog {path} cannot be used ({error}); check the disk's space and rights, "
            "or restore a copy"
        ) from error


def _page_count(page_starts: str) -> int | None:
    return len(json.loads(page_starts)) or None


def _stored_document(row: Sequence[Any], names: Sequence[str]) -> StoredDocument:
    name, source, root, kind, title, starts, chunks, characters, size, modified, *rest = row
    ingested, metadata = rest
    return StoredDocument(
        name=name,
        source=source,
        root=root,
        kind=kind,
        title=title,
        pages=_page_count(starts),
        chunks=chunks,
        characters=characters,
        size=size,
        modified=datetime.fromtimestamp(modified / 1e9, tz=UTC).isoformat(timespec="seconds"),
        ingested=ingested,
        metadata=json.loads(metadata),
        same_as=tuple(other for other in names if other != name),
    )
