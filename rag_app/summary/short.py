"""A document in short: a few of its sentences that say what it is."""

from __future__ import annotations

import numpy as np

from ingest.catalog.view import CatalogView
from ingest.embed.embedder import Embedder
from ingest.similarity import unit
from rag_app.collection.sections import Section, sections_of
from rag_app.summary.sentences import stands_alone, telling

# In so many sentences: the first of so many that say most. They are looked for in so many chunks at
# its beginning, where a document mostly says what it is; what lies in its middle is any detail. In
# characters: one that is shorter is read as quickly.
IN_SHORT, TRIED, BEGINNING = 3, 8, 4
WORTH_SHORTENING = 1_000


def in_short(view: CatalogView, document: str, embedder: Embedder) -> tuple[str, ...]:
    """A few whole sentences from the beginning of a document that say most of it, in their order;
    none where it is short, or has none. They take a part of a second, however long it is. Raises
    StoreError, EmbedderError."""
    parts = sections_of(view, document)
    if not parts or parts[-1].end < WORTH_SHORTENING:
        return ()
    chunks = tuple(chunk for part in parts for chunk in part.chunks)[:BEGINNING]
    vectors = np.concatenate([part.vectors for part in parts])
    beginning = Section("", 0, chunks[-1].end, chunks, vectors[:BEGINNING])
    told = telling([beginning], embedder, TRIED, unit(vectors.mean(axis=0)))[0]
    return tuple(one.line for one in told if stands_alone(one.text))[:IN_SHORT]
