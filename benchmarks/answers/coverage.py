"""Which questions are taken for ones about the whole collection, and which wrongly.

    python -m benchmarks.answers.coverage --store STORE [--file data/coverage.jsonl]
    [QUESTIONS.jsonl ...]

Each line of the file has "question" and "whole": whether it is to be counted. In the questions
files that are named after, all are ordinary.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from rag_app import AnswerSettings, open_engine
from rag_app.eval.questions import read_lines
from rag_app.inventory.mentions import MODEL


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--file", type=Path, default=Path("data/coverage.jsonl"))
    parser.add_argument("questions", type=Path, nargs="*")
    options = parser.parse_args()
    sets = [(options.file, None), *((path, False) for path in options.questions)]
    with open_engine(options.store, answers=AnswerSettings()) as engine:
        for path, known in sets:
            counts: Counter[tuple[str, bool]] = Counter()
            for _, fields in read_lines(path, "questions"):
                whole = fields["whole"] if known is None else known
                counted = engine.ask(fields["question"]).model == MODEL
                part = " (held out)" if fields.get("held_out") else ""
                counts[("whole" if whole else "ordinary") + part, counted == whole] += 1
                if counted != whole:
                    print(f"  {'found' if whole else 'counted'}: {fields['question']}")
            for kind in sorted({kind for kind, _ in counts}):
                right, wrong = counts[kind, True], counts[kind, False]
                print(f"{path.name}: {kind}: {right} of {right + wrong} right")


if __name__ == "__main__":
    main()
