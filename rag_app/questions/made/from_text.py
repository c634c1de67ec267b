"""Sentences, rows and headings to questions, by the rules of their language.

Each rule takes a part of what it reads and asks for the rest, so that a question never holds the
words that answer it. What a rule makes is kept only if it leaves out enough of its sentence
(``MOST_SHARED``): a question that repeats it would measure nothing but the matching of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ingest.records import StoredChunk
from ingest.text.analyzer import stems
from rag_app.languages import QUESTIONS
from rag_app.questions.made.from_text_english import ENGLISH
from rag_app.questions.made.from_text_german import GERMAN
from rag_app.questions.made.natural import language_of_chunk
from rag_app.questions.made.sentence import Making, Sentence, words
from rag_app.retrieval.bm25 import coverage

# Of a sentence's content words, at most so many may be in its question.
MOST_SHARED = 0.6
FEWEST_WORDS, MOST_WORDS = 5, 60  # of a sentence
# What numbers a clause, a step or an item.
_ENUMERATION = re.compile(
    r"(?:\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-z])[.)]|\d{1,3}(?:\.\d{1,3})+|[-*•–]) +"
)
_NUMBERING = "0123456789. "


class Candidate(NamedTuple):
    """A question, the words that name what it is about, and where it is answered: ``quote``
    stands at ``start`` in the document."""

    kind: str
    question: str
    about: str
    start: int
    page: int | None
    quote: str


def candidates(chunks: Sequence[StoredChunk]) -> Iterator[Candidate]:
    """All questions that the rules make of a document's chunks, which are in order; none in
    languages without rules."""
    for chunk in chunks:
        if (making := _making(chunk)) is None:
            continue
        for sentence in _sentences(chunk):
            for kind, rule in making.rules:
                ask = rule(sentence)
                if ask and asks_for_more(ask.question, sentence.text, making.language):
                    yield Candidate(kind, *ask, sentence.start, sentence.page, sentence.quote)
                    break
    yield from _of_headings(chunks)


def asks_for_more(question: str, sentence: str, language: str | None = None) -> bool:
    """Whether a question leaves out enough of the sentence that answers it."""
    wanted = stems(sentence, language)
    return len(set(wanted)) >= 3 and coverage(wanted, stems(question, language)) <= MOST_SHARED


def _making(chunk: StoredChunk) -> Making | None:
    return QUESTIONS.of(language_of_chunk(chunk), en=ENGLISH, de=GERMAN)


def _sentences(chunk: StoredChunk) -> Iterator[Sentence]:
    for start, end in chunk.sentences:
        raw = chunk.text[start - chunk.start : end - chunk.start]
        quote = raw.strip()
        text = " ".join(quote.split())
        text = text[match.end() :] if (match := _ENUMERATION.match(text)) else text
        first = start + len(raw) - len(raw.lstrip())
        if FEWEST_WORDS <= words(text) <= MOST_WORDS:
            heading = chunk.headings[-1].lstrip(_NUMBERING) if chunk.headings else ""
            yield Sentence(text, first, chunk.page, quote, heading)


def _of_headings(chunks: Sequence[StoredChunk]) -> Iterator[Candidate]:
    """Asks what a section says, where it is one chunk: then that is the one place."""
    sections: dict[tuple[str, ...], list[StoredChunk]] = {}
    for chunk in chunks:
        sections.setdefault(chunk.headings, []).append(chunk)
    for headings, (chunk, *more) in sections.items():
        making = _making(chunk)
        if not headings or more or making is None:
            continue
        heading = headings[-1].strip().rstrip(":.").lstrip(_NUMBERING)
        if heading.endswith("?") or not heading[:1].isalpha() or not 2 <= words(heading) <= 10:
            continue
        # The heading may be in the chunk; what is under it is the answer.
        under = chunk.text.find(headings[-1])
        begin = under + len(headings[-1]) if under >= 0 else 0
        quote = chunk.text[begin:].strip()
        question = making.of_heading(heading)
        if asks_for_more(question, quote, making.language):
            start = chunk.start + chunk.text.index(quote, begin)
            yield Candidate("heading", question, heading, start, chunk.page, quote)
