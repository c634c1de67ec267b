"""Sentences of passages in the order in which they answer a question.

    score = (cosine + under) / 2 + WORDS * words + PASSAGE * passage

``under`` is the cosine of a sentence together with the heading over it, and ``words`` the BM25 of
both, the best 1: under "Parental leave", "Ten weeks are paid" answers a question for that leave,
while "Leave of more than three weeks needs consent" elsewhere has one of its words. ``passage`` is
the score of its passage. ``cosine`` is the sentence's own, which tells whether there is an answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ingest.embed.recent import RecentVectors
from ingest.similarity import Vectors, similarities, unit
from ingest.text.analyzer import stems
from rag_app.collection.rows import cells_of, in_words
from rag_app.evidence.asked import columns_asked, is_asked_for
from rag_app.evidence.asked_english import COLUMNS as COLUMNS_ENGLISH
from rag_app.evidence.asked_german import COLUMNS as COLUMNS_GERMAN
from rag_app.languages import COLUMNS
from rag_app.retrieval.bm25 import bm25
from rag_app.retrieval.forms import code_in
from rag_app.retrieval.passage import Passage, heading_of_each, names_over
from rag_app.retrieval.query import Query

# Chosen on six sets (docs/LOG.md, 2026-11-29).
WORDS = 0.35
PASSAGE = 1.0
HEADING = 0.5  # of a sentence's vector
# Where the question names a code, and some sentence has it, the others speak of something else, but
# for those of a document or a section that has it in its name.
OTHER_CODE_COST = 0.3
# What the row has above others that is asked for by name.
ASKED_ROW = 0.5
# A caption, a line of a mail's head, and a line without any punctuation, name what there is to know
# and do not say it.
FRAGMENT_COST = 0.3
FRAGMENT = re.compile(
    r"(?:table|figure|fig\.?|chart) \d|(?:from|to|cc|bcc|subject|sent): |[^.!?;:]*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage, and how well it answers. Offsets are the document's. ``vector`` has
    shape (dimension,) and length one."""

    passage: Passage
    start: int
    end: int
    text: str
    cosine: float
    score: float
    stems: tuple[str, ...]
    vector: Vectors = field(compare=False, repr=False)


def order_sentences(
    query: Query, passages: Sequence[Passage], recent: RecentVectors
) -> tuple[Sentence, ...]:
    """The sentences of passages, best first. Raises EmbedderError."""
    spans = [
        (passage, start, end, passage.chunk.text[start - offset : end - offset])
        for passage in passages
        for offset in (passage.chunk.start,)
        for start, end in passage.chunk.sentences
    ]
    texts = [in_words(passage.chunk, start, end) for passage, start, end, _ in spans]
    above = [heading for passage in passages for heading in heading_of_each(passage.chunk)]
    headings = list(dict.fromkeys(filter(None, above)))
    encoded = unit(recent.encode([*texts, *headings]))  # what is embedded together costs least
    vectors, over = encoded[: len(texts)], dict(zip(headings, encoded[len(texts) :], strict=True))
    assert query.vector is not None, "evidence is for a question that was embedded"
    asked = unit(query.vector)
    cosines = similarities(vectors, asked).tolist()
    own = [tuple(stems(text, query.language)) for text in texts]
    together = [one + HEADING * over.get(line, 0) for one, line in zip(vectors, above, strict=True)]
    under = similarities(unit(np.array(together)), asked).tolist() if together else []
    of_heading = {one: tuple(stems(one, query.language)) for one in headings} | {"": ()}
    words = bm25(query.stems, [a + of_heading[b] for a, b in zip(own, above, strict=True)])
    best = max(words, default=0.0) or 1.0
    has_code = [
        _has_code(query, f"{names_over(passage.chunk, heading)}\n{text}") if query.codes else False
        for (passage, *_), heading, text in zip(spans, above, texts, strict=True)
    ]
    forms = COLUMNS.of(query.language, en=COLUMNS_ENGLISH, de=COLUMNS_GERMAN)
    columns = columns_asked(query.text, forms or ())
    sentences: list[Sentence] = []
    for at, (passage, start, end, text) in enumerate(spans):
        score = (cosines[at] + under[at]) / 2 + WORDS * words[at] / best + PASSAGE * passage.score
        if FRAGMENT.match(texts[at]):
            score -= FRAGMENT_COST
        if any(has_code) and not has_code[at]:
            score -= OTHER_CODE_COST
        if is_asked_for(query, columns, cells_of(passage.chunk, start, end)):
            score += ASKED_ROW
        one = Sentence(passage, start, end, text, cosines[at], score, own[at], vectors[at])
        sentences.append(one)
    return tuple(sorted(sentences, key=lambda one: (-one.score, one.start)))


def _has_code(query: Query, text: str) -> bool:
    return any(code_in(code, text) for code in query.codes)
