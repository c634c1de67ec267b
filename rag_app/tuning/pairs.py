"""Pairs of a question and the passages that answer it: from feedback, from question files, and
made of the documents.

Headings are no questions here: what is embedded of a passage begins with the headings above it, so
they find it already.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import UsageError
from rag_app.conversation.store import Conversations
from rag_app.engine import Engine
from rag_app.eval.generate import by_llm as questions_by_llm
from rag_app.eval.generate import by_rules
from rag_app.eval.gold import GoldPlaces
from rag_app.eval.questions import Gold, Question, read_questions
from rag_app.insights.base.points import Points, reading
from rag_app.insights.base.steps import QUIET, Steps
from rag_app.tuning.records import Material, Pair, Source

# What more passages answer, such as a whole document, does not say which of them is meant.
MOST_ROWS = 8


@dataclass(frozen=True)
class _Passages:
    """The passages of each document: the row of its first, and where they begin and end."""

    points: Points
    first: dict[str, int]
    last: dict[str, int]

    @classmethod
    def of(cls, points: Points) -> _Passages:
        first: dict[str, int] = {}
        last: dict[str, int] = {}
        for row, owner in enumerate(points.owners.tolist()):
            document = points.documents[owner]
            for name in (document.name, *document.same_as):
                first.setdefault(name, row)
                last[name] = row + 1
        return cls(points, first, last)

    def rows(self, gold: Gold, places: GoldPlaces) -> list[int]:
        """The rows of the passages that hold a gold place."""
        if gold.document not in self.first:
            return []
        begin, end = self.first[gold.document], self.last[gold.document]
        if gold.quote is None and gold.span is None:
            pages = self.points.pages[begin:end].tolist()
            return [begin + at for at, page in enumerate(pages) if gold.page in (None, page)]
        starts = self.points.starts[begin:end].tolist()
        ends = self.points.ends[begin:end].tolist()
        found: set[int] = set()
        for start, stop in places.spans(gold):
            upto = bisect_left(starts, stop)
            found |= {begin + at for at in range(upto) if ends[at] > start}
        return sorted(found)


def collect(
    engine: Engine,
    files: Sequence[Path | str] = (),
    *,
    made: int,
    by_llm: bool = False,
    steps: Steps = QUIET,
    seed: int = 0,
) -> Material:
    """The passages of a collection, and all pairs that there are: of answers that were rated good,
    of questions files, and at most ``made`` of the documents. Raises UsageError, StoreEmpty,
    StoreError, LLMError, Stopped."""
    steps("Reading questions and passages")
    found: list[tuple[Source, Sequence[Question]]] = [("feedback", rated_questions(engine))]
    found += [("gold", read_questions(path)) for path in files]
    notes: list[str] = []
    if made:
        source, questions, said = _made(engine, made, by_llm, steps, seed)
        found.append((source, questions))
        notes += said
    with reading(engine.collection) as points:
        passages, places = _Passages.of(points), GoldPlaces(engine)
        pairs: dict[tuple[str, tuple[int, ...]], Pair] = {}
        vague = gone = 0
        for source, questions in found:
            for question in questions:
                if not question.answerable:
                    continue
                rows = _all_rows(passages, places, question.gold)
                vague += len(rows) > MOST_ROWS
                gone += not rows
                if 0 < len(rows) <= MOST_ROWS:
                    pair = Pair(question.text, rows, source, question.gold[0].document)
                    pairs.setdefault((question.text.casefold(), rows), pair)
        texts = _embedded_texts(points)
    if vague:
        notes.append(
            f"Questions left out because their gold has more than {MOST_ROWS} passages, which does "
            f"not say where the answer is: {vague}. Give pages or quotes."
        )
    if gone:
        notes.append(f"Questions left out because their gold is not in the collection: {gone}.")
    return Material(texts, tuple(pairs.values()), tuple(notes))


def rated_questions(engine: Engine) -> list[Question]:
    """The questions whose answers a reader found good, with the passages cited as gold."""
    questions = []
    for exchange in Conversations(engine.store).rated():
        answer, feedback = exchange.answer, exchange.feedback
        if answer is None or feedback is None or feedback.verdict != "up" or answer.refused:
            continue
        gold = tuple(
            Gold(one.document, one.page, one.quote) for one in answer.citations if one.supported
        )
        if gold:
            questions.append(Question(exchange.id, answer.standalone or exchange.question, gold))
    return questions


def _made(
    engine: Engine, made: int, by_llm: bool, steps: Steps, seed: int
) -> tuple[Source, Sequence[Question], Iterable[str]]:
    if by_llm:
        if engine.llm is None:
            raise UsageError(
                "--by-llm needs an LLM: set OPENAI_BASE_URL or OPENAI_API_KEY, or leave it out"
            )
        generated = questions_by_llm(
            engine.store,
            engine.llm,
            made,
            seed,
            lambda done: steps("The LLM asks questions", done / made),
            engine.prompts,
        )
        return "llm", generated.questions, ()
    try:
        return "rule", by_rules(engine.store, made, seed).questions, ()
    except UsageError as error:
        return "rule", (), (f"No questions were made: {error}.",)


def _all_rows(passages: _Passages, places: GoldPlaces, golds: Iterable[Gold]) -> tuple[int, ...]:
    return tuple(sorted({row for gold in golds for row in passages.rows(gold, places)}))


def _embedded_texts(points: Points) -> list[str]:
    """Passages with the title and the headings above them, as they are embedded
    (``ingest.chunk.embedding_text``)."""
    texts: list[str] = []
    stored = points.view.chunks(points.ids)
    for row, id_ in enumerate(points.ids):
        chunk, title = stored[id_], points.documents[points.owners[row]].title
        above = dict.fromkeys(part for part in (title or "", *chunk.headings) if part)
        context = " > ".join(part for part in above if part not in chunk.text)
        texts.append(f"{context}\n{chunk.text}" if context else chunk.text)
    return texts
