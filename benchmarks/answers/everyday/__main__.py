"""Everyday questions and conversations over the documents of one company, answered by quotes.

    python -m benchmarks.answers.everyday [--store DIR] [--half tune|held|all] [--show N]

README.md beside this file says what the questions are. The documents are ingested into the store,
which is kept. ``first``: the first stretch that is quoted holds the gold words; ``shown``: the
answer does. ``others left alone``: the questions, in an order by chance, each asked after the one
before, are searched for as they are. ``--show`` prints so many of the questions, and turns, that
went wrong: never of the half "held".
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from statistics import mean

from benchmarks.answers.everyday.grade import (
    Graded,
    GradedTurn,
    ask,
    characters,
    converse,
    left_alone,
)
from benchmarks.answers.everyday.items import (
    DOCUMENTS,
    HALVES,
    UNANSWERABLE,
    read_chains,
    read_questions,
)
from benchmarks.speed.report import Table
from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, open_engine

COLUMNS = ("kind", "questions", "first", "shown", "refused", "characters")
CHAIN_COLUMNS = (
    "conversations", "turns", "subject right", "gold shown", "greetings not searched",
    "others left alone",
)  # fmt: skip


def main() -> None:
    """Ask, grade, and print tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--store", type=Path, default=Path(tempfile.gettempdir()) / "everyday-questions"
    )
    parser.add_argument("--half", choices=[*HALVES, "all"], default="tune")
    parser.add_argument("--show", type=int, default=0, help="so many that went wrong")
    options = parser.parse_args()
    embedder = Embedder()
    ingest_paths([DOCUMENTS], store=options.store, embedder=embedder, sync=True)
    # Nothing of the environment's: no LLM, and every setting as it comes.
    settings = AnswerSettings(openai_api_key=None, openai_base_url=None, llm_path=None)
    with open_engine(options.store, answers=settings, embedder=embedder) as engine:
        for half in HALVES if options.half == "all" else (options.half,):
            graded = [ask(engine, one) for one in read_questions() if one.half == half]
            chains = [converse(engine, one) for one in read_chains() if one.half == half]
            print(questions_table(graded, half).markdown(), end="\n\n")
            others = [one.question.question for one in graded]
            Random(half).shuffle(others)
            alone = left_alone(engine, others)
            print(chains_table(chains, half, alone).markdown(), end="\n\n")
            if half == "tune" and options.show:
                show_questions(graded, options.show)
                show_turns([turn for chain in chains for turn in chain], options.show)


def questions_table(graded: Sequence[Graded], half: str) -> Table:
    """Shares by kind, of all that can be answered, and of what cannot."""
    kinds = list(dict.fromkeys(one.question.kind for one in graded))
    answerable = [one for one in graded if one.question.kind != UNANSWERABLE]
    rows = [
        _row(kind, [one for one in graded if one.question.kind == kind])
        for kind in kinds
        if kind != UNANSWERABLE
    ]
    rows.append(_row("all answerable", answerable))
    rest = [one for one in graded if one.question.kind == UNANSWERABLE]
    rows.append((*_row(UNANSWERABLE, rest)[:2], "", "", *_row(UNANSWERABLE, rest)[4:]))
    return Table("everyday", f"Questions, half {half}", COLUMNS, rows)


def _row(name: str, graded: Sequence[Graded]) -> tuple[str, ...]:
    lengths = [characters(one.answer) for one in graded if not one.answer.refused]
    return (
        name,
        str(len(graded)),
        _share([one.first for one in graded]),
        _share([one.shown for one in graded]),
        _share([one.answer.refused for one in graded]),
        f"{mean(lengths):.0f}" if lengths else "-",
    )


def chains_table(chains: Sequence[Sequence[GradedTurn]], half: str, alone: float) -> Table:
    """Shares of the turns: of those with a subject, with gold, and of greetings and thanks."""
    turns = [turn for chain in chains for turn in chain]
    row = (
        str(len(chains)),
        str(len(turns)),
        _share([one.subject_right for one in turns if one.subject_right is not None]),
        _share([one.shown for one in turns if one.shown is not None]),
        _share([not one.searched for one in turns if one.turn.subject is None]),
        f"{alone:.2f}",
    )
    return Table("everyday-chains", f"Conversations, half {half}", CHAIN_COLUMNS, [row])


def show_questions(graded: Sequence[Graded], number: int) -> None:
    """Questions that went wrong: first those whose gold is not shown, then those whose first
    stretch lacks it; what is unanswerable and was answered between them."""
    worst = sorted((one for one in graded if _badness(one)), key=_badness, reverse=True)
    for one in worst[:number]:
        state = "REFUSED" if one.answer.refused else "SHOWN, NOT FIRST" if one.shown else "WRONG"
        gold, document = one.question.gold, one.question.document
        print(f"{state} ({one.question.kind}) {one.question.question}\n  GOLD {gold} of {document}")
        print("  ANSWER " + one.answer.text.replace("\n", "\n    "), end="\n\n")


def _badness(one: Graded) -> int:
    if one.question.kind == UNANSWERABLE:
        return 0 if one.answer.refused else 2
    return 0 if one.first else 1 if one.shown else 3


def show_turns(turns: Sequence[GradedTurn], number: int) -> None:
    """Turns that lost their subject or brought an old one along, and greetings searched for."""
    lost = [
        one
        for one in turns
        if one.subject_right is False or (one.turn.subject is None and one.searched)
    ]
    for one in lost[:number]:
        wanted, wrong = one.turn.subject, one.turn.wrong
        print(f"TURN {one.turn.question}\n  ASKED {one.asked}\n  WANTED {wanted} NOT {wrong}\n")


def _share(values: Sequence[bool | None]) -> str:
    return f"{sum(map(bool, values)) / len(values):.2f}" if values else "-"


if __name__ == "__main__":
    main()
