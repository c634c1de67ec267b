"""Run an evaluation: ask every question, and count what came of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from ingest.errors import UsageError
from rag_app.engine import Engine
from rag_app.errors import LLMError, LLMTooLong
from rag_app.eval.gold import GoldPlaces
from rag_app.eval.metrics import Figure, Span, mean_figure, rank_scores, span_scores
from rag_app.eval.questions import Question
from rag_app.eval.report import TITLES, Answered, Asked, EvalReport, Figures, Found
from rag_app.records import Hit

# So many hits of a question are kept for the report, each with so many characters.
KEPT = 10
SHOWN = 300


@dataclass(frozen=True, slots=True)
class Scoring:
    """How a search is measured: by which figures, over how many hits.

    With ``by_document``, a document stands where its best passage does, and once. ``key`` is the
    figure by which settings are compared.
    """

    figures: tuple[str, ...] = (
        "hit@1", "hit@3", "hit@5", "hit@10", "mrr", "ndcg@10", "recall@10",
    )  # fmt: skip
    hits: int = 10
    by_document: bool = False
    key: str = "ndcg@10"


def evaluate(
    engine: Engine,
    questions: Sequence[Question],
    on_progress: Callable[[int], None] = lambda _: None,
    *,
    name: str = "questions",
    source: str = "",
    scoring: Scoring | None = None,
    answers: bool = True,
) -> EvalReport:
    """Search and, with ``answers``, answer each question, and compare with its gold.

    ``on_progress`` is called with how many are done. A question that the LLM fails at is counted as
    failed: neither refused nor cited. Raises UsageError if there are none, and what
    ``Engine.search`` and ``Engine.ask`` raise; but LLMError only where the LLM can be asked nothing
    at all: somebody has to set or start something, and it has answered none before.
    """
    if not questions:
        raise UsageError(f"There are no questions in {name}")
    scoring = scoring or Scoring()
    places = GoldPlaces(engine)
    found: list[list[Hit]] = []
    answered: list[Answered | None] = []
    for number, question in enumerate(questions, start=1):
        hits = engine.search(question.text, scoring.hits) if _is_searched(question, scoring) else []
        found.append(_best_of_each(hits) if scoring.by_document else hits)
        works = any(one is not None and one.by_llm for one in answered)
        answered.append(_ask(engine, question, places, works) if answers else None)
        on_progress(number)
    scores = _scores(questions, found, places, scoring)
    asked = tuple(
        Asked(
            number=number,
            question=question,
            rank=_first(hits, question, places),
            scores=scores.get(number, {}),
            hits=tuple(_kept(hit, question, places) for hit in hits[:KEPT]),
            answer=answer,
        )
        for number, (question, hits, answer) in enumerate(
            zip(questions, found, answered, strict=True)
        )
    )
    given = [answer for answer in answered if answer is not None]
    return EvalReport(
        name=name,
        source=source,
        questions=len(questions),
        unanswerable=sum(not question.answerable for question in questions),
        search=_search_figures(asked, scoring),
        answers=_answer_figures(asked),
        wrong_offsets=sum(answer.wrong_offsets for answer in given) if given else None,
        seconds_per_answer=sum(one.seconds for one in given) / len(given) if given else None,
        documents={} if scoring.by_document else _by_document(asked, scoring),
        halves={
            half: _search_figures([one for one in asked if one.number % 2 == rest], scoring)
            for rest, half in enumerate(("even", "odd"))
        },
        asked=asked,
        notes=(*places.notes(questions), *_failures(given)),
        failed=sum(one.failure is not None for one in given) if given else None,
    )


def _is_searched(question: Question, scoring: Scoring) -> bool:
    """Where hits are many, those without gold are spared: nothing is measured of them."""
    return question.answerable or scoring.hits <= KEPT


def _ask(engine: Engine, question: Question, places: GoldPlaces, works: bool) -> Answered:
    """``works``: the LLM has answered before, so that it can be used in principle."""
    started = perf_counter()
    try:
        answer = engine.ask(question.text)
    except LLMError as error:
        if error.must_act and not isinstance(error, LLMTooLong) and not works:
            raise
        seconds = perf_counter() - started
        return Answered("", False, None, False, False, 0, 0, seconds, failure=str(error))
    return Answered(
        text=answer.text,
        refused=answer.refused,
        evidence_rank=_first(answer.hits, question, places),
        cited=any(places.cites(one, gold) for one in answer.citations for gold in question.gold),
        quoted=any(places.holds(one, gold) for one in answer.citations for gold in question.gold),
        citations=len(answer.citations),
        wrong_offsets=sum(
            places.text(one.document)[one.start : one.end] != one.quote for one in answer.citations
        ),
        seconds=answer.seconds,
        by_llm=answer.usage is not None,
    )


def _failures(answered: Sequence[Answered]) -> Iterator[str]:
    """Each reason why the LLM gave no answer, and how often."""
    reasons = Counter(one.failure for one in answered if one.failure is not None)
    for reason, count in reasons.most_common():
        yield f"{count} of {len(answered)} questions failed: {reason}."


def _best_of_each(hits: Iterable[Hit]) -> list[Hit]:
    """The first hit of each document."""
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(hit.document, hit)
    return list(first.values())


def _first(hits: Sequence[Hit], question: Question, places: GoldPlaces) -> int | None:
    """The rank, from 1, of the first hit that holds gold."""
    for rank, hit in enumerate(hits, start=1):
        if any(places.holds(hit, gold) for gold in question.gold):
            return rank
    return None


def _kept(hit: Hit, question: Question, places: GoldPlaces) -> Found:
    gold = any(places.holds(hit, one) for one in question.gold)
    return Found(hit.document, hit.page, hit.start, hit.end, hit.score, hit.text[:SHOWN], gold)


def _scores(
    questions: Sequence[Question],
    found: Sequence[Sequence[Hit]],
    places: GoldPlaces,
    scoring: Scoring,
) -> dict[int, dict[str, float]]:
    """The figures of each answerable question, by its number."""
    known = [number for number, question in enumerate(questions) if question.answerable]
    rankings = [
        (
            len(questions[number].gold),
            [
                [at for at, gold in enumerate(questions[number].gold) if places.holds(hit, gold)]
                for hit in found[number]
            ],
        )
        for number in known
    ]
    ranked = rank_scores(rankings)
    return {
        number: {
            name: score
            for name, score in {
                **scores, **_span_scores(questions[number], found[number], places)
            }.items()
            if name in scoring.figures
        }
        for number, scores in zip(known, ranked, strict=True)
    }  # fmt: skip


def _span_scores(
    question: Question, hits: Sequence[Hit], places: GoldPlaces
) -> Mapping[str, float]:
    """Figures of characters, where the places of the gold are known to the character."""
    if any(gold.span is None for gold in question.gold):
        return {}
    wanted: dict[str, list[Span]] = defaultdict(list)
    seen: dict[str, list[Span]] = defaultdict(list)
    for gold in question.gold:
        wanted[gold.document] += places.spans(gold)
    for hit in hits:
        seen[hit.document].append((hit.start, hit.end))
    return span_scores(wanted, seen)


def _search_figures(asked: Sequence[Asked], scoring: Scoring) -> Figures:
    known = [one for one in asked if one.question.answerable]
    return _figures({name: [one.scores[name] for one in known] for name in scoring.figures})


def _answer_figures(asked: Sequence[Asked]) -> Figures:
    figures = [one.figures for one in asked]
    return _figures({name: [one[name] for one in figures if name in one] for name in TITLES})


def _by_document(asked: Sequence[Asked], scoring: Scoring) -> dict[str, Figures]:
    """The figures of the questions whose gold is in each document."""
    about: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        for name in {gold.document for gold in one.question.gold}:
            about[name].append(one)
    return {name: _search_figures(about[name], scoring) for name in sorted(about)}


def _figures(values: Mapping[str, Sequence[float]]) -> dict[str, Figure]:
    figures = {name: mean_figure(list(given)) for name, given in values.items()}
    return {name: figure for name, figure in figures.items() if figure is not None}
