"""A plan: what is to be computed of a table, in columns that it has. Nothing else is executed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from ingest.tables.records import Column

Test = Literal["=", "!=", ">", ">=", "<", "<=", "between", "contains", "lacks", "month"]
Operation = Literal[
    "rows", "count", "distinct", "sum", "mean", "min", "max", "difference", "ratio", "change",
    "share", "next", "previous",
]  # fmt: skip
AGGREGATES = ("count", "distinct", "sum", "mean", "min", "max")


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of the cells of a column: numbers are compared with Decimals, dates with numbers of
    eight digits, texts by their words, of which there may be several, one of them enough, or for
    "!=" and "lacks" none of them in the cell. ``unit`` is the one that the question names, or "";
    ``said`` are texts as the question has them."""

    column: int
    test: Test
    values: tuple[Decimal | int | str, ...]
    unit: str = ""
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operand:
    """One side of a difference or ratio: a column, summed over the rows that pass."""

    column: int
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """``operation`` over the cells of ``column`` in the rows that pass all ``conditions``, for each
    value of ``group``; or the ``first`` of those rows in the ``order`` of a column (descending or
    not; None is the order of the table, of which -1 is the last), of which ``select`` is what is
    asked for.
    ``notes`` say what was ambiguous; ``sure`` is the share of the question that it explains;
    ``lists``: all rows that pass are asked for, and not one of them; ``signed``: a difference that
    may be below zero."""

    operation: Operation
    column: int | None = None
    conditions: tuple[Condition, ...] = ()
    select: tuple[int, ...] = ()
    group: int | None = None
    order: tuple[int, bool] | None = None
    first: int | None = None
    operands: tuple[Operand, ...] = ()
    notes: tuple[str, ...] = ()
    sure: float = 0.0
    lists: bool = False
    signed: bool = False

    def columns(self) -> set[int]:
        """All that it names."""
        named = {one.column for one in self.conditions} | set(self.select)
        named |= {one.column for one in self.operands}
        named |= {test.column for one in self.operands for test in one.conditions}
        named |= {self.order[0]} if self.order else set()
        return named | {one for one in (self.column, self.group) if one is not None}


def checked(plan: Plan, columns: Sequence[Column]) -> Plan:
    """A plan whose columns are there and of the kind that it needs. Raises ValueError, which says
    in words what is wrong."""
    for at in plan.columns():
        if not 0 <= at < len(columns):
            raise ValueError(f"the table has {len(columns)} columns, and no column {at + 1}")
    if plan.operation in ("sum", "mean", "difference", "ratio", "change", "share"):
        for at in [one for one in (plan.column,) if one is not None] + [
            o.column for o in plan.operands
        ]:
            if columns[at].kind != "number":
                raise ValueError(
                    f"“{columns[at].name}” holds no numbers, so it has no {plan.operation}"
                )
    for one in plan.conditions:
        if one.test not in ("=", "!=", "contains", "lacks") and columns[one.column].kind not in (
            "number",
            "date",
        ):
            raise ValueError(
                f"“{columns[one.column].name}” holds neither numbers nor dates to compare"
            )
    if plan.first is not None and plan.first < 1 and plan.first != -1:
        return replace(plan, first=1)
    return plan


def date_test(test: Test, first: int, last: int) -> tuple[Test, tuple[int, ...]]:
    """A test of dates of eight digits against two, which may be one, whose day or month may be
    open (0): a year is all of its days."""
    start, end = first, _end_of(last)
    tests: dict[Test, tuple[Test, tuple[int, ...]]] = {
        "=": ("between", (start, end)), "between": ("between", (start, end)),
        "<": ("<", (start,)), ">": (">", (_end_of(first),)), ">=": (">=", (start,)),
        "<=": ("<=", (end,)),
    }  # fmt: skip
    return tests[test]


def _end_of(date: int) -> int:
    return date + (1231 if date % 10_000 == 0 else 31 if date % 100 == 0 else 0)
