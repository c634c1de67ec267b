"""Questions that a person would ask, made of what a document says, by the rules of its language.

Each rule takes a sentence that states a number, a time, a person, a permission or what a thing is,
and asks for just that: "A sabbatical lasts six weeks" becomes "How long does a sabbatical last?".
What is not surely such a sentence asks nothing, for a wrong question is worse than none. A heading
that is a question is one in any language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence, Set
from typing import NamedTuple

from ingest.records import StoredChunk
from ingest.text.language import question_language
from rag_app.languages import SUGGESTIONS
from rag_app.questions.made.natural_german import asked_german
from rag_app.questions.made_english.naming import names_in
from rag_app.questions.made_english.natural import asked_english

FEWEST, MOST = 4, 32  # words of a sentence
LONGEST = 90  # characters of a question

ENUMERATION = re.compile(
    r"^(?:\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-z])[.)]|\d{1,3}(?:\.\d{1,3})+|[-*•–]) +"
)
NUMBERING = re.compile(r"^(?:§\s*)?[\d.()]{1,8}[.)]?\s+")
QUESTION = re.compile(r"[^\W\d_].{8,}\?$")
# A sentence, and the names of its document, to the question that it answers.
Asking = Callable[[str, Set[str]], str | None]


class Natural(NamedTuple):
    """A question, and the place that answers it: ``start`` and ``end`` are the document's."""

    question: str
    start: int
    end: int


def language_of_chunk(chunk: StoredChunk) -> str | None:
    """The language of a chunk: its document's, or that of its words where that is not known."""
    return str(chunk.metadata.get("language") or "") or question_language(chunk.text, ())


def natural_questions(chunks: Sequence[StoredChunk]) -> Iterator[Natural]:
    """The questions that a document's chunks, in order, answer; none twice."""
    seen: set[str] = set()
    names = names_in(chunk.text for chunk in chunks)
    for chunk in chunks:
        for one in (*_of_heading(chunk), *_of_sentences(chunk, names)):
            if one.question not in seen and len(one.question) <= LONGEST:
                seen.add(one.question)
                yield one


def _of_heading(chunk: StoredChunk) -> Iterator[Natural]:
    heading = NUMBERING.sub("", " ".join(chunk.headings[-1].split())) if chunk.headings else ""
    if QUESTION.match(heading) and heading.count("?") == 1:
        yield Natural(heading, chunk.start, chunk.end)


def _of_sentences(chunk: StoredChunk, names: Set[str]) -> Iterator[Natural]:
    asked: Asking | None = SUGGESTIONS.of(
        language_of_chunk(chunk), en=asked_english, de=asked_german
    )
    if asked is None:
        return
    for start, end in chunk.sentences:
        raw = chunk.text[start - chunk.start : end - chunk.start]
        text = ENUMERATION.sub("", " ".join(raw.split()), count=1)
        if not FEWEST <= len(text.split()) <= MOST or text.endswith("?"):
            continue
        if question := asked(text, names):
            yield Natural(f"{question[:1].upper()}{question[1:]}?", start, end)
