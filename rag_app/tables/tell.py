"""What came of a plan, in words: the result, what was computed, the rows as a table, each cited."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from ingest.tables.records import Column, Row
from ingest.tables.values import CODES
from ingest.text.wording import many
from rag_app.collection.rows import markdown_table
from rag_app.records import Cells, Citation
from rag_app.tables.compute import Amount, Result
from rag_app.tables.plan import Condition, Plan

# So many rows are shown, and cited one by one; of more, the stretches that hold them are cited.
SHOWN = 25
# Characters of a stretch, and how many there may be.
LONGEST_STRETCH = 20_000
MOST_STRETCHES = 100
# So many documents of joined tables are named.
NAMED = 5
PLACES = 10  # decimal places of what was divided
# In so wide a table the columns that the plan names are shown, and the first ones.
WIDEST = 12
SIGNS = {
    ">": "is over", ">=": "is at least", "<": "is under", "<=": "is at most", "=": "is",
    "!=": "is not",
}  # fmt: skip
DONE = {
    "sum": "the sum", "mean": "the mean", "min": "the lowest", "max": "the highest",
    "count": "the number of rows", "distinct": "the number of different values",
    "difference": "the difference", "ratio": "the ratio", "change": "the change in percent",
    "share": "the share in percent",
}  # fmt: skip


class Source(NamedTuple):
    """A table that was asked: its document, the page of each offset, its text and its rows."""

    document: str
    text: str
    page_of: tuple[int, ...]
    rows: Sequence[Row]

    def page(self, offset: int) -> int | None:
        return sum(start <= offset for start in self.page_of) or None


class Told(NamedTuple):
    """An answer from tables, with its citations and what the reader should know of it."""

    text: str
    citations: tuple[Citation, ...]
    notes: tuple[str, ...]


def tell(plan: Plan, result: Result, columns: Sequence[Column], sources: Sequence[Source]) -> Told:
    """A plan's result as an answer. The rows of the sources follow each other in the result."""
    total = sum(len(one.rows) for one in sources)
    notes = list(plan.notes)
    if result.left_out:
        name, are = columns[plan.column or 0].name, "is" if result.left_out == 1 else "are"
        left_out = many(result.left_out, "row")
        notes.append(f"{left_out} without a number in “{name}” {are} left out.")
    where = _conditions(plan.conditions, columns)
    head = _head(plan, result, columns, where, total)
    places = _placed(result.rows, sources)
    notes.insert(0, f"Computed from all {many(total, 'row')} of {_tables(sources)}.")
    parts, citations = [head], list[Citation]()
    by_source: dict[int, list[Row]] = {}
    for at, row in places:
        by_source.setdefault(at, []).append(row)
    for marker, (at, rows) in enumerate(by_source.items(), start=1):
        shown = rows[:SHOWN]
        cells = [_cells(row, columns, plan) for row in shown]
        parts.append(markdown_table(cells, marker))
        citations += [
            _citation(marker, sources[at], row.start, row.end, own)
            for row, own in zip(shown, cells, strict=True)
        ]
        if len(rows) > SHOWN:
            parts.append(f"… and {many(len(rows) - SHOWN, 'more row')} [{marker}]")
            stretches = _stretches(rows[SHOWN:], sources[at].rows)
            citations += [
                _citation(marker, sources[at], *one) for one in stretches[:MOST_STRETCHES]
            ]
            if len(stretches) > MOST_STRETCHES:
                notes.append("There are too many rows to cite all of them; the first are cited.")
    return Told("\n\n".join(parts), tuple(citations), tuple(notes))


def _tables(sources: Sequence[Source]) -> str:
    """Which tables were asked."""
    if len(sources) == 1:
        return f"the table in {sources[0].document}"
    names = list(dict.fromkeys(one.document for one in sources))
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{len(sources)} tables with the same columns, in {', '.join(names[:NAMED])}{more}"


def in_words(amount: Amount) -> str:
    """A number with its unit: "1,234.50 EUR", "12.5 %"."""
    number = amount.number
    if number != number.to_integral_value():
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -PLACES:
            number = number.quantize(Decimal(1).scaleb(-PLACES)).normalize()
    elif number == number.to_integral_value():
        number = number.quantize(Decimal(1)) if abs(number) < Decimal(10) ** 25 else number
    exponent = number.as_tuple().exponent
    if amount.unit in CODES and exponent == -1:  # "49.90 EUR"
        number = number.quantize(Decimal("0.01"))
    return f"{number:,f} {amount.unit}".strip()


def _head(plan: Plan, result: Result, columns: Sequence[Column], where: str, total: int) -> str:
    """The sentence that says what was computed, and the result."""
    of = f" where {where}" if where else ""
    if result.problem:
        return f"This could not be computed: {result.problem}" + (
            f" Looked for: rows{of}." if of else ""
        )
    name = "" if plan.column is None else _named(columns[plan.column])
    if plan.operation in ("next", "previous"):
        if not result.rows:
            return f"No row stands {'after' if plan.operation == 'next' else 'before'} the one{of}."
        return f"The row {'after' if plan.operation == 'next' else 'before'} the one{of}:"
    if plan.operation == "rows":
        return _rows_head(plan, result, columns, of, total)
    if plan.operands:
        return _operands_head(plan, result, columns, of)
    what = DONE[plan.operation]
    if plan.group is not None:
        groups = "; ".join(f"{one.label}: {in_words(one)}" for one in result.amounts)
        by = f" for each {_named(columns[plan.group])}"
        if plan.order is not None:
            by += ", of which the " + ("highest" if plan.order[1] else "lowest")
        what = what if plan.operation == "count" else f"{what} of {name}"
        return f"{what[0].upper()}{what[1:]}{of}{by}: {groups}."
    amounts = " and ".join(map(in_words, result.amounts))
    if plan.operation == "count":
        return (
            f"In {amounts} of {many(total, 'row')} {where}." if of else f"There are {amounts} rows."
        )
    apart = (
        ", which are not added up," if len(result.amounts) > 1 and plan.operation == "sum" else ""
    )
    over = "" if plan.operation in ("min", "max") else f" over {many(len(result.rows), 'row')}"
    return f"{what[0].upper()}{what[1:]} of {name}{over}{of}{apart} is {amounts}."


def _rows_head(plan: Plan, result: Result, columns: Sequence[Column], of: str, total: int) -> str:
    if not result.rows:
        return f"There is no row{of}, of {total:,}."
    if plan.first is None and plan.order is None:
        return f"In {len(result.rows):,} of {many(total, 'row')} {of.removeprefix(' where ')}:"
    if plan.order is None:
        return f"The {'last' if plan.first == -1 else 'first'} of the rows{of}:"
    at, descending = plan.order
    way = "highest" if descending else "lowest"
    if columns[at].kind == "date":
        way = "latest" if descending else "earliest"
    count = "" if plan.first in (None, 1) else f"{plan.first} "
    tie = f" ({len(result.rows)} tie)" if plan.first and len(result.rows) > plan.first else ""
    return f"The {count}{way} {_named(columns[at])}{of}{tie}:"


def _operands_head(plan: Plan, result: Result, columns: Sequence[Column], of: str) -> str:
    sides = [
        _named(columns[one.column])
        + (f" where {_conditions(one.conditions, columns)}" if one.conditions else "")
        + f" ({in_words(amount)})"
        for one, amount in zip(plan.operands, result.amounts[1:], strict=True)
    ]
    between = {"ratio": " to ", "share": " of ", "change": " against "}.get(plan.operation, " and ")
    said = between.join(sides)
    what = DONE[plan.operation]
    return f"{what[0].upper()}{what[1:]} of {said}{of} is {in_words(result.amounts[0])}."


def _conditions(conditions: Sequence[Condition], columns: Sequence[Column]) -> str:
    return " and ".join(_condition(one, columns) for one in conditions)


def _condition(one: Condition, columns: Sequence[Column]) -> str:
    column = columns[one.column]
    values = list(one.said) or [_value(value, column) for value in one.values]
    name = _named(column)
    if one.test == "between":
        if column.kind == "date" and values[0] in values[1]:
            return f"{name} is in {values[0]}"
        return f"{name} is from {values[0]} to {values[1]}"
    if one.test == "month":
        return f"{name} is in month {one.values[0]}"
    if one.test == "contains":
        return f"{name} has “{'” or “'.join(values)}”"
    said = f"{name} {SIGNS[one.test]} {' or '.join(values)}"
    return " ".join(f"{said} {one.unit if one.unit not in name else ''}".split())


def _value(value: Decimal | int | str, column: Column) -> str:
    if isinstance(value, int) and column.kind == "date":
        text = f"{value:08d}"
        return "-".join(part for part in (text[:4], text[4:6], text[6:]) if int(part))
    return f"{value:,}" if isinstance(value, Decimal) and abs(value) >= 10_000 else str(value)


def _named(column: Column) -> str:
    return column.name or "the label"


def _placed(ids: Sequence[int], sources: Sequence[Source]) -> list[tuple[int, Row]]:
    placed: list[tuple[int, Row]] = []
    for one in ids:
        at = 0
        while one >= len(sources[at].rows):
            one -= len(sources[at].rows)
            at += 1
        placed.append((at, sources[at].rows[one]))
    return placed


def _cells(row: Row, columns: Sequence[Column], plan: Plan) -> Cells:
    named = plan.columns()
    shown = [
        at
        for at in range(len(columns))
        if len(columns) <= WIDEST or at in named or at < WIDEST // 2
    ]
    names: list[str] = []
    for at in shown:  # two columns of one name are told apart
        name = columns[at].name
        names.append(name if name not in names else f"{name} ({names.count(name) + 1})")
    return tuple((name, row.cells[at]) for name, at in zip(names, shown, strict=True))


def _stretches(rows: Sequence[Row], all_rows: Sequence[Row]) -> list[tuple[int, int]]:
    """The stretches of text that hold rows which follow each other."""
    after = {one.start: other.start for one, other in itertools.pairwise(all_rows)}
    found: list[tuple[int, int]] = []
    expected = -1
    for row in sorted(rows, key=lambda one: one.start):
        if row.start == expected and row.end - found[-1][0] <= LONGEST_STRETCH:
            found[-1] = (found[-1][0], row.end)
        else:
            found.append((row.start, row.end))
        expected = after.get(row.start, -1)
    return found


def _citation(marker: int, source: Source, start: int, end: int, cells: Cells = ()) -> Citation:
    quote = source.text[start:end]
    return Citation(
        marker, source.document, source.page(start), start, end, quote, True, 1.0, cells=cells
    )
