"""How often documents are said to disagree: every note, to be judged by a reader.

python -m benchmarks.disagreement --store STORE QUESTIONS.jsonl
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rag_app import AnswerSettings, open_engine
from rag_app.disagreement import disagreements, notes
from rag_app.eval.questions import read_lines
from rag_app.evidence import ENOUGH


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("questions", type=Path)
    options = parser.parse_args()
    asked = answered = told = 0
    with open_engine(options.store, answers=AnswerSettings()) as engine:
        for _, fields in read_lines(options.questions, "questions"):
            asked += 1
            evidence = engine.evidence(fields["question"])
            if evidence.confidence < ENOUGH:
                continue
            answered += 1
            found = notes(disagreements(evidence, engine.embedder))
            told += bool(found)
            for note in found:
                print(f"{fields['question']}\n  {note}")
    print(f"{told} of {answered} answered questions have a note ({asked} asked)")


if __name__ == "__main__":
    main()
