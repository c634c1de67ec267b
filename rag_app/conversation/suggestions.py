"""Suggested questions, drawn from the documents without an LLM: to begin with, and after an answer.

They are made of sentences that state a number, a person or a rule
(``rag_app.questions.made_english.natural``). Each is asked before it is offered: what is quoted
first has to be the very sentence that it was made of. Where there are no such questions, none is
offered.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from ingest.catalog.chunk_vectors import places_in
from ingest.catalog.schema import INCARNATION
from ingest.catalog.view import CatalogView
from ingest.errors import StoreEmpty
from ingest.records import StoredChunk
from ingest.text.analyzer import stems
from rag_app.answer.quotes import choose_quotes
from rag_app.questions.made_english.natural import natural_questions
from rag_app.records import Answer

if TYPE_CHECKING:
    from rag_app.engine import Engine

WANTED = 3
# Each try takes as long as a search.
MOST_TRIED = 9
MOST_DOCUMENTS = 3
# So many chunks before a cited one are looked at, and after it, where texts go on.
BEFORE, AFTER = 6, 12
# To begin with: so many documents, spread over the collection, and so many chunks of each.
DOCUMENTS, CHUNKS = 12, 40
# What was found to begin with is known for so many collections.
MOST_KNOWN = 20


class Suggestion(NamedTuple):
    """A question, the place that it came from, and what is quoted first for it."""

    question: str
    document: str
    start: int
    end: int
    quote: str = ""


_known: dict[tuple[str, str | None, int], tuple[str, ...]] = {}
_lock = threading.Lock()


def first_questions(engine: Engine) -> tuple[str, ...]:
    """At most three questions to begin with, of different documents where there are some. Looked
    for once for each state of the collection. Raises what ``evidence`` raises."""
    try:
        with engine.collection.reading() as view:
            state = (str(engine.store.catalog_path), view.meta(INCARNATION), view.generation())
    except StoreEmpty:
        return ()
    with _lock:
        if state in _known:
            return _known[state]
    found = tuple(one.question for one in islice(from_collection(engine), WANTED))
    with _lock:
        while len(_known) >= MOST_KNOWN:
            del _known[next(iter(_known))]
        _known[state] = found
    return found


def from_collection(
    engine: Engine, documents: int = DOCUMENTS, each: int = WANTED
) -> Iterator[Suggestion]:
    """Questions of documents that are spread over a collection, a document at a time in turn, at
    most so many tried of ``each``; only what is answered. Raises what ``evidence`` raises."""
    with engine.collection.reading() as view:
        names = _names(view)
        spread = names[:: max(1, -(-len(names) // documents))]
        made = [_of_document(view, name) for name in spread]
    for turn in range(each):
        for questions in made:
            tried = _answered(engine, questions[turn], None) if turn < len(questions) else None
            if tried is not None:
                yield tried


def follow_ups(
    engine: Engine,
    answer: Answer,
    asked: Iterable[str] = (),
    where: Mapping[str, Any] | None = None,
) -> tuple[str, ...]:
    """At most three questions that the collection answers, and that were not ``asked``.

    ``where`` is the filter of the answer. None for a refusal. Raises what ``evidence`` raises.
    """
    found = around(engine, answer, asked, where)
    return tuple(one.question for one in islice(found, WANTED))


def around(
    engine: Engine,
    answer: Answer,
    asked: Iterable[str] = (),
    where: Mapping[str, Any] | None = None,
) -> Iterator[Suggestion]:
    """The same with their places. Raises what ``evidence`` raises."""
    if answer.refused:
        return
    known = {frozenset(stems(question)) for question in (answer.question, *asked)}
    for suggestion in islice(_near(engine, answer, known), MOST_TRIED):
        if tried := _answered(engine, suggestion, where):
            yield tried


def _near(engine: Engine, answer: Answer, known: set[frozenset[str]]) -> Iterator[Suggestion]:
    """Questions of what stands around the cited passages, those nearest after them first."""
    for document in list(dict.fromkeys(one.document for one in answer.citations))[:MOST_DOCUMENTS]:
        spans = [(one.start, one.end) for one in answer.citations if one.document == document]
        last = max(end for _, end in spans)
        questions = list(natural_questions(_around(engine, document, spans)))
        for one in sorted(questions, key=lambda one: (one.start < last, abs(one.start - last))):
            words = frozenset(stems(one.question))
            if words not in known and not _overlaps(one.start, one.end, spans):
                known.add(words)
                yield Suggestion(one.question, document, one.start, one.end)


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


def _names(view: CatalogView) -> list[str]:
    return [document.name for document in view.documents()]


def _of_document(view: CatalogView, name: str) -> list[Suggestion]:
    """The questions of a document's first chunks, in an order in which neighbours are far apart."""
    ids = [place.id for place in places_in(view, name)[:CHUNKS]]
    found = view.chunks(ids)
    questions = list(natural_questions([found[one] for one in ids if one in found]))
    made = [Suggestion(one.question, name, one.start, one.end) for one in questions]
    step = max(1, len(made) // WANTED)
    return list(chain.from_iterable(made[at::step] for at in range(step)))


def _overlaps(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start < last and first < end for first, last in spans)


def _answered(
    engine: Engine, one: Suggestion, where: Mapping[str, Any] | None
) -> Suggestion | None:
    """A question with what is quoted first, if that is the sentence that it was made of."""
    evidence = engine.evidence(one.question, where)
    quotes = choose_quotes(evidence)[:1] if evidence.is_enough else []
    for quote in quotes:
        best = quote.sentence
        is_there = one.document in best.passage.chunk.documents
        if is_there and _overlaps(one.start, one.end, [(quote.start, quote.end)]):
            return one._replace(quote=quote.text)
    return None
