"""What becomes of a small local model's answers: right, wrong, refused, marked, invented.

    python -m benchmarks.answers.local_model MODEL.gguf [--records FILE] [--sample N]
    [--prompts FILE]

The sample documents are ingested, llama.cpp serves the file in a process of its own, and every
question is asked through the engine, over HTTP, as users do. ``--records`` keeps the records and
asks only what they lack; ``--count`` asks nothing. ``--sample N`` takes the first N of the
answerable questions in the order of their ids' hashes, and a third as many of the others.

What is counted: ``benchmarks.answers.local_figures``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from benchmarks.answers.local_figures import Asked, measured
from ingest import ingest_paths
from rag_app import Answer, AnswerSettings, open_engine
from rag_app.answer.record import AnswerRecord, read_records


def main() -> None:
    """Ask, count, and print one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("--questions", type=Path, default=Path("data/questions.jsonl"))
    parser.add_argument("--documents", type=Path, default=Path("data/documents"))
    parser.add_argument("--sample", type=int, help="so many answerable questions")
    parser.add_argument("--prompts", type=Path, help="texts in place of rag_app/prompts.toml")
    parser.add_argument("--max-tokens", type=int, default=160)
    parser.add_argument("--context-tokens", type=int, default=4096)
    parser.add_argument("--passages", type=int, default=8)
    parser.add_argument("--records", type=Path, help="keep the records in this file, and go on")
    parser.add_argument("--count", action="store_true", help="only count those of --records")
    parser.add_argument("--show", action="store_true", help="print each answer")
    options = parser.parse_args()
    asked = sampled(_questions(options.questions), options.sample)
    found = _records(options.records)
    if not options.count:
        _ask([one for one in asked if one.question not in found], found, options)
    print(json.dumps(measured(asked, found, show=options.show), indent=2, ensure_ascii=False))


def _ask(
    asked: Sequence[Asked], found: dict[str, AnswerRecord], options: argparse.Namespace
) -> None:
    """Ask what is left, and put the records to those that there are."""
    answers = AnswerSettings(
        llm_path=str(options.model),
        llm_max_tokens=options.max_tokens,
        llm_context_tokens=options.context_tokens,
        passages=options.passages,
        prompts=options.prompts,
        record=options.records,
        # What is measured is what becomes of the answers, however slow the machine is.
        llm_idle_seconds=600,
        llm_total_seconds=900,
    )
    with tempfile.TemporaryDirectory() as folder:
        ingest_paths([options.documents], store=folder)
        with open_engine(folder, answers=answers) as engine:
            for one in asked:
                made: list[AnswerRecord] = []
                started = perf_counter()
                for part in engine.stream(one.question, on_record=made.append):
                    if isinstance(part, Answer):
                        seconds = perf_counter() - started
                        print(f"{one.id}  {seconds:5.1f} s  {part.model}", flush=True)
                found[one.question] = made[0]


def _questions(path: Path) -> list[Asked]:
    """Read here and not by ``rag_app.eval``, which passes over the gold answers."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [
        Asked(
            row["id"],
            row["question"],
            row["answer"] if row["answerable"] else None,
            tuple(gold["quote"] for gold in row["gold"] if gold.get("quote")),
        )
        for row in rows
    ]


def sampled(asked: Sequence[Asked], size: int | None) -> list[Asked]:
    """So many of the answerable questions and a third as many of the others; all without a size.
    In an order that has nothing to do with them, so that a run that is stopped is a sample too."""
    mixed = sorted(asked, key=lambda one: hashlib.sha256(one.id.encode()).hexdigest())
    if size is None:
        return mixed
    answerable = [one for one in mixed if one.answer is not None][:size]
    return answerable + [one for one in mixed if one.answer is None][: -(-size // 3)]


def _records(path: Path | None) -> dict[str, AnswerRecord]:
    """The records of a file by their questions; the last of several."""
    if path is None or not path.exists():
        return {}
    read = [one for one in read_records(path) if isinstance(one, AnswerRecord)]
    return {one.question: one for one in read}


if __name__ == "__main__":
    main()
