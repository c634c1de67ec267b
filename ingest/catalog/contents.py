"""Rows of contents and chunks: inserted, replaced, numbered, dropped when no document is left.

Part of the transactions of ``ingest.catalog.writer``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ingest.catalog import postings
from ingest.catalog.kept_tables.write import insert_tables
from ingest.catalog.view import CatalogView
from ingest.records import Chunk, LoadedDocument
from ingest.similarity import Vectors

PIECE = 1 << 20  # characters of a text that are written at a time


@dataclass(frozen=True, slots=True)
class EmbeddedContent:
    """A document's text, cut and embedded, ready to be stored.

    ``vectors`` are as many as chunks, in their order, each of shape (dimension,); they are taken
    one by one while the document is stored.
    """

    digest: str
    document: LoadedDocument
    chunks: Sequence[Chunk]
    sentences: Sequence[Sequence[tuple[int, int]]]
    vectors: Iterable[Vectors]
    note: str | None


def insert(catalog: CatalogView, content: EmbeddedContent, generation: int) -> int:
    """Store a content that is new. Returns its number."""
    document = content.document
    cursor = catalog.connection.execute(
        "INSERT INTO contents (digest, kind, title, characters, blocks, page_starts, note,"
        " metadata, language) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            content.digest,
            document.kind,
            document.title,
            len(document.text),
            json.dumps([(b.kind, b.start, b.end, b.level) for b in document.blocks]),
            json.dumps(document.page_starts),
            content.note,
            json.dumps(dict(document.metadata), ensure_ascii=False, default=str),
            document.language,
        ),
    )
    number = cursor.lastrowid
    assert number is not None
    _insert_text(catalog, number, document.text)
    catalog.connection.executemany(
        "INSERT INTO scans VALUES (?, ?, ?)",
        (
            (number, scan.page, json.dumps(scan.words, ensure_ascii=False))
            for scan in document.scans
        ),
    )
    insert_tables(catalog.connection, number, document.text, document.blocks)
    first = take_numbers(catalog, len(content.chunks))
    rows = zip(content.chunks, content.sentences, content.vectors, strict=True)
    catalog.connection.executemany(
        'INSERT INTO chunks (number, id, content, start, "end", page, headings, text,'
        " sentences, vector, generation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                place,
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
            for place, (chunk, sentences, vector) in enumerate(rows, start=first)
        ),
    )
    return number


def detach_chunks(catalog: CatalogView, digest: str) -> int | None:
    """Delete the chunks of a content, and free its digest for another reading of its bytes.

    Returns its number for ``replace_content``; None if there is no such content.
    """
    number = catalog.content_number(digest)
    if number is not None:
        rows = catalog.connection.execute("SELECT number FROM chunks WHERE content = ?", (number,))
        postings.remove(catalog.connection, [row[0] for row in rows.fetchall()])
        catalog.connection.execute("DELETE FROM chunks WHERE content = ?", (number,))
        catalog.connection.execute("UPDATE contents SET digest = '' WHERE id = ?", (number,))
    return number


def replace_content(catalog: CatalogView, old: int, new: int) -> list[str]:
    """Give all documents of a detached content another one. Returns their names."""
    names = catalog.names_of(old)
    catalog.connection.execute("UPDATE documents SET content = ? WHERE content = ?", (new, old))
    catalog.connection.execute("DELETE FROM contents WHERE id = ?", (old,))
    return names


def update_postings(catalog: CatalogView, before: Mapping[int, Sequence[str]]) -> None:
    """Index contents whose documents have changed by their new names; drop those without any.

    ``before`` are the names that each content had; none if it is new.
    """
    for content, names in before.items():
        now = catalog.names_of(content)
        if now == names:
            continue
        if names:
            rows = catalog.connection.execute(
                "SELECT number FROM chunks WHERE content = ? ORDER BY number", (content,)
            )
            numbers = [number for (number,) in rows]
            postings.remove(catalog.connection, numbers)
            if not now:
                catalog.connection.execute("DELETE FROM contents WHERE id = ?", (content,))
                continue
            if numbers:  # words are only added to what is new
                catalog.connection.execute(
                    "UPDATE chunks SET number = number + ? WHERE content = ?",
                    (take_numbers(catalog, len(numbers)) - numbers[0], content),
                )
        postings.write(catalog.connection, content)
    postings.seal(catalog.connection, next_number(catalog))


def next_number(catalog: CatalogView) -> int:
    """The next number for a chunk. Numbers are never used again: readers keep words by them."""
    taken = catalog.meta("next_chunk")
    if taken is not None:
        return int(taken)
    [last] = catalog.connection.execute("SELECT max(number) FROM chunks").fetchone()
    return int(last or 0) + 1


def take_numbers(catalog: CatalogView, count: int) -> int:
    """Reserve so many consecutive numbers for chunks; returns the first."""
    first = next_number(catalog)
    catalog.connection.execute(
        "INSERT OR REPLACE INTO meta VALUES ('next_chunk', ?)", (str(first + count),)
    )
    return first


def _insert_text(catalog: CatalogView, content: int, text: str) -> None:
    """In pieces: SQLite would copy a large one twice."""
    pieces = range(0, len(text), PIECE)
    size = sum(len(text[place : place + PIECE].encode()) for place in pieces)
    catalog.connection.execute("INSERT INTO texts VALUES (?, zeroblob(?))", (content, size))
    with catalog.connection.blobopen("texts", "utf8", content) as blob:
        for place in pieces:
            blob.write(text[place : place + PIECE].encode())


def chunk_id(digest: str, chunk: Chunk) -> str:
    """The id of a chunk: the same bytes, cut the same way, give the same ids."""
    key = f"{digest}:{chunk.start}:{chunk.end}:{chunk.context}"
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
