"""A document in the sections that a reader would name: by its headings, and where it has none by
where its subject changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ingest.catalog.chunk_vectors import places_in, points_of
from ingest.catalog.filters import parse_filter
from ingest.catalog.view import CatalogView
from ingest.records import StoredChunk
from ingest.similarity import Vectors, unit

# As few sections as a document is told in, if its headings have so many: a title is none.
FEWEST = 3
# Of a document without headings: a part has about so many chunks, and there are at most so many.
CHUNKS_A_PART = 6
MOST_PARTS = 8
# How many chunks are compared on both sides of a place where the subject may change.
BESIDE = 3


class Heading(NamedTuple):
    """A heading of a document, of level 1 to 6, and where it starts."""

    level: int
    start: int
    title: str


@dataclass(frozen=True, slots=True)
class Section:
    """A piece of a document, ``document_text[start:end]``, with the chunks that hold it, in order.
    ``title`` is "" where no heading names it; ``vectors`` has shape (chunks, dimension), each of
    length one; ``headings`` are those inside it."""

    title: str
    start: int
    end: int
    chunks: tuple[StoredChunk, ...]
    vectors: Vectors
    headings: tuple[Heading, ...] = ()


def sections_of(view: CatalogView, document: str) -> list[Section]:
    """The sections of a document in the order of its text; none if it has no text."""
    ids = [place.id for place in places_in(view, document)]
    chunks = tuple(view.chunks(ids, parse_filter({"document": document})).values())
    if not chunks:
        return []
    points = points_of(view, ids=ids)
    row_of = {id_: row for row, id_ in enumerate(points.ids)}
    vectors = unit(points.vectors[[row_of[chunk.id] for chunk in chunks]])
    text = view.document_text(document) or ""
    headings = tuple(
        Heading(block.level, block.start, " ".join(text[block.start : block.end].split()))
        for block in view.outline(document).blocks
        if block.kind == "heading"
    )
    return divided(Section("", 0, len(text), chunks, vectors, headings))


def divided(whole: Section) -> list[Section]:
    """The sections that a piece of a document consists of: those of the outermost headings of which
    there are a few; or parts, where it has no headings."""
    found: list[Heading] = []
    for level in sorted({one.level for one in whole.headings}):
        found = [one for one in whole.headings if one.level <= level]
        if len(found) >= FEWEST:
            break
    if len(found) < 2:
        return _by_subject(whole)
    first = Heading(0, whole.start, whole.title)
    end = Heading(0, whole.end, "")
    parts = [
        _part(whole, one.title, one.start, after.start)
        for one, after in pairwise([first, *found, end])
    ]
    return [part for part in parts if part is not None]


def _by_subject(whole: Section) -> list[Section]:
    """Parts that begin where what follows is least like what went before: TextTiling (Hearst,
    Computational Linguistics 23, 1997) on the vectors of chunks."""
    count = len(whole.chunks)
    wanted = min(count // CHUNKS_A_PART, MOST_PARTS)
    if wanted < 2:
        return [whole]
    alike = [_alike(whole.vectors, place) for place in range(1, count)]
    places: list[int] = []
    for place in sorted(range(1, count), key=lambda place: alike[place - 1]):
        edges = (0, *places, count)
        if len(places) < wanted - 1 and all(abs(place - edge) >= BESIDE for edge in edges):
            places.append(place)
    starts = [whole.start, *(whole.chunks[place].start for place in sorted(places)), whole.end]
    parts = [_part(whole, "", start, end) for start, end in pairwise(starts)]
    return [part for part in parts if part is not None]


def _alike(vectors: Vectors, place: int) -> float:
    before = vectors[max(0, place - BESIDE) : place].mean(axis=0)
    after = vectors[place : place + BESIDE].mean(axis=0)
    return float(np.dot(*unit(np.stack([before, after]))))


def _part(whole: Section, title: str, start: int, end: int) -> Section | None:
    """The piece from ``start`` to ``end``; None if it has no more than its heading."""
    rows = [
        row
        for row, chunk in enumerate(whole.chunks)
        if any(
            start <= first and last <= end and _words(chunk, first, last) != title
            for first, last in chunk.sentences
        )
    ]
    if not rows:
        return None
    chunks = tuple(whole.chunks[row] for row in rows)
    inside = tuple(one for one in whole.headings if start < one.start < end)
    return Section(title, start, end, chunks, whole.vectors[rows], inside)


def _words(chunk: StoredChunk, start: int, end: int) -> str:
    return " ".join(chunk.text[start - chunk.start : end - chunk.start].split())


def pages_of(chunks: Sequence[StoredChunk]) -> tuple[int, int] | None:
    """The first and the last page of some chunks; None where there are no pages."""
    pages = [chunk.page for chunk in chunks if chunk.page is not None]
    return (min(pages), max(pages)) if pages else None
