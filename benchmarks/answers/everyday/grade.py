"""What became of each question: asked of the engine, and compared with its gold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.answers.everyday.items import Chain, ChainTurn, Question, holds, names
from rag_app import Answer, Engine, Turn

MARKER = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Graded:
    """A question and its answer. ``first``: the first stretch that is quoted holds the gold, and
    it is not refused; ``shown``: the answer's text or a citation's quote does."""

    question: Question
    answer: Answer
    first: bool
    shown: bool


@dataclass(frozen=True, slots=True)
class GradedTurn:
    """A turn and its answer. ``subject_right`` is None where there is no subject, ``shown`` where
    there is no gold; ``searched``: passages were found for it."""

    turn: ChainTurn
    answer: Answer
    asked: str
    subject_right: bool | None
    shown: bool | None
    searched: bool


def ask(engine: Engine, question: Question) -> Graded:
    """Ask a question alone."""
    answer = engine.ask(question.question)
    if not question.gold:
        return Graded(question, answer, False, False)
    first = not answer.refused and holds(first_stretch(answer), question.gold)
    return Graded(question, answer, first, holds(everything(answer), question.gold))


def converse(engine: Engine, chain: Chain) -> list[GradedTurn]:
    """Ask the questions of a conversation, each with what was said before."""
    history: list[Turn] = []
    graded: list[GradedTurn] = []
    for turn in chain.turns:
        answer = engine.ask(turn.question, history)
        history += [
            Turn("user", turn.question, answer.standalone),
            Turn("assistant", answer.text),
        ]
        asked = answer.standalone or turn.question
        subject_right = turn.subject and (
            any(names(asked, phrase) for phrase in turn.subject)
            and not any(names(asked, phrase) for phrase in turn.wrong)
        )
        shown = None if turn.gold is None else holds(everything(answer), turn.gold)
        searched = bool(answer.hits or answer.citations)
        graded.append(GradedTurn(turn, answer, asked, subject_right, shown, searched))
    return graded


def left_alone(engine: Engine, questions: Sequence[str]) -> float:
    """The share of questions, each asked after another that has nothing to do with it, that are
    searched for as they are."""
    same = [
        engine.ask(question, [Turn("user", before), Turn("assistant", "")]).standalone is None
        for before, question in pairwise(questions)
    ]
    return sum(same) / len(same)


def first_stretch(answer: Answer) -> str:
    """The words quoted for the first marker, and the text up to the last place where it stands
    before another marker does."""
    if not answer.citations:
        return ""
    first = answer.citations[0].marker
    end = 0
    for found in MARKER.finditer(answer.text):
        if int(found[1]) != first:
            break
        end = found.start()
    quotes = (one.quote for one in answer.citations if one.marker == first)
    return "\n".join([answer.text[:end], *quotes])


def everything(answer: Answer) -> str:
    """The answer's text, and what it cites."""
    return "\n".join([answer.text, *(one.quote for one in answer.citations)])


def characters(answer: Answer) -> int:
    """How long the answer's text is, without its markers."""
    return len(MARKER.sub("", answer.text).strip())
