"""Questions to check oneself, made from the passages that teach an objective."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from ingest.embed.embedder import Embedder
from ingest.records import StoredChunk
from ingest.similarity import unit
from rag_app.insights.base.records import Place
from rag_app.insights.learning.records import Check
from rag_app.messages import say
from rag_app.questions.made.from_text import candidates

# Of an answer's content words, at most so many may be in its question: one learns from a question
# that says all but the number, too.
MOST_SHARED = 0.8
MOST = 3  # questions for each objective
SHORTEST = 40  # characters of a sentence that can be an answer


def checks_for(
    objective: str,
    chunks: Sequence[StoredChunk],
    embedder: Embedder,
    used: set[str],
) -> tuple[Check, ...]:
    """Questions on the chunks that teach an objective, those nearest to it first; ``used`` are the
    ids of those that are asked elsewhere, and gets these.

    By rules; of what they make nothing of, it is asked what the documents say of the
    objective, and the sentence nearest to it answers. Raises EmbedderError.
    """
    made = [
        (one.question, _place(chunk, one.start, one.start + len(one.quote), one.quote))
        for chunk in chunks
        for one in candidates([chunk], MOST_SHARED)
        if one.kind != "heading"  # its answer would be the whole passage
    ]
    found: dict[str, Check] = {}
    for question, place in _nearest_first(objective, made, embedder):
        check = Check(id_of(question, place), question, place)
        if check.id not in used and len(found) < MOST:
            found[check.id] = check
    if not found and chunks:
        question, place = _plain(objective, chunks, embedder)
        found = {(check := Check(id_of(question, place), question, place)).id: check}
    used.update(found)
    return tuple(found.values())


def id_of(question: str, answer: Place) -> str:
    """The same for as long as the document answers the question with the same words, wherever in
    it they stand."""
    told = "\0".join([answer.document, question, answer.text])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _nearest_first(
    objective: str, made: Sequence[tuple[str, Place]], embedder: Embedder
) -> list[tuple[str, Place]]:
    if len(made) <= 1:
        return list(made)
    vectors = unit(embedder.encode([objective, *(question for question, _ in made)]))
    alike = vectors[1:] @ vectors[0]
    return [made[at] for at in np.argsort(-alike, kind="stable").tolist()]


def _plain(objective: str, chunks: Sequence[StoredChunk], embedder: Embedder) -> tuple[str, Place]:
    places = [
        _place(chunk, start + len(raw) - len(raw.lstrip()), start + len(raw.rstrip()), raw.strip())
        for chunk in chunks
        for start, end in chunk.sentences
        if len(raw := chunk.text[start - chunk.start : end - chunk.start]) >= SHORTEST
        or len(chunk.sentences) == 1
    ] or [_place(chunk, chunk.start, chunk.end, chunk.text) for chunk in chunks]
    vectors = unit(embedder.encode([objective, *(place.text for place in places)]))
    best = int((vectors[1:] @ vectors[0]).argmax())
    return say("What do the documents say about “{matter}”?", matter=objective), places[best]


def _place(chunk: StoredChunk, start: int, end: int, text: str) -> Place:
    return Place(chunk.documents[0], chunk.page, start, end, text, chunk.id)
