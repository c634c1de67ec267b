"""How long questions of a whole collection take where it has 10,000 documents, without an LLM.

    python -m benchmarks.wholes.many [--documents 10000] [--store FOLDER]

Short notes, of which every tenth has a table of its own, and among them the thirty tables of
``benchmarks.tables``, whose questions are asked (every fifth, with the answers graded as there);
then counts, lists, a search and a summary of all. Each question is asked three times; the fastest
counts, by the clock and by the processor, and the slowest of the first times is told apart, for
it reads tables from the disk.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import NamedTuple

from benchmarks.tables.made import SYLLABLES, made_tables, write
from benchmarks.tables.questions import asked_of
from benchmarks.tables.run import graded
from ingest import ingest_paths
from rag_app import Answer, AnswerSettings, Engine, open_engine

SUBJECTS = ("heating", "roof", "staff", "lease", "boiler", "parking", "training", "insurance")
SAID = (
    "The {} was looked at by {} on a Monday.",
    "{1} wrote a letter about the {0} to the landlord.",
    "Nothing is left to do about the {}, says {}.",
    "The {} will cost more than last year; {} asks for three quotes.",
)
HEADS = ("Price", "Stock", "Weight", "Length", "Visitors", "Amount", "Pages", "Salary", "Cost")
OTHERS = {
    "counting": (
        "How many documents are there?",
        "How many documents mention the boiler?",
        "Which documents mention insurance and parking?",
        "List all documents in the folder notes-7",
        "How many documents mention neither heating nor the roof?",
    ),
    "search": (
        "Who wrote about the parking to the landlord?",
        "What will the insurance cost?",
        "Is anything left to do about the training?",
    ),
    "whole collection": ("What are these documents about?",),
}


class Took(NamedTuple):
    """Seconds of a question: the fastest time by clock and processor, and the first by the clock
    and by the processor."""

    clock: float
    work: float
    first_clock: float
    first_work: float


def main() -> None:
    """Write, ingest, ask, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--store", type=Path, help="keep documents and store here")
    options = parser.parse_args()
    tables = made_tables()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.store or Path(temporary)
        if not (folder / "store").exists():
            write_notes(folder / "documents", options.documents - len(tables))
            write(tables, folder / "documents" / "tables")
            ingest_paths([folder / "documents"], store=folder / "store")
        with open_engine(folder / "store", answers=AnswerSettings()) as engine:
            engine.ask("Who was there on a Monday?")
            told: Counter[str] = Counter()
            of_tables: list[Took] = []
            for one in asked_of(tables)[::5]:
                answer, took = asked(engine, one.question)
                document = f"tables/{one.table.stem}.{one.table.kind}"
                told[graded(one, answer, document)] += 1
                of_tables.append(took)
            print(dict(told), "of questions for tables")
            report("tables", of_tables)
            for kind, questions in OTHERS.items():
                report(kind, [asked(engine, question)[1] for question in questions])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"most memory {memory:,.0f} MB")


def asked(engine: Engine, question: str) -> tuple[Answer, Took]:
    """The answer to a question, and its seconds."""
    clocks: list[float] = []
    works: list[float] = []
    for _ in range(3):
        started, began = perf_counter(), process_time()
        answer = engine.ask(question)
        clocks.append(perf_counter() - started)
        works.append(process_time() - began)
    return answer, Took(min(clocks), min(works), clocks[0], works[0])


def report(kind: str, took: Sequence[Took]) -> None:
    """Print the seconds of some questions."""
    figures = [
        f"{name} {median(own):.2f}, at most {max(own):.2f}"
        for name, own in zip(Took._fields, zip(*took, strict=True), strict=True)
    ]
    print(f"{kind} ({len(took)}): median {'; '.join(figures)}")


def write_notes(folder: Path, count: int) -> None:
    """Write short notes, the same ones each time, in folders of five hundred."""
    luck = random.Random(20)
    for at in range(count):
        subjects = luck.sample(SUBJECTS, 2)
        said = [luck.choice(SAID).format(one, _name(luck)) for one in subjects]
        lines = [f"# Note {at:05d} on the {subjects[0]}", "", " ".join(said)]
        if at % 10 == 0:
            heads = luck.sample(HEADS, 3)
            lines += ["", f"| Name | {' | '.join(heads)} |", "|---|---|---|---|"]
            lines += [
                f"| {_name(luck)} | {' | '.join(str(luck.randint(1, 900)) for _ in heads)} |"
                for _ in range(8)
            ]
        path = folder / f"notes-{at // 500}" / f"note-{at:05d}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _name(luck: random.Random) -> str:
    return "".join(luck.sample(SYLLABLES, 2)).title()


if __name__ == "__main__":
    main()
