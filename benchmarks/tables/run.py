"""Two hundred questions over thirty tables of six formats, asked of the whole application, no LLM:
the result exactly right, and just the right rows cited.

    python -m benchmarks.tables.run [--held-back] [--show]

Half of the questions are set aside by the hash of their ids; ``--held-back`` asks those.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

from benchmarks.tables.made import made_tables, write
from benchmarks.tables.questions import Asked, asked_of
from ingest import ingest_paths
from rag_app import Answer, open_engine

NUMBER = re.compile(r"(?P<about>about )?(?P<number>-?\d[\d,]*(?:\.(?P<places>\d+))?)")
COUNT = re.compile(r"(?P<about>)(?P<number>-?\d[\d,]*)(?P<places>)")


def graded(one: Asked, answer: Answer, document: str = "") -> str:
    """right, wrong, or unsure: no result was given, or it was said what is ambiguous. ``document``
    is the table's, if not its name is."""
    if answer.model != "table" or answer.text.startswith("This could not"):
        return "unsure"
    head = answer.text.split("\n", 1)[0]
    cited = {
        row[0]
        for row in one.table.rows
        if any(re.search(rf"\b{row[0]}\b", citation.quote) for citation in answer.citations)
    }
    names = {citation.document for citation in answer.citations}
    is_right = cited == one.rows and (
        not one.rows or names == {document or f"{one.table.stem}.{one.table.kind}"}
    )
    for label, number in one.numbers:
        said = head.partition(f"{label}: ")[2] if label else head.rpartition(" is ")[2] or head
        found = NUMBER.search(said if label or " is " in head else head)
        if one.id.startswith("count"):
            found = COUNT.search(head)
        is_right &= found is not None and _is_that(found, number)
    if is_right:
        return "right"
    return "unsure" if any("may be meant" in note for note in answer.notes) else "wrong"


def _is_that(found: re.Match[str], number: Decimal) -> bool:
    """Whether a number is told: exactly, or "about" that and rounded to the places that it has."""
    told = Decimal(found["number"].replace(",", ""))
    rounded = Decimal("0.5").scaleb(-len(found["places"] or ""))
    return abs(told - number) <= (rounded if found["about"] else Decimal("1e-9"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held-back", action="store_true")
    parser.add_argument("--show", action="store_true", help="the questions that are not right")
    arguments = parser.parse_args()
    tables = made_tables()
    questions = [one for one in asked_of(tables) if one.is_held_back == arguments.held_back]
    counts: Counter[str] = Counter()
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        write(tables, Path(folder) / "files")
        ingest_paths([Path(folder) / "files"], store=Path(folder) / "store")
        with open_engine(Path(folder) / "store") as engine:
            for one in questions:
                began = time.perf_counter()
                answer = engine.ask(one.question)
                if counts:
                    slowest = max(slowest, time.perf_counter() - began)
                grade = graded(one, answer)
                counts[grade] += 1
                if arguments.show and grade != "right":
                    print(
                        grade,
                        one.id,
                        "|",
                        one.question,
                        "|",
                        answer.model,
                        answer.text.split("\n")[0][:160],
                        one.numbers[:2],
                        sorted(one.rows)[:4],
                        [c.document for c in answer.citations][:1],
                    )
    for name in ("right", "wrong", "unsure"):
        print(f"{name:7} {counts[name]:4} {counts[name] / len(questions):.3f}")
    print(f"slowest {slowest:.2f} s")


if __name__ == "__main__":
    main()
