"""How often documents are said to disagree: every note, to be judged by a reader.

python -m benchmarks.answers.disagreement --store STORE QUESTIONS.jsonl
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from ingest import ingest_paths
from rag_app import AnswerSettings, open_engine
from rag_app.eval.gold import find_quote
from rag_app.eval.questions import Question, read_lines, read_questions
from rag_app.evidence.conflicts import disagreements, notes

# A whole number that is no part of a code or of a number with a point.
NUMBER = re.compile(r"(?<![\w.,-])\d+(?![\w.,-])")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--changed", type=Path)
    options = parser.parse_args()
    if options.changed:
        changed(options.store, options.questions, options.changed)
        return
    asked = answered = told = 0
    with open_engine(options.store, answers=AnswerSettings()) as engine:
        for _, fields in read_lines(options.questions, "questions"):
            asked += 1
            evidence = engine.evidence(fields["question"])
            if not evidence.is_enough:
                continue
            answered += 1
            found = notes(disagreements(evidence))
            told += bool(found)
            for note in found:
                print(f"{fields['question']}\n  {note}")
    print(f"{told} of {answered} answered questions have a note ({asked} asked)")


def changed(store: Path, questions: Path, folder: Path) -> None:
    """How many of the questions whose gold has another number in the second version have a note."""
    folder.mkdir(parents=True)
    asked = [one for one in read_questions(questions) if one.gold and NUMBER.search(quotes(one))]
    with open_engine(store, answers=AnswerSettings()) as engine:
        texts = {one.name: engine.document_text(one.name) for one in engine.documents()}
    for name, text in texts.items():
        later = text
        for gold in (gold for one in asked for gold in one.gold if gold.document == name):
            for start, end in find_quote(gold.quote or "", text):
                more = NUMBER.sub(lambda found: str(int(found[0]) + 1), text[start:end])
                later = later.replace(text[start:end], more)
        stem = name.replace("/", "-").rpartition(".")[0].replace("2026-03", "march")
        (folder / f"{stem}-2023.txt").write_text(text, encoding="utf-8")
        if later != text:
            (folder / f"{stem}-2024.txt").write_text(later, encoding="utf-8")
    ingest_paths([folder], store=folder / "store")
    told = 0
    with open_engine(folder / "store", answers=AnswerSettings()) as engine:
        for one in asked:
            evidence = engine.evidence(one.text)
            found = notes(disagreements(evidence))
            told += bool(found)
            print(f"{one.text}\n  {found[0] if found else 'nothing said'}")
    print(f"{told} of {len(asked)} questions whose numbers differ between versions have a note")


def quotes(question: Question) -> str:
    """All gold of a question."""
    return " ".join(gold.quote or "" for gold in question.gold)


if __name__ == "__main__":
    main()
