"""A question for evaluation or learning, with the place that answers it."""

from __future__ import annotations

from typing import NamedTuple

from ingest.text.analyzer import stems
from rag_app.retrieval.bm25 import coverage

# Of a sentence's content words, at most so many may be in its question.
MOST_SHARED = 0.6


class Candidate(NamedTuple):
    """A question, the words that name what it is about, and where it is answered: ``quote``
    stands at ``start`` in the document."""

    kind: str
    question: str
    about: str
    start: int
    page: int | None
    quote: str


def asks_for_more(
    question: str, sentence: str, language: str | None = None, most_shared: float = MOST_SHARED
) -> bool:
    """Whether a question leaves out enough of the sentence that answers it: one that repeats it
    measures nothing but the matching of words."""
    wanted = stems(sentence, language)
    shared = coverage(wanted, stems(question, language))
    return len(set(wanted)) >= 3 and shared <= most_shared
