"""The parts of a long document in which its fields are likeliest to stand."""

from __future__ import annotations

import numpy as np

from ingest.catalog.chunk_vectors import places_in, points_of
from ingest.catalog.filters import parse_filter
from ingest.catalog.view import CatalogView
from ingest.similarity import unit
from rag_app.extraction.records import Span
from rag_app.extraction.wanted import Wanted

# In chunks. A document of no more is read whole: that takes some seconds.
WHOLE = 40
# Of a longer one: its beginning and end, where parties and signatures stand, and for each field the
# chunks that are nearest to it by meaning.
FIRST, LAST, NEAREST = 4, 2, 5


def stretches(view: CatalogView, document: str, wanted: Wanted) -> list[Span] | None:
    """Where to look in a document, as offsets, in order; None for all of it."""
    ids = [place.id for place in places_in(view, document)]
    if len(ids) <= WHOLE:
        return None
    points = points_of(view, ids=ids)
    row_of = {id_: row for row, id_ in enumerate(points.ids)}
    vectors = unit(points.vectors[[row_of[id_] for id_ in ids]])
    chosen = {*range(FIRST), *range(len(ids) - LAST, len(ids))}
    for forms in wanted.vectors:
        nearest = np.argsort(-(vectors @ forms.T).max(axis=1))[:NEAREST]
        chosen.update(nearest.tolist())
    chunks = view.chunks([ids[at] for at in sorted(chosen)], parse_filter({"document": document}))
    return sorted((chunk.start, chunk.start + len(chunk.text)) for chunk in chunks.values())
