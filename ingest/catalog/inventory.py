"""Reading a catalog to count and to list: rows of chunks and names, without their vectors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ingest.catalog.chunk_vectors import Numbers
from ingest.catalog.filters import ALL, NAMED, Filter
from ingest.catalog.view import AT_ONCE, CatalogView
from ingest.records import StoredChunk


class ChunkRow(NamedTuple):
    """A chunk by its number, the number of its content, its page and its text."""

    number: int
    content: int
    page: int | None
    text: str


def chunk_rows(view: CatalogView, numbers: Sequence[int]) -> Iterator[ChunkRow]:
    """Those of some chunks that are live, in order of number."""
    for first in range(0, len(numbers), AT_ONCE):
        batch = list(numbers[first : first + AT_ONCE])
        rows = view.connection.execute(
            "SELECT number, content, page, text FROM chunks"
            f" WHERE number IN ({', '.join('?' * len(batch))}) ORDER BY number",
            batch,
        )
        yield from map(ChunkRow._make, rows)


def chunk_counts(view: CatalogView, numbers: Numbers) -> Counter[int]:
    """How many of some chunks each content has."""
    wanted = set(numbers.tolist())
    rows = view.connection.execute("SELECT number, content FROM chunks")
    return Counter(content for number, content in rows if number in wanted)


def chunks_by_number(
    view: CatalogView, numbers: Sequence[int], where: Filter | None = None
) -> list[StoredChunk]:
    """Those of a few chunks that are live and pass a filter, in order of number."""
    ids = view.connection.execute(
        f"SELECT id FROM chunks WHERE number IN ({', '.join('?' * len(numbers))}) ORDER BY number",
        list(numbers),
    ).fetchall()
    return list(view.chunks([id_ for (id_,) in ids], where).values())


def first_chunk(view: CatalogView, document: str) -> StoredChunk | None:
    """The first chunk of a document; None if it has no text."""
    row = view.connection.execute(
        "SELECT chunks.id FROM chunks JOIN documents ON documents.content = chunks.content"
        " WHERE documents.name = ? ORDER BY chunks.number LIMIT 1",
        (document,),
    ).fetchone()
    return None if row is None else view.chunks([row[0]])[row[0]]


def texts_by_number(view: CatalogView, numbers: Sequence[int]) -> dict[int, str]:
    """The texts of those of some chunks that are live, by number."""
    return {row.number: row.text for row in chunk_rows(view, numbers)}


def title_and_names(view: CatalogView, content: int) -> list[str]:
    """The title of a content, if it has one, and the names of its documents."""
    [title] = view.connection.execute(
        "SELECT title FROM contents WHERE id = ?", (content,)
    ).fetchone()
    return [*([title] if title else []), *view.names_of(content)]


def names_by_content(view: CatalogView, where: Filter | None) -> dict[int, list[str]]:
    """The documents of each content that pass a filter, under the names that do."""
    condition = (where or ALL).names
    rows = view.connection.execute(
        f"SELECT documents.content, documents.name FROM {NAMED} WHERE {condition.sql}"
        " ORDER BY documents.name",
        condition.values,
    )
    names: dict[int, list[str]] = {}
    for content, name in rows:
        names.setdefault(content, []).append(name)
    return names
