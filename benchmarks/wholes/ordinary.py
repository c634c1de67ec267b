"""What an ordinary question costs more because tables, whole documents and counts are looked at.

    python -m benchmarks.wholes.ordinary --store STORE [QUESTIONS.jsonl]

Each question is asked without an LLM, with these ways and without them in turns; processor time of
the whole process, since other work distorts what a clock says. Questions that take one of the ways
are left out.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from statistics import median
from time import process_time
from unittest.mock import patch

from rag_app import AnswerSettings, Engine, open_engine
from rag_app.eval.questions import read_lines

ROUNDS = 3


def main() -> None:
    """Ask, and print the seconds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--first", type=int, default=60)
    parser.add_argument("questions", type=Path, nargs="?", default=Path("data/questions.jsonl"))
    options = parser.parse_args()
    questions = [str(one["question"]) for _, one in read_lines(options.questions, "questions")]
    totals = {True: 0.0, False: 0.0}
    shares: list[float] = []
    with open_engine(options.store, answers=AnswerSettings()) as engine:
        asked = [
            one
            for one in questions[: options.first]
            if engine.ask(one).model not in ("count", "table", "summary", "comparison")
        ]
        for question in asked:
            took = {True: [0.0] * 0, False: [0.0] * 0}
            for _ in range(ROUNDS):
                for with_ways in (True, False):
                    took[with_ways].append(seconds(engine, question, with_ways))
            best = {with_ways: min(own) for with_ways, own in took.items()}
            shares.append(best[True] / best[False])
            for with_ways, own in best.items():
                totals[with_ways] += own
    took_with, took_without = (1000 * totals[one] / len(asked) for one in (True, False))
    print(f"{len(asked)} questions: {took_with:.1f} ms with, {took_without:.1f} ms without")
    print(f"{took_with / took_without:.3f} times; of single ones the median {median(shares):.3f}")


def seconds(engine: Engine, question: str, with_ways: bool) -> float:
    """The processor time of an answer, with the ways of whole documents or without."""
    if with_ways:
        started = process_time()
        engine.ask(question)
        return process_time() - started
    with patch("rag_app.finding._of_a_whole", return_value=(None, None)):
        started = process_time()
        engine.ask(question)
        return process_time() - started


if __name__ == "__main__":
    main()
