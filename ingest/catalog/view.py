"""Reading a catalog: the database that is the truth about a collection.

Documents, their texts, chunks, vectors and receipts stand here; the vector index is derived from
it. Equal bytes are stored once: a *content* is what the bytes say, a *document* a name for it.

Everybody reads through ``Catalog`` and ``CatalogView``, and writes through ``CatalogWriter``;
``connection`` is private to this folder. Another engine under them would have to promise:

- A document is replaced in one transaction, which also raises the *generation* by one, so that
  whoever holds an older copy of anything can ask what has changed since.
- There is one writer at a time, and readers neither wait for it nor hold it up.
- A view shows one consistent state, of one generation, for as long as it lasts.
- The number of a chunk or a generation is never used again. A chunk's id is made of its document's
  bytes and its place in them. A catalog that takes another's place has a new ``incarnation``.
- What was committed survives the end of the process, and of the power.
- All its errors leave the context of a view or a writer as StoreError.

SQLite keeps them in WAL mode, with a connection for each view: https://www.sqlite.org/wal.html.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ingest.catalog.connection import CatalogOpener, translated_errors
from ingest.catalog.documents import DocumentsView
from ingest.catalog.fields import RESERVED, iso_time, merged_metadata
from ingest.catalog.filters import ALL, NAMED, Filter
from ingest.catalog.schema import check_schema, values_problem
from ingest.catalog.tables import text_of
from ingest.errors import StoreEmpty
from ingest.paths import folder_of
from ingest.records import StoredChunk
from ingest.similarity import COSINE, Similarity, Vectors

NEWEST = 2**62  # later than any generation
# SQLite takes 32,766 values in a statement; a few hundred are as quick for each.
AT_ONCE = 500


class CatalogView(DocumentsView):
    """A snapshot of a catalog: all that is read through it is of one generation."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path

    def generation(self) -> int:
        """The number of the last change; it rises by one with each change of documents."""
        return int(self.meta("generation") or 0)

    def meta(self, key: str) -> str | None:
        """A value of the collection as a whole, None if it was never set."""
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def fingerprint(self) -> dict[str, Any] | None:
        """The settings that the collection was built with; None before the first document."""
        value = self.meta("fingerprint")
        # Collections of earlier versions are compared by cosine, without saying so.
        return None if value is None else {"similarity": COSINE, **json.loads(value)}

    def similarity(self) -> Similarity:
        """How the vectors of the collection are compared."""
        similarity: Similarity = (self.fingerprint() or {}).get("similarity", COSINE)
        return similarity

    def languages(self) -> tuple[str, ...]:
        """The languages that contents are in, the most frequent first; none where the keyword index
        knows of none, being of an earlier version."""
        if self.meta("words") is None:  # ingest.catalog.postings.WORDS
            return ()
        rows = self.connection.execute(
            "SELECT language FROM contents WHERE language IS NOT NULL"
            " GROUP BY language ORDER BY count(*) DESC, language"
        )
        return tuple(text_of(language) for (language,) in rows)

    def chunk_count(self) -> int:
        """The number of chunks."""
        return int(self.connection.execute("SELECT count(*) FROM chunks").fetchone()[0])

    def has_more_chunks_than(self, count: int) -> bool:
        """Whether there are more: quicker than counting them."""
        row = self.connection.execute("SELECT 1 FROM chunks LIMIT 1 OFFSET ?", (count,)).fetchone()
        return row is not None

    def chunks(self, ids: Sequence[str], where: Filter | None = None) -> dict[str, StoredChunk]:
        """The chunks with these ids that are live, by id in their order, under the names that pass
        a filter.

        Left out are ids that are not known, and chunks that pass under none of their names.
        """
        names = (where or ALL).names
        found: dict[str, list[tuple[Any, ...]]] = {}
        for first in range(0, len(ids), AT_ONCE):
            batch = ids[first : first + AT_ONCE]
            for row in self.connection.execute(
                'SELECT chunks.id, chunks.start, chunks."end", chunks.page, chunks.headings,'
                " chunks.text, chunks.sentences, contents.kind, contents.title, contents.language,"
                " contents.metadata, documents.name, documents.metadata, documents.modified_ns,"
                " EXISTS (SELECT 1 FROM scans"
                " WHERE scans.content = chunks.content AND scans.page = chunks.page)"
                f" FROM chunks JOIN {NAMED} WHERE chunks.id IN ({', '.join('?' * len(batch))})"
                f" AND documents.content = chunks.content AND {names.sql} ORDER BY documents.name",
                (*batch, *names.values),
            ):
                found.setdefault(row[0], []).append(row)
        return {id_: _stored_chunk(found[id_]) for id_ in ids if id_ in found}

    def vectors(
        self,
        *,
        after: int = 0,
        upto: int = NEWEST,
        where: Filter | None = None,
        batch_size: int = 4096,
    ) -> Iterator[tuple[list[str], Vectors]]:
        """Ids and vectors, shape (n, dimension), in batches.

        Of chunks that came after a generation up to another, and pass a filter
        (``ingest.catalog.filters``).
        """
        condition = (where or ALL).chunks
        rows = self.connection.execute(
            "SELECT chunks.id, chunks.vector FROM chunks"
            f" WHERE chunks.generation > ? AND chunks.generation <= ? AND {condition.sql}",
            (after, upto, *condition.values),
        )
        while batch := rows.fetchmany(batch_size):
            vectors = np.frombuffer(b"".join(vector for _, vector in batch), dtype="<f4")
            yield [str(id_) for id_, _ in batch], vectors.reshape(len(batch), -1)

    def count_after(self, generation: int, upto: int = NEWEST) -> int:
        """The number of chunks that came after a generation, up to another."""
        row = self.connection.execute(
            "SELECT count(*) FROM chunks WHERE generation > ? AND generation <= ?",
            (generation, upto),
        ).fetchone()
        return int(row[0])

    def chunks_by_generation(self, after: int, upto: int) -> Iterator[tuple[int, int]]:
        """(generation, number of its chunks) for each that brought chunks, in order."""
        yield from self.connection.execute(
            "SELECT generation, count(*) FROM chunks WHERE generation > ? AND generation <= ?"
            " GROUP BY generation ORDER BY generation",
            (after, upto),
        )

    def integrity_problem(self) -> str | None:
        """What the database engine finds wrong with its file; None for a sound one."""
        try:
            problems = self.connection.execute("PRAGMA integrity_check").fetchall()
        except sqlite3.DatabaseError as error:
            return str(error)
        return None if problems == [("ok",)] else str(problems[0][0])

    def values_problem(self) -> str | None:
        """Where there are values that we do not write, in words; None if there are none."""
        return values_problem(self.connection)

    def misplaced_chunk_count(self) -> int:
        """How many chunks are not the words that their offsets point at. Reads every text."""
        count = 0
        for content, utf8 in self.connection.execute("SELECT content, utf8 FROM texts"):
            text = str(utf8, "utf-8", errors="replace")
            rows = self.connection.execute(
                'SELECT start, "end", text FROM chunks WHERE content = ?', (content,)
            )
            count += sum(text[start:end] != words for start, end, words in rows)
        return count

    def orphan_count(self) -> int:
        """How many contents belong to no document."""
        row = self.connection.execute(
            "SELECT count(*) FROM contents WHERE id NOT IN (SELECT content FROM documents)"
        ).fetchone()
        return int(row[0])

    def check_postings(self, *, at_most: int) -> tuple[int, int]:
        """Compare the keyword index of some contents with their texts.

        Returns how many contents were compared, and how many differ.
        """
        from ingest.catalog import postings  # loads the stemmers, which few readers need

        return postings.check(self.connection, at_most=at_most)


class Catalog:
    """Opens views of one collection's catalog. Threads may share it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opener = CatalogOpener(path)

    @contextmanager
    def reading(self) -> Iterator[CatalogView]:
        """A consistent snapshot, for as long as the context lasts.

        Raises StoreEmpty if nothing was ever ingested, StoreError if the file cannot be used.
        """
        if not self.path.exists():
            raise StoreEmpty("Nothing has been ingested yet; run: rag-app ingest PATH")
        with translated_errors(self.path), closing(self._opener.open()) as connection:
            check_schema(connection, self.path)
            yield CatalogView(connection, self.path)


def _stored_chunk(rows: Sequence[tuple[Any, ...]]) -> StoredChunk:
    """A chunk of one row for each of its documents, of which the first one's metadata counts."""
    id_, start, end, page, headings, text, sentences, *of_document = rows[0]
    kind, title, language, found, name, said, modified, by_ocr = of_document
    pairs = np.frombuffer(sentences, dtype="<i4").reshape(-1, 2).tolist()
    own = {key: value for key, value in merged_metadata(found, said).items() if key not in RESERVED}
    return StoredChunk(
        id=id_,
        documents=tuple(text_of(row[11]) for row in rows),
        start=int(start),
        end=int(end),
        page=page and int(page),
        text=text_of(text),
        headings=tuple(map(text_of, json.loads(headings))),
        sentences=tuple((first, last) for first, last in pairs),
        metadata={
            **own,
            "type": text_of(kind),
            "kind": kind,
            "title": title and text_of(title),
            "language": language and text_of(language),
            "folder": folder_of(name),
            "modified": iso_time(modified),
        },
        by_ocr=bool(by_ocr),
    )
