"""Sentences, rows and headings to questions, by the rules of their language.

Each rule takes a part of what it reads and asks for the rest, so that a question never holds the
words that answer it. What a rule makes is kept only if it leaves out enough of its sentence
(``MOST_SHARED``): a question that repeats it would measure nothing but the matching of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from ingest.records import StoredChunk
from rag_app.languages import QUESTIONS
from rag_app.questions.candidate import MOST_SHARED, Candidate, asks_for_more
from rag_app.questions.made.from_text_german import GERMAN
from rag_app.questions.made.natural import language_of_chunk
from rag_app.questions.made.sentence import Making, Sentence, words
from rag_app.questions.made_english.candidates import candidates_english

FEWEST_WORDS, MOST_WORDS = 5, 60  # of a sentence
# What numbers a clause, a step or an item.
_ENUMERATION = re.compile(
    r"(?:\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-z])[.)]|\d{1,3}(?:\.\d{1,3})+|[-*•–]) +"
)
_NUMBERING = "0123456789. "


def candidates(
    chunks: Sequence[StoredChunk], most_shared: float = MOST_SHARED
) -> Iterator[Candidate]:
    """All questions that the rules make of a document's chunks, which are in order; none in
    languages without rules. ``most_shared`` is how many of a sentence's content words its question
    may have, from 0 to 1."""
    for language, alike in groupby(chunks, key=language_of_chunk):
        made = QUESTIONS.of(language, en=candidates_english, de=candidates_german)
        if made is not None:
            yield from made(list(alike), most_shared)


def candidates_german(chunks: Sequence[StoredChunk], most_shared: float) -> Iterator[Candidate]:
    """The same of chunks in German."""
    making = GERMAN
    for chunk in chunks:
        for sentence in _sentences(chunk):
            for kind, rule in making.rules:
                ask = rule(sentence)
                if ask and asks_for_more(ask.question, sentence.text, making.language, most_shared):
                    yield Candidate(kind, *ask, sentence.start, sentence.page, sentence.quote)
                    break
    yield from _of_headings(making, chunks)


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


def _of_headings(making: Making, chunks: Sequence[StoredChunk]) -> Iterator[Candidate]:
    """Asks what a section says, where it is one chunk: then that is the one place."""
    sections: dict[tuple[str, ...], list[StoredChunk]] = {}
    for chunk in chunks:
        sections.setdefault(chunk.headings, []).append(chunk)
    for headings, (chunk, *more) in sections.items():
        if not headings or more:
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
