"""The report of an evaluation: data classes, as JSON, and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rag_app.eval.metrics import Figure
from rag_app.eval.questions import Question
from rag_app.messages import say, to_say

Figures = Mapping[str, Figure]

# What the figures of answers are called where they are told.
TITLES = {
    "evidence_hit@1": to_say("the first passage used contains the expected one"),
    "evidence_hit@5": to_say("one of its first five does"),
    "cited": to_say("answers that cite the expected passage"),
    "quoted": to_say("answers whose cited words contain the expected ones"),
    "false_refusals": to_say("refused although the documents say"),
    "refused_rightly": to_say("refused, of those without an answer"),
    "false_answers": to_say("answered although the documents don't say"),
}
# Of these, less is better: nothing that could fall short.
LESS_IS_BETTER = frozenset({"false_refusals", "false_answers"})


@dataclass(frozen=True, slots=True)
class Found:
    """A hit, shortened, and whether it holds gold."""

    document: str
    page: int | None
    start: int
    end: int
    score: float
    text: str
    gold: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of asking. ``evidence_rank`` is that of the first passage that holds gold,
    ``by_llm``: the LLM was asked; ``failure``: why it gave no answer."""

    text: str
    refused: bool
    evidence_rank: int | None
    cited: bool
    quoted: bool
    citations: int
    wrong_offsets: int
    seconds: float
    by_llm: bool = False
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: the rank of the first hit that holds gold, its figures by name, and the first
    ten hits. ``number`` counts from 0 in the order of the file."""

    number: int
    question: Question
    rank: int | None
    scores: Mapping[str, float]
    hits: tuple[Found, ...]
    answer: Answered | None

    @property
    def figures(self) -> dict[str, float]:
        """Its figures of the search and of its answer, by the names of those of the report."""
        return {**self.scores, **self._of_answer()}

    def _of_answer(self) -> dict[str, float]:
        answer = self.answer
        if answer is None:
            return {}
        if not self.question.answerable:
            return {"refused_rightly": answer.refused, "false_answers": not answer.refused}
        rank = answer.evidence_rank
        return {
            "evidence_hit@1": rank == 1,
            "evidence_hit@5": rank is not None and rank <= 5,
            "false_refusals": answer.refused,
            **({} if answer.refused else {"cited": answer.cited, "quoted": answer.quoted}),
        }


@dataclass(frozen=True, slots=True)
class EvalReport:
    """Figures are shares of 1. One of which there was no question is left out.

    ``search`` is of the search alone; ``answers`` of what an answer is made of, and of answers:
    empty if none were asked for, and then ``wrong_offsets``, ``seconds_per_answer`` and ``failed``
    (questions to which the LLM gave no answer) are None.
    A *hit* is a passage that overlaps a gold quote or, where no quote is given, lies on a gold
    page. ``halves`` are the figures of the search over questions with an even number, and with an
    odd one.
    """

    name: str
    source: str
    questions: int
    unanswerable: int
    search: Figures
    answers: Figures
    wrong_offsets: int | None
    seconds_per_answer: float | None
    documents: Mapping[str, Figures]
    halves: Mapping[str, Figures]
    asked: tuple[Asked, ...]
    notes: tuple[str, ...]
    failed: int | None = None

    @property
    def figures(self) -> dict[str, Figure]:
        """All figures of the whole, by the names under which they are told."""
        return {**self.search, **self.answers}

    def summary(self) -> dict[str, Any]:
        """The report without the single questions, as plain values for JSON."""
        values = {name: figure.value for name, figure in self.figures.items()}
        return {
            "name": self.name,
            "source": self.source,
            "questions": self.questions,
            "unanswerable": self.unanswerable,
            "search_hit_at_1": values.get("hit@1"),
            "search_hit_at_5": values.get("hit@5"),
            "search_mrr": values.get("mrr"),
            "evidence_hit_at_1": values.get("evidence_hit@1"),
            "evidence_hit_at_5": values.get("evidence_hit@5"),
            "cited": values.get("cited"),
            "quoted": values.get("quoted"),
            "false_refusals": values.get("false_refusals"),
            "refused_rightly": values.get("refused_rightly"),
            "false_answers": values.get("false_answers"),
            "wrong_offsets": self.wrong_offsets,
            "failed": self.failed,
            "seconds_per_answer": self.seconds_per_answer,
            "figures": plain(self.figures),
            "documents": {name: plain(figures) for name, figures in self.documents.items()},
            "halves": {name: plain(figures) for name, figures in self.halves.items()},
            "notes": list(self.notes),
        }

    def everything(self) -> dict[str, Any]:
        """The summary with every question: its rank, its hits and its gold."""
        asked = []
        for one in self.asked:
            fields = asdict(one)
            question = fields.pop("question")
            asked.append(
                {
                    "id": question["id"],
                    "question": question["text"],
                    **fields,
                    "gold": question["gold"],
                    "kind": question["kind"],
                }
            )
        return {**self.summary(), "asked": asked}

    def table(self) -> str:
        """The report for a terminal."""
        unit = "questions, of them unanswerable"
        rows: list[tuple[str, ...]] = [(unit, f"{self.questions}, {self.unanswerable}")]
        rows += [_row(name, name, figure) for name, figure in self.search.items()]
        rows += [_row(name, TITLES[name], figure) for name, figure in self.answers.items()]
        if self.failed:
            rows.append(("questions that the LLM failed at", str(self.failed)))
        if self.wrong_offsets is not None:
            rows.append(("citations whose offsets are wrong", str(self.wrong_offsets)))
        if self.seconds_per_answer is not None:
            rows.append(("seconds an answer", f"{self.seconds_per_answer:.2f}"))
        parts = [f"{self.name}: {self.source}", aligned(rows)]
        names = list(self.search)
        if self.halves:
            parts.append(
                "Apart, by number from 0: the even half may be tuned on, the odd one is the test\n"
                + figures_table(self.halves, names)
            )
        if len(self.documents) > 1:
            parts.append("By document\n" + figures_table(self.documents, names))
        parts += [f"Note: {note}" for note in self.notes]
        return "\n\n".join(parts)


def format_failure(asked: Asked) -> str:
    """What is wrong with what came of a question, in words; empty if nothing is."""
    answer = asked.answer
    if answer is not None and answer.failure is not None:
        return say("The LLM failed: {why}", why=answer.failure)
    if not asked.question.answerable:
        wrong = answer is not None and not answer.refused
        told = say("It was answered, although the documents do not answer it.")
        return told if wrong else ""
    if asked.rank is None:
        return say("What answers it was not among the first ten passages.")
    if answer is not None and answer.refused:
        return say("It was refused, although passage {rank} answers it.", rank=asked.rank)
    if answer is not None and not answer.cited:
        return say(
            "The answer cites other passages; what answers it was found at rank {rank}.",
            rank=asked.rank,
        )
    return ""


def plain(figures: Figures) -> dict[str, dict[str, float]]:
    """Figures as plain values for JSON."""
    return {name: asdict(figure) for name, figure in figures.items()}


def figures_table(rows: Mapping[str, Figures], names: Sequence[str]) -> str:
    """A line for each of several things, a column for each figure."""
    count = next(iter(names), "")
    table: list[tuple[str, ...]] = [("", *names, "questions")]
    for title, figures in rows.items():
        values = (f"{figures[name].value:.3f}" if name in figures else "-" for name in names)
        table.append((title, *values, str(figures[count].count) if count in figures else "0"))
    return aligned(table)


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells as lines, each column as wide as its widest cell."""
    columns = max(map(len, rows))
    widths = [max(len(row[at]) for row in rows if at < len(row)) for at in range(columns)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def _row(name: str, title: str, figure: Figure) -> tuple[str, str]:
    shown = title if title == name else f"{name}: {title}"
    return shown, f"{figure.value:.3f}  ({figure.low:.3f} to {figure.high:.3f})"
