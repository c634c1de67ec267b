"""Vectors of chunks with their ids and numbers, without their texts: what searches read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ingest.catalog.filters import ALL, Filter
from ingest.catalog.view import AT_ONCE, CatalogView
from ingest.similarity import Vectors

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Points:
    """Live chunks in order of number: ids, numbers of shape (n,) and vectors (n, dimension)."""

    ids: list[str]
    numbers: Numbers
    vectors: Vectors

    def places_of(self, numbers: Numbers) -> Numbers:
        """The rows of chunks that are among these."""
        return np.searchsorted(self.numbers, numbers)

    def at(self, places: Numbers) -> Points:
        """Those that stand at some places, which are in order."""
        ids = [self.ids[place] for place in places.tolist()]
        return Points(ids, self.numbers[places], self.vectors[places])


@dataclass(frozen=True, slots=True)
class PlacedPoints:
    """Live chunks in order of number, as arrays: ids, and of shape (n,) the numbers of the chunks
    and of their contents, the offsets in the content's text and the pages, 0 where there is none;
    vectors of shape (n, dimension)."""

    ids: list[str]
    numbers: Numbers
    contents: Numbers
    starts: Numbers
    ends: Numbers
    pages: Numbers
    vectors: Vectors


def points_of(view: CatalogView, *, ids: Sequence[str] = (), numbers: Sequence[int] = ()) -> Points:
    """Those of the chunks, by id or by number, that are live."""
    rows: set[tuple[int, str, bytes]] = set()
    for column, wanted in (("id", ids), ("number", numbers)):
        for first in range(0, len(wanted), AT_ONCE):
            batch = list(wanted[first : first + AT_ONCE])
            found = view.connection.execute(
                f"SELECT number, id, vector FROM chunks"
                f" WHERE {column} IN ({', '.join('?' * len(batch))})",
                batch,
            )
            rows.update(found)
    return _points(sorted(rows))


def numbers_of(view: CatalogView, ids: Sequence[str]) -> dict[str, int]:
    """The numbers of live chunks, by id. Their vectors are not read."""
    found: dict[str, int] = {}
    for first in range(0, len(ids), AT_ONCE):
        batch = list(ids[first : first + AT_ONCE])
        found |= view.connection.execute(
            f"SELECT id, number FROM chunks WHERE id IN ({', '.join('?' * len(batch))})", batch
        )
    return found


class ChunkPlace(NamedTuple):
    """A chunk's offsets in its document's text, and its page."""

    id: str
    start: int
    end: int
    page: int | None


def places_in(view: CatalogView, document: str) -> list[ChunkPlace]:
    """Ids and offsets of a document's chunks, in the order of the text."""
    rows = view.connection.execute(
        'SELECT chunks.id, chunks.start, chunks."end", chunks.page FROM chunks'
        " JOIN documents ON documents.content = chunks.content WHERE documents.name = ?"
        " ORDER BY chunks.start",
        (document,),
    )
    return [ChunkPlace(*row) for row in rows]


def numbers_where(view: CatalogView, where: Filter) -> Numbers:
    """The numbers of all chunks that pass a filter, shape (n,)."""
    condition = where.chunks
    rows = view.connection.execute(
        f"SELECT number FROM chunks WHERE {condition.sql}", condition.values
    )
    return np.fromiter((number for (number,) in rows), dtype=np.int64)


def placed_points(view: CatalogView, where: Filter | None = None) -> PlacedPoints:
    """All chunks that pass a filter, with their vectors: as many bytes as these have."""
    condition = (where or ALL).chunks
    rows = view.connection.execute(
        'SELECT number, content, start, "end", coalesce(page, 0), id, vector FROM chunks'
        f" WHERE {condition.sql} ORDER BY number",
        condition.values,
    )
    ids: list[str] = []
    vectors: list[Vectors] = []
    places: list[npt.NDArray[np.int64]] = []
    # In batches, so that the rows are not held beside the arrays.
    while batch := rows.fetchmany(AT_ONCE * 8):
        ids += [row[5] for row in batch]
        places.append(np.array([row[:5] for row in batch], dtype=np.int64))
        found = np.frombuffer(b"".join(row[6] for row in batch), dtype="<f4")
        vectors.append(found.reshape(len(batch), -1))
    if not ids:
        nothing = np.zeros(0, dtype=np.int64)
        empty = np.zeros((0, 0), dtype=np.float32)
        return PlacedPoints([], nothing, nothing, nothing, nothing, nothing, empty)
    numbers, contents, starts, ends, pages = np.concatenate(places).T.copy()
    return PlacedPoints(ids, numbers, contents, starts, ends, pages, np.concatenate(vectors))


def numbers_after(view: CatalogView, generation: int) -> Numbers:
    """The numbers of the chunks that came after a generation, in order."""
    rows = view.connection.execute("SELECT number FROM chunks WHERE generation > ?", (generation,))
    return np.sort(np.fromiter((number for (number,) in rows), dtype=np.int64))


def points_after(view: CatalogView, generation: int, number: int) -> Points:
    """The chunks that came after a generation and have numbers above another."""
    rows = view.connection.execute(
        "SELECT number, id, vector FROM chunks WHERE generation > ? AND number > ?",
        (generation, number),
    ).fetchall()
    return _points(sorted(rows))


def _points(rows: Sequence[tuple[int, str, bytes]]) -> Points:
    """Points of (number, id, vector), in order of number."""
    vectors = np.frombuffer(b"".join(vector for *_, vector in rows), dtype="<f4")
    return Points(
        [id_ for _, id_, _ in rows],
        np.array([number for number, *_ in rows], dtype=np.int64),
        vectors.reshape(len(rows), -1) if rows else vectors.reshape(0, 0),
    )
