"""Passages made of sentences."""

from __future__ import annotations

from ingest.records import StoredChunk
from rag_app.retrieval.passage import Passage


def passage(*sentences: str, document: str = "manual.pdf", offset: int = 100) -> Passage:
    """A passage of these sentences, under "Power" in the "WS-40 manual"."""
    spans: list[tuple[int, int]] = []
    end = offset
    for sentence in sentences:
        spans.append((end, end + len(sentence)))
        end += len(sentence) + 1
    text = " ".join(sentences)
    chunk = StoredChunk(
        id=text,
        documents=(document,),
        start=offset,
        end=offset + len(text),
        page=4,
        text=text,
        headings=("Power",),
        sentences=tuple(spans),
        metadata={"title": "WS-40 manual"},
    )
    return Passage(chunk, 0.5)
