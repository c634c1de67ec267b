"""Passages together with what stands beside them, for those who want to read more at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.catalog.chunk_vectors import ChunkPlace, places_in
from ingest.catalog.view import CatalogView
from ingest.records import StoredChunk
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
            shown |= {place.id for place in around}
            joined.append(replace(passage, chunk=_joined(view, passage.chunk, around)))
    return joined


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
