"""A whole collection in short: its documents, each in a sentence of its own, and its topics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ingest.catalog.filters import Filter
from ingest.catalog.view import CatalogView
from ingest.embed.embedder import Embedder
from ingest.records import StoredDocument
from ingest.similarity import Vectors, unit
from rag_app.answer.draft import Draft
from rag_app.collection.sections import Section, sections_of
from rag_app.collection.told import Told
from rag_app.messages import percent, say, say_many
from rag_app.records import Citation
from rag_app.summary.sentences import telling
from rag_app.summary.summary import MODEL, Summary
from rag_app.summary.topics import Topic, main_topics

# So many documents are told in a sentence each.
MOST_DOCUMENTS = 20
# It is one of so many chunks at the beginning, where a text mostly says what it is.
BEGINNING = 4


class _Part(NamedTuple):
    """A part of the text, with what is told in it."""

    lines: list[str]
    told: list[list[Told]]


def collection_in_short(
    view: CatalogView, documents: Sequence[StoredDocument], where: Filter | None, embedder: Embedder
) -> Summary:
    """The documents that pass a filter, in order of name, and what their passages are about; where
    there are more than are shown, that comes first. Raises StoreError, EmbedderError."""
    citations: list[Citation] = []
    topics = main_topics(view, where)
    parts: list[_Part] = []
    if len(documents) <= MOST_DOCUMENTS:
        parts.append(_documents(view, documents, embedder, citations))
    if topics:
        parts.append(_topics(topics, embedder, citations))
    if len(documents) > MOST_DOCUMENTS:
        parts.append(_documents(view, documents, embedder, citations))
    notes = [say("To read more of one, ask for a summary of it by its title.")]
    if not topics:
        notes.append(say("There are too few passages to tell topics apart."))
    text = "\n\n".join("\n".join(part.lines) for part in parts)
    draft = Draft(text, tuple(citations), model=MODEL, notes=tuple(notes))
    return Summary.of(draft, [sentences for part in parts for sentences in part.told])


def _documents(
    view: CatalogView,
    documents: Sequence[StoredDocument],
    embedder: Embedder,
    citations: list[Citation],
) -> _Part:
    """Each document, or the first ones, in one sentence of its own."""
    shown = documents[:MOST_DOCUMENTS]
    wholes: list[Section] = []
    middles: list[Vectors] = []
    for document in shown:
        parts = sections_of(view, document.name)
        if parts:
            vectors = np.concatenate([part.vectors for part in parts])
            middles.append(unit(vectors.mean(axis=0)[None])[0])
            chunks = tuple(chunk for part in parts for chunk in part.chunks)[:BEGINNING]
            title = document.title or document.name
            wholes.append(Section(title, 0, parts[-1].end, chunks, vectors[:BEGINNING]))
    told = [
        telling([whole], embedder, 1, middle)[0]
        for whole, middle in zip(wholes, middles, strict=True)
    ]
    first = say_many(
        "{count} document, in a sentence of its own:",
        "{count} documents, each in a sentence of its own:",
        len(documents),
    )
    lines = [first, ""]
    for whole, sentences in zip(wholes, told, strict=True):
        lines.append(f"- **{whole.title}**{_cited(sentences, citations)}")
    if len(documents) > len(shown):
        lines.append(say("- and {count} more", count=len(documents) - len(shown)))
    return _Part(lines, told)


def _topics(topics: Sequence[Topic], embedder: Embedder, citations: list[Citation]) -> _Part:
    """Each topic by its words, with a sentence of the passage that is most typical of it."""
    told = telling([topic.typical for topic in topics], embedder, 1)
    lines = [say("What they are about, the most first, each with a typical sentence:"), ""]
    for topic, sentences in zip(topics, told, strict=True):
        share = say("{share} of the passages", share=percent(topic.share))
        lines.append(f"- **{', '.join(topic.words)}** ({share}){_cited(sentences, citations)}")
    return _Part(lines, told)


def _cited(sentences: Sequence[Told], citations: list[Citation]) -> str:
    line = ""
    for one in sentences:
        citations.append(one.to_citation(len(citations) + 1))
        line += f": {one.line} [{len(citations)}]"
    return line
