"""Two evaluations side by side, over the questions that both have asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag_app.eval.metrics import Figure, difference
from rag_app.eval.report import TITLES, Asked, EvalReport, format_failure
from rag_app.messages import say

NOT_FOUND = 10_000  # stands for the rank of what was not found


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of both, over the ``difference.count`` questions that have it in both, and that of
    the second less that of the first, by a paired bootstrap (``rag_app.eval.metrics``)."""

    name: str
    first: float
    second: float
    difference: Figure


@dataclass(frozen=True, slots=True)
class Versus:
    """``better`` and ``worse`` are the questions that the second does better or worse at, each as
    it came out in both. ``same`` counts the others, ``apart`` those that only one has asked."""

    measures: tuple[Measure, ...]
    better: tuple[tuple[Asked, Asked], ...]
    worse: tuple[tuple[Asked, Asked], ...]
    same: int
    apart: int


def format_outcome(asked: Asked) -> str:
    """How a question came out, in a few words: ``rank 2, answered``."""
    parts: list[str] = []
    if asked.question.answerable:
        parts.append(say("rank {rank}", rank=asked.rank) if asked.rank else say("not found"))
    if (answer := asked.answer) is not None:
        if answer.failure:
            parts.append(say("failed"))
        elif answer.refused:
            parts.append(say("refused"))
        elif answer.cited or not asked.question.answerable:
            parts.append(say("answered"))
        else:
            parts.append(say("answered from other passages"))
    return ", ".join(parts)


def versus(first: EvalReport, second: EvalReport) -> Versus:
    """Compare two reports. Questions are the same if their words are, and if the documents can
    answer both or neither."""
    before = {(one.question.text, one.question.answerable): one for one in first.asked}
    after = {(one.question.text, one.question.answerable): one for one in second.asked}
    pairs = [(before[key], after[key]) for key in before if key in after]
    better = [pair for pair in pairs if _sort_key(pair[1]) > _sort_key(pair[0])]
    worse = [pair for pair in pairs if _sort_key(pair[1]) < _sort_key(pair[0])]
    return Versus(
        measures=tuple(_measures(pairs)),
        better=tuple(better),
        worse=tuple(worse),
        same=len(pairs) - len(better) - len(worse),
        apart=len(before.keys() ^ after.keys()),
    )


def _sort_key(asked: Asked) -> tuple[bool, int]:
    """What sorts questions: what comes out right before what does not, then the earlier rank."""
    return not format_failure(asked), -(asked.rank or NOT_FOUND)


def _measures(pairs: Sequence[tuple[Asked, Asked]]) -> Iterator[Measure]:
    figures = [(one.figures, two.figures) for one, two in pairs]
    names = dict.fromkeys(name for one, _ in figures for name in one)
    for name in (*(name for name in names if name not in TITLES), *TITLES):
        values = [(one[name], two[name]) for one, two in figures if name in one and name in two]
        first, second = [a for a, _ in values], [b for _, b in values]
        if (change := difference(second, first)) is not None:
            yield Measure(name, sum(first) / len(first), sum(second) / len(second), change)
