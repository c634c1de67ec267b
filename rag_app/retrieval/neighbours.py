"""Passages together with what stands beside them, for those who want to read more at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.catalog.chunk_vectors import ChunkPlace, places_in
from ingest.catalog.view import CatalogView
from ingest.records import StoredChunk
from rag_app.collection.rows import cells_of
from rag_app.retrieval.passage import Passage


def join_neighbours(
    view: CatalogView,
    passages: Sequence[Passage],
    steps: int,
    k: int,
    without: Sequence[str] = (),
) -> list[Passage]:
    """The first ``k`` passages, each joined with up to so many chunks before and after it on its
    page. What was joined to a better one is not shown again, and the chunks whose ids are in
    ``without`` are not shown at all."""
    shown = set(without)
    joined: list[Passage] = []
    for passage in passages:
        if len(joined) == k:
            break
        if passage.chunk.id not in shown:
            around = _around(view, passage.chunk, steps, shown)
            ids = tuple(place.id for place in around)
            shown |= set(ids)
            chunk = _joined(view, passage.chunk, around)
            joined.append(replace(passage, chunk=chunk, joined=ids))
    return joined


def join_lists(
    view: CatalogView, passages: Sequence[Passage], first: int, without: Sequence[str] = ()
) -> list[Passage]:
    """Passages, of which the ``first`` are each joined with the chunk before and after it where the
    same list goes on there: the next line, and no heading or blank line, parts the two. What was
    joined to a better one is not given again."""
    shown = set(without)
    joined: list[Passage] = []
    for place, passage in enumerate(passages):
        if passage.chunk.id in shown:
            continue
        if place < first and "\n" in passage.chunk.text and not passage.joined:
            passage = _with_list(view, passage, shown)
        shown |= set(passage.joined)
        joined.append(passage)
    return joined


def _with_list(view: CatalogView, passage: Passage, shown: set[str]) -> Passage:
    chunk = passage.chunk
    around = _around(view, chunk, 1, shown)
    if len(around) == 1:
        return passage
    parts = view.chunks([place.id for place in around])
    text = view.document_text(chunk.documents[0])
    assert text is not None, "a chunk has a document"
    at = next(number for number, place in enumerate(around) if place.id == chunk.id)
    first, last = at, at + 1
    if at and _goes_on(parts[around[at - 1].id], parts[chunk.id], text):
        first = at - 1
    if last < len(around) and _goes_on(parts[chunk.id], parts[around[last].id], text):
        last += 1
    if last - first == 1:
        return passage
    ids = tuple(place.id for place in around[first:last])
    return replace(passage, chunk=_joined(view, chunk, around[first:last]), joined=ids)


def _goes_on(one: StoredChunk, other: StoredChunk, text: str) -> bool:
    """Whether a list that ends a chunk goes on in the next one: lines of their own, no rows."""
    if text[one.end : other.start].strip() or "\n\n" in text[one.end : other.start]:
        return False
    if "\n" not in text[one.end - 1 : other.start + 1]:
        return False
    end, start = one.sentences[-1], other.sentences[0]
    line = text.rfind("\n", one.start, one.end) + 1
    is_item = line and any(first == line for first, _ in one.sentences)
    return bool(is_item) and not cells_of(one, *end) and not cells_of(other, *start)


def _around(view: CatalogView, chunk: StoredChunk, steps: int, shown: set[str]) -> list[ChunkPlace]:
    """The chunk and its neighbours, in order."""
    places = places_in(view, chunk.documents[0])
    at = next(number for number, place in enumerate(places) if place.id == chunk.id)
    first = last = at
    for _ in range(steps):
        if first and _may_join(places[first - 1], chunk, shown):
            first -= 1
        if last + 1 < len(places) and _may_join(places[last + 1], chunk, shown):
            last += 1
    return places[first : last + 1]


def _may_join(place: ChunkPlace, chunk: StoredChunk, shown: set[str]) -> bool:
    return place.page == chunk.page and place.id not in shown


def _joined(view: CatalogView, chunk: StoredChunk, around: Sequence[ChunkPlace]) -> StoredChunk:
    if len(around) == 1:
        return chunk
    text = view.document_text(chunk.documents[0])
    assert text is not None, "a chunk has a document"
    start, end = around[0].start, around[-1].end
    parts = view.chunks([place.id for place in around])
    sentences = {span for part in parts.values() for span in part.sentences}
    return replace(
        chunk, start=start, end=end, text=text[start:end], sentences=tuple(sorted(sentences))
    )
