"""WikiTableQuestions: the table is given, the question is planned by rules, and the set of answers
is compared as its evaluator does (case, numbers, dates folded).

    python -m benchmarks.tables.wikitable FOLDER [--show N]

FOLDER holds ``questions.jsonl`` and the tables. The set: ppasupat/WikiTableQuestions, CC BY-SA 4.0.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import time
import unicodedata
from collections import Counter
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from ingest.load.common.tables import Cell, table_lines
from ingest.tables.derive import table_of
from ingest.tables.records import Table
from ingest.tables.values import date_of, number_of
from rag_app.tables.compute import Result, compute
from rag_app.tables.plan import Plan
from rag_app.tables.rules.link import Vocabulary
from rag_app.tables.rules.planner import plan_for


@lru_cache(maxsize=64)
def read_table(path: Path) -> tuple[Table, Vocabulary] | None:
    """A CSV whose first row names the columns, as ingestion writes tables with marked headers."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [[Cell(" ".join(cell.split())) for cell in row] for row in csv.reader(file)]
    lines = table_lines(rows, 1)
    spans, at = [], 0
    for line in lines:
        spans.append((at, at + len(line)))
        at += len(line) + 1
    table = table_of("\n".join(lines), spans)
    return None if table is None else (table, Vocabulary(table.columns, table.rows))


def answers(plan: Plan, result: Result, table: Table) -> list[str]:
    """What a plan gave, as a list of cells or numbers."""
    if result.problem:
        return []
    if result.amounts:
        if plan.group is not None:
            return [one.label for one in result.amounts]
        return [format(result.amounts[0].number.normalize(), "f")]
    return [row.cells[at] for row in map(table.rows.__getitem__, result.rows) for at in plan.select]


def folded(text: str) -> object:
    """An answer as it is compared."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    text = "".join(sign for sign in plain if not unicodedata.combining(sign))
    text = re.sub(r"[‐‑‒–—−]", "-", text)
    text = re.sub(r"\s+", " ", text).strip(' "“”.')
    value = number_of(text)
    if value is not None:
        return Decimal(value.number).normalize()
    date = date_of(text)
    return date if date is not None else re.sub(r"\s*(?:\[[^\]]*\]|\([^)]*\))$", "", text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", type=int, default=0, help="so many wrong answers")
    arguments = parser.parse_args()
    counts: Counter[str] = Counter()
    by: dict[str, Counter[str]] = {}
    began = time.perf_counter()
    for line in (arguments.folder / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        read = read_table(arguments.folder / one["table"])
        kind, told, plan = "refused", list[str](), None
        if read is not None:
            table, words = read
            plan = plan_for(one["question"], words, given=True)
            if plan is not None:
                told = answers(plan, compute(plan, table.columns, table.rows), table)
            if told:
                right = set(map(folded, told)) == set(map(folded, one["answer"]))
                kind = "right" if right else "wrong"
        counts[kind] += 1
        by.setdefault(plan.operation if plan else "-", Counter())[kind] += 1
        if (
            kind != "right"
            and counts["shown"] < arguments.show
            and (plan is None or plan.sure > 0.45)
        ):
            counts["shown"] += 1
            print(kind, one["table"], one["question"], one["answer"], "| told", told[:5], plan)
    total = counts["right"] + counts["wrong"] + counts["refused"]
    for name in ("right", "wrong", "refused"):
        print(f"{name:8} {counts[name]:5} {counts[name] / total:.3f}")
    for operation, found in sorted(by.items(), key=lambda one: -sum(one[1].values())):
        print(f"  {operation:12} {dict(found)}")
    print(f"{(time.perf_counter() - began) / total * 1000:.1f} ms a question")


if __name__ == "__main__":
    main()
