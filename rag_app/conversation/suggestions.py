"""Follow-up suggestions, drawn from the documents around an answer, without an LLM.

The headings of the passages beside those that an answer cites, and the sentences there of which a
rule makes a question that reads like one (``rag_app.questions.from_text_english``). Each is tried
before it is offered: the collection must answer it, and with that very place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from ingest.catalog.chunk_vectors import places_in
from ingest.records import StoredChunk
from ingest.text.analyzer import STOP_WORDS, stems
from rag_app.questions.from_text_english import candidates
from rag_app.records import Answer

if TYPE_CHECKING:
    from rag_app.engine import Engine

WANTED = 3
# Each try takes as long as a search.
MOST_TRIED = 9
MOST_DOCUMENTS = 3
# So many chunks before a cited one are looked at, and after it, where texts go on.
BEFORE, AFTER = 2, 6
# The place must be among so many passages that are found.
BEST = 3
LONGEST_TOPIC = 80
NUMBER = re.compile(r"^[\d.§()a-z]{1,6}[.)]?\s+(?=[A-Z])")
# What begins like this names no topic: "From a USB stick".
CLAUSE = re.compile(
    r"(?:from|to|by|with|at|in|on|for|if|when|after|before|as|under)\b", re.IGNORECASE
)
# Rules ask about anything, table rows too; these are the questions that a person would ask.
NATURAL = ("definition", "sentence")
SPOKEN = re.compile(r"(?:What (?:is|are) |How does one |Why is it that )")


class Suggestion(NamedTuple):
    """A question, and the place that it came from."""

    question: str
    document: str
    start: int
    end: int


def follow_ups(
    engine: Engine,
    answer: Answer,
    asked: Iterable[str] = (),
    where: Mapping[str, Any] | None = None,
) -> tuple[str, ...]:
    """At most three questions that the collection answers, and that were not ``asked``.

    ``where`` is the filter of the answer. None for a refusal. Raises what ``evidence`` raises.
    """
    if answer.refused:
        return ()
    known = {frozenset(stems(question)) for question in (answer.question, *asked)}
    found: list[str] = []
    for suggestion in islice(_suggestions(engine, answer, known), MOST_TRIED):
        if len(found) < WANTED and _is_answered(engine, suggestion, where):
            found.append(suggestion.question)
    return tuple(found)


def question_about(heading: str) -> str | None:
    """A question made of a heading; None if it says too little or too much to be one."""
    words = NUMBER.sub("", " ".join(heading.split())).strip(" .:")
    says_enough = " " in words and words[:1].isalpha() and not CLAUSE.match(words)
    if not says_enough or len(words) > LONGEST_TOPIC:
        return None
    return words if words.endswith("?") else f"What is said about {_as_in_a_sentence(words)}?"


def _suggestions(
    engine: Engine, answer: Answer, known: set[frozenset[str]]
) -> Iterator[Suggestion]:
    """Questions from around the cited passages: of headings and of sentences in turn."""
    headings: list[Suggestion] = []
    sentences: list[Suggestion] = []
    for document in list(dict.fromkeys(one.document for one in answer.citations))[:MOST_DOCUMENTS]:
        spans = [(one.start, one.end) for one in answer.citations if one.document == document]
        chunks = _around(engine, document, spans)
        headings += _of_headings(document, chunks, spans)
        sentences += _of_sentences(document, chunks, spans)
    for one in _in_turn(headings, sentences):
        words = frozenset(stems(one.question))
        if words not in known:
            known.add(words)
            yield one


def _in_turn(headings: Sequence[Suggestion], others: Sequence[Suggestion]) -> Iterator[Suggestion]:
    """Two headings and one of the others, as long as there are any."""
    waiting = iter(others)
    for number, heading in enumerate(headings, start=1):
        yield heading
        if number % 2 == 0:
            yield from islice(waiting, 1)
    yield from waiting


def _around(engine: Engine, document: str, spans: Sequence[tuple[int, int]]) -> list[StoredChunk]:
    """The chunks that are cited and those beside them, in order."""
    with engine.collection.reading() as view:
        places = places_in(view, document)
        cited = [
            number
            for number, place in enumerate(places)
            if any(place.start < end and start < place.end for start, end in spans)
        ]
        near = sorted(
            set(chain.from_iterable(range(max(at - BEFORE, 0), at + AFTER + 1) for at in cited))
        )
        ids = [places[at].id for at in near if at < len(places)]
        found = view.chunks(ids)
    return [found[id_] for id_ in ids if id_ in found]


def _of_headings(
    document: str, chunks: Sequence[StoredChunk], spans: Sequence[tuple[int, int]]
) -> Iterator[Suggestion]:
    """One for each heading over a chunk that is not over what is cited; after it first."""
    first = min(start for start, _ in spans)
    seen = {chunk.headings for chunk in chunks if _overlaps(chunk.start, chunk.end, spans)}
    for chunk in sorted(chunks, key=lambda one: one.start < first):
        if chunk.headings and chunk.headings not in seen:
            seen.add(chunk.headings)
            if question := question_about(chunk.headings[-1]):
                yield Suggestion(question, document, chunk.start, chunk.end)


def _of_sentences(
    document: str, chunks: Sequence[StoredChunk], spans: Sequence[tuple[int, int]]
) -> Iterator[Suggestion]:
    for one in candidates(chunks):
        end = one.start + len(one.quote)
        natural = one.kind in NATURAL and SPOKEN.match(one.question)
        named = len(one.about.split()[0]) > 1  # not: w in the second column
        if natural and named and not _overlaps(one.start, end, spans):
            yield Suggestion(one.question, document, one.start, end)


def _overlaps(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start < last and first < end for first, last in spans)


def _is_answered(engine: Engine, one: Suggestion, where: Mapping[str, Any] | None) -> bool:
    """Whether the collection answers a question, with the place that it came from."""
    evidence = engine.evidence(one.question, where)
    return evidence.is_enough and any(
        one.document in passage.chunk.documents
        and passage.chunk.start < one.end
        and one.start < passage.chunk.end
        for passage in evidence.passages[:BEST]
    )


def _as_in_a_sentence(heading: str) -> str:
    """Without the capital at the beginning, unless it belongs to a name or a code."""
    first, *rest = heading.split(" ")
    is_common = first.lower() in STOP_WORDS or first.endswith("ing")
    if first[1:].islower() and (is_common or all(word.islower() for word in rest)):
        return heading[0].lower() + heading[1:]
    return heading
