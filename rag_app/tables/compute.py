"""Plans, computed by SQLite in memory: exactly, as whole numbers of the smallest decimal place that
a column has. Statements are made of columns by number and of parameters, never of words."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal

from ingest.tables.records import Column, Row
from ingest.tables.values import YEAR, date_of, is_missing, number_of, style_of
from rag_app.messages import say
from rag_app.tables.plan import AGGREGATES, Condition, Operand, Plan
from rag_app.tables.words import key_of

MOST = 2**62
TOTALS = frozenset(
    map(key_of, ("Total", "Grand total", "Sum", "Average", "Overall", "Career", "Summe", "Gesamt"))
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A computed number with its unit, and a label where it is one of a group's."""

    number: Decimal
    unit: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What a plan gave: ``amounts``, several where there are groups or several currencies; the
    numbers of the ``rows`` that were used, in the order of the answer; how many rows were
    ``left_out`` because their cell is no number; a ``problem`` in words, where there is one."""

    amounts: tuple[Amount, ...] = ()
    rows: tuple[int, ...] = ()
    left_out: int = 0
    problem: str = ""


def compute(plan: Plan, columns: Sequence[Column], rows: Sequence[Row]) -> Result:
    """Carry out a plan over rows of these columns."""
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            return _Engine(connection, columns, rows, plan.columns()).run(plan)
        except (OverflowError, sqlite3.OperationalError, sqlite3.IntegrityError) as error:
            problem = say(
                "The numbers are too large to be computed exactly ({error}).", error=error
            )
            return Result(problem=problem)


class _Engine:
    def __init__(
        self,
        connection: sqlite3.Connection,
        columns: Sequence[Column],
        rows: Sequence[Row],
        used: set[int],
    ) -> None:
        self.connection, self.columns, self.rows = connection, columns, rows
        self.factor: dict[int, int] = {}
        self.names = sorted(used)
        data: list[Sequence[object]] = [range(len(rows)), [is_total(row) for row in rows]]
        defined = ["id INTEGER PRIMARY KEY", "total INTEGER"]
        for at in self.names:
            defined += [f"t{at} TEXT", f"n{at} INTEGER", f"u{at} TEXT"]
            data += self._typed(at)
        connection.execute(f"CREATE TABLE r ({', '.join(defined)})")
        marks = ", ".join("?" * len(data))
        connection.executemany(f"INSERT INTO r VALUES ({marks})", zip(*data, strict=True))

    def _typed(self, at: int) -> list[Sequence[object]]:
        """The cells of a column as texts to compare, as whole numbers, and their units."""
        column, cells = self.columns[at], [row.cells[at] for row in self.rows]
        texts = [None if is_missing(cell) else key_of(cell) for cell in cells]
        style = style_of(cells)
        if column.kind == "date":
            days = [date_of(cell, style) for cell in cells]
            days = [
                int(cell) * 10_000 if day is None and YEAR.fullmatch(cell) else day
                for day, cell in zip(days, cells, strict=True)
            ]
            self.factor[at] = 1
            return [texts, days, [""] * len(cells)]
        values = [None if is_missing(cell) else number_of(cell, style) for cell in cells]
        places = max((-_exponent(one.number) for one in values if one), default=0)
        self.factor[at] = 10 ** max(places, 0)
        numbers = [None if one is None else int(one.number * self.factor[at]) for one in values]
        if any(abs(one) > MOST for one in numbers if one is not None):
            raise OverflowError(f"“{column.name}” has one of more than 18 digits")
        units = [column.unit if one is None or not column.units else one.unit for one in values]
        return [texts, numbers, units]

    def run(self, plan: Plan) -> Result:
        if plan.operands:
            return self._combined(plan)
        if plan.operation in ("next", "previous"):
            return self._beside(plan)
        if plan.operation in AGGREGATES:
            return self._aggregate(plan)
        return Result(rows=self._ordered(plan))

    def _where(self, conditions: Sequence[Condition], *filled: int) -> tuple[str, list[object]]:
        # A row that sums up others counts only where it is asked for by its name.
        named = any(TOTALS.intersection(map(str, one.values)) for one in conditions)
        parts, values = ["1" if named else "NOT total"], list[object]()
        for one in conditions:
            at, test, kind = one.column, one.test, self.columns[one.column].kind
            if one.unit and self.columns[at].units:
                parts.append(f"u{at} = ?")
                values.append(one.unit)
            if test in ("contains", "lacks"):
                inside = f"instr(' ' || t{at} || ' ', ' ' || ? || ' ')"
                no = "NOT " if test == "lacks" else ""
                parts.append(f"{no}({' OR '.join([inside] * len(one.values))})")
                values += one.values
            elif test == "month":
                parts.append(f"n{at} / 100 % 100 = ?")
                values.append(one.values[0])
            elif isinstance(one.values[0], str):
                marks = ", ".join("?" * len(one.values))
                parts.append(f"t{at} {'IN' if test == '=' else 'NOT IN'} ({marks})")
                values += one.values
            else:
                factor = self.factor[at] if kind != "date" else 1
                numbers = [_scaled(value, factor) for value in one.values]
                sign = "BETWEEN ? AND ?" if test == "between" else f"{test} ?"
                parts.append(f"n{at} {sign}")
                values += numbers
        parts += [f"n{at} IS NOT NULL" for at in filled]
        return " AND ".join(parts), values

    def _ids(self, conditions: Sequence[Condition], *filled: int) -> list[int]:
        where, values = self._where(conditions, *filled)
        found = self.connection.execute(f"SELECT id FROM r WHERE {where} ORDER BY id", values)
        return [one for (one,) in found]

    def _ordered(self, plan: Plan) -> tuple[int, ...]:
        """The rows that pass, in order; of those that tie with the last of the first, all."""
        if plan.order is None:
            ids = self._ids(plan.conditions)
            return tuple(ids[-1:] if plan.first == -1 else ids[: plan.first])
        at, descending = plan.order
        is_text = self.columns[at].kind in ("text", "bool")
        by = f"t{at}" if is_text else f"n{at}"
        where, values = self._where(plan.conditions, *([] if is_text else [at]))
        found = self.connection.execute(
            f"SELECT id, {by} FROM r WHERE {where}"
            f" ORDER BY {by} {'DESC' if descending else 'ASC'}, id",
            values,
        ).fetchall()
        if plan.first is not None and len(found) > plan.first:
            last = found[plan.first - 1][1]
            found = [one for place, one in enumerate(found) if place < plan.first or one[1] == last]
        return tuple(one for one, _ in found)

    def _aggregate(self, plan: Plan) -> Result:
        at = plan.column
        rows = self._ids(plan.conditions)
        if plan.operation == "count" and plan.group is None:
            return Result((Amount(Decimal(len(rows))),), tuple(rows))
        filled = [] if at is None or plan.operation in ("count", "distinct") else [at]
        where, values = self._where(plan.conditions, *filled)
        used = self._ids(plan.conditions, *filled)
        group = f"t{plan.group}" if plan.group is not None else "''"
        unit = f"u{at}" if filled else "''"
        what = {
            "count": "count(*)",
            "distinct": f"count(DISTINCT t{at})",
            "sum": f"sum(n{at})",
            "mean": f"sum(n{at})",
            "min": f"min(n{at})",
            "max": f"max(n{at})",
        }[plan.operation]
        extra = f" AND {group} IS NOT NULL" if plan.group is not None else ""
        found = self.connection.execute(
            f"SELECT min(id), {what}, count(*), {unit} FROM r WHERE {where}{extra}"
            f" GROUP BY {group}, {unit} ORDER BY min(id)",
            values,
        ).fetchall()
        amounts = []
        for first, number, count, own in found:
            if number is None:
                continue
            exact = Decimal(number) / (self.factor[at] if filled and at is not None else 1)
            if plan.operation == "mean":
                exact /= count
            label = "" if plan.group is None else self.rows[first].cells[plan.group]
            amounts.append(Amount(exact, own or "", label))
        if plan.group is not None and plan.order is not None:
            amounts.sort(
                key=lambda one: -one.number if plan.order and plan.order[1] else one.number
            )
            if plan.first is not None:
                last = amounts[: plan.first][-1:]
                amounts = [
                    one
                    for place, one in enumerate(amounts)
                    if place < plan.first or (last and one.number == last[0].number)
                ]
                labels = {key_of(one.label) for one in amounts}
                used = [one for one in used if key_of(self.rows[one].cells[plan.group]) in labels]
        if not amounts:
            problem = say("No row passes.")
            if rows:
                problem = say(
                    "None of the {count} rows has a number in “{column}”.",
                    count=len(rows),
                    column=self.columns[at or 0].name,
                )
            return Result(rows=tuple(rows), left_out=len(rows) - len(used), problem=problem)
        if plan.operation in ("min", "max") and plan.group is None and at is not None:
            best = {int(one.number * self.factor[at]) for one in amounts}
            marks = ", ".join("?" * len(best))
            ids = self.connection.execute(
                f"SELECT id FROM r WHERE {where} AND n{at} IN ({marks}) ORDER BY id",
                [*values, *best],
            )
            return Result(tuple(amounts), tuple(i for (i,) in ids), len(rows) - len(used))
        return Result(tuple(amounts), tuple(used), len(rows) - len(used))

    def _combined(self, plan: Plan) -> Result:
        sides = [self._side(plan, one) for one in plan.operands]
        rows = tuple(dict.fromkeys(one for _, ids in sides for one in ids))
        for amount, ids in sides:
            if amount is None:
                what = say("No row is there for one side.")
                if ids:
                    what = say("One side has no number, or several units, which are not added.")
                return Result(rows=rows, problem=what)
        amounts = [amount for amount, _ in sides if amount is not None]
        first, last = amounts[0], amounts[-1]
        if len({one.unit for one in amounts}) > 1:
            problem = say(
                "One side is in {one}, the other in {other}: they are not compared.",
                one=first.unit or say("no unit"),
                other=last.unit or say("no unit"),
            )
            return Result(tuple(amounts), rows, problem=problem)
        if plan.operation == "mean":
            total = sum((one.number for one in amounts), Decimal(0))
            return Result((Amount(total / len(amounts), first.unit), *amounts), rows)
        if plan.operation == "sum":
            return Result(
                (Amount(sum((one.number for one in amounts), Decimal(0)), first.unit), *amounts),
                rows,
            )
        if plan.operation == "difference":
            number = first.number - last.number
            return Result(
                (Amount(number if plan.signed else abs(number), first.unit), *amounts), rows
            )
        if not last.number:
            problem = say("It would be divided by zero, which gives no number.")
            return Result(tuple(amounts), rows, problem=problem)
        number = first.number / last.number
        if plan.operation == "ratio":
            return Result((Amount(number), *amounts), rows)
        hundred = (number - 1 if plan.operation == "change" else number) * 100
        return Result((Amount(hundred, "%"), *amounts), rows)

    def _side(self, plan: Plan, one: Operand) -> tuple[Amount | None, list[int]]:
        at, conditions = one.column, (*plan.conditions, *one.conditions)
        where, values = self._where(conditions, at)
        ids = self._ids(conditions, at)
        found = self.connection.execute(
            f"SELECT sum(n{at}), u{at} FROM r WHERE {where} GROUP BY u{at}", values
        ).fetchall()
        if len(found) != 1:
            return None, ids or self._ids(conditions)
        return Amount(Decimal(found[0][0]) / self.factor[at], found[0][1]), ids

    def _beside(self, plan: Plan) -> Result:
        """The row after, or before, the last, or first, that passes: in the order of the table."""
        ids = self._ids(plan.conditions)
        if not ids:
            return Result()
        at = ids[-1] + 1 if plan.operation == "next" else ids[0] - 1
        return Result(rows=(at,) if 0 <= at < len(self.rows) else ())


def is_total(row: Row) -> bool:
    """Whether a row sums up others."""
    first = next((cell for cell in row.cells if cell), "")
    return key_of(first) in TOTALS


def _exponent(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _scaled(value: Decimal | int | str, factor: int) -> int | float:
    exact = Decimal(value) * factor
    whole = int(exact)
    # Between two whole numbers, as 10.005 is where cells have two places.
    return whole if exact == whole else float(exact)
