"""TAT-QA: the questions of its test that need arithmetic, each over the table it is asked of; exact
where number and scale are those of the set, the number rounded as it is there.

    python -m benchmarks.tables.tatqa FOLDER [--show N]

FOLDER holds ``test.jsonl``. The set: NExTplusplus/TAT-QA, CC BY 4.0.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from ingest.load.common.tables import Cell, table_lines
from ingest.tables.derive import table_of
from ingest.tables.records import Table
from rag_app.tables.compute import Amount, compute
from rag_app.tables.rules.link import Vocabulary
from rag_app.tables.rules.planner import plan_for

SCALE = re.compile(r"\b(thousand|million|billion)s?\b|\b(000)s?\b", re.IGNORECASE)


def read_table(grid: list[list[str]]) -> Table | None:
    """A grid as ingestion writes tables."""
    texts = [[" ".join(cell.split()) for cell in row] for row in grid]
    headers = 1
    while headers < len(texts) - 1 and (not texts[headers][0] or _heads(texts[headers])):
        headers += 1
    rows = [[Cell(cell) for cell in row] for row in texts]
    rows[: headers - 1] = [_widened(row) for row in texts[: headers - 1]]
    lines = table_lines(rows, headers)
    spans, at = [], 0
    for line in lines:
        spans.append((at, at + len(line)))
        at += len(line) + 1
    return table_of("\n".join(lines), spans)


def _heads(row: list[str]) -> bool:
    """Whether a row below the first names years: it has two of them, and no other number."""
    filled = [cell for cell in row[1:] if cell]
    return len(filled) > 1 and all(re.search(r"(?:19|20)\d\d", cell) for cell in filled)


def _widened(row: list[str]) -> list[Cell]:
    """A row of groups, each over the empty cells to its right, as they are merged in the report."""
    cells = [Cell(row[0])]
    for text in row[1:]:
        if text or len(cells) == 1:
            cells.append(Cell(text))
        else:
            cells[-1] = Cell(cells[-1].text, cells[-1].columns + 1)
    return cells


def scale_of(amount: Amount, operation: str, where: str) -> str:
    """The scale of a result, as the set names it."""
    if amount.unit == "%":
        return "percent"
    if operation in ("ratio", "count"):
        return ""
    match = SCALE.search(where)
    return "" if match is None else "thousand" if match[2] else match[1].lower()


def is_right(amount: Amount, scale: str, asked: dict[str, Any]) -> bool:
    """Whether a number and its scale are those of the set."""
    gold = Decimal(str(asked["answer"]).replace(",", "") or "0")
    exponent = gold.as_tuple().exponent
    places = min(Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0), Decimal(1))
    near = {
        amount.number.quantize(one, ROUND_HALF_UP).normalize() for one in (places, Decimal("0.01"))
    }
    return gold.normalize() in near and scale == asked["scale"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", type=int, default=0, help="so many that are not right")
    arguments = parser.parse_args()
    counts: Counter[str] = Counter()
    for line in (arguments.folder / "test.jsonl").read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        table = read_table(one["table"])
        where = " ".join(cell for row in one["table"][:3] for cell in row) + " ".join(
            one["paragraphs"]
        )
        words = Vocabulary(table.columns, table.rows) if table else None
        for asked in one["questions"]:
            if asked["type"] != "arithmetic":
                continue
            plan, kind, said = None, "refused", ""
            if table is not None and words is not None:
                plan = plan_for(asked["question"], words, given=True)
            if plan is not None and table is not None:
                result = compute(plan, table.columns, table.rows)
                if result.amounts and not result.problem:
                    amount = result.amounts[0]
                    scale = scale_of(amount, plan.operation, where)
                    kind = "right" if is_right(amount, scale, asked) else "wrong"
                    said = f"{amount.number:.4f} {scale}"
            counts[kind] += 1
            if kind != "right" and counts["shown"] < arguments.show:
                counts["shown"] += 1
                heads = [column.name for column in table.columns] if table else one["table"][:2]
                print(
                    kind,
                    asked["question"],
                    "|",
                    asked["answer"],
                    asked["scale"],
                    "|",
                    asked["derivation"],
                    "|",
                    said,
                    heads,
                    plan,
                )
    total = counts["right"] + counts["wrong"] + counts["refused"]
    for name in ("right", "wrong", "refused"):
        print(f"{name:8} {counts[name]:5} {counts[name] / total:.3f}")


if __name__ == "__main__":
    main()
