"""What was computed of a table, in words: the sentence over its rows."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ingest.tables.records import Column
from ingest.tables.values import CODES
from rag_app.messages import say, say_many
from rag_app.tables.compute import Amount, Result
from rag_app.tables.plan import Condition, Plan

# Decimal places of what was divided: of money, and of all else.
MONEY_PLACES, PLACES = 2, 4
LONG = 8


def head_of(plan: Plan, result: Result, columns: Sequence[Column], where: str, total: int) -> str:
    """The sentence that says what was computed, and the result."""
    of = say(" where {conditions}", conditions=where) if where else ""
    if result.problem:
        told = say("This could not be computed: {problem}", problem=result.problem)
        return told + (" " + say("Looked for: rows{where}.", where=of) if of else "")
    if plan.operation in ("next", "previous"):
        return _beside_head(plan, result, of)
    if plan.operation == "rows":
        return _rows_head(plan, result, columns, of, total)
    if plan.operands:
        return _operands_head(plan, result, columns, of)
    what = _done(plan.operation)
    name = "" if plan.column is None else _named(columns[plan.column])
    whose = what if plan.operation == "count" else say("{what} of {name}", what=what, name=name)
    if plan.group is not None:
        groups = "; ".join(f"{one.label}: {in_words(one)}" for one in result.amounts)
        by = say("{what}{where} for each {column}", what=whose, where=of,
                 column=_named(columns[plan.group]))  # fmt: skip
        if plan.order is not None:
            by += say(", of which the highest") if plan.order[1] else say(", of which the lowest")
        return f"{by}: {groups}."
    amounts = say(" and ").join(map(in_words, result.amounts))
    if plan.operation == "count":
        if not of:
            return say("There are {count} rows.", count=amounts)
        return say("In {count} of {rows} {where}.", count=amounts, rows=_rows(total), where=where)
    if plan.operation in ("min", "max"):
        return say("{what}{where} is {amount}.", what=whose, where=of, amount=amounts)
    over = say("{what} over {rows}{where}", what=whose, rows=_rows(len(result.rows)), where=of)
    if len(result.amounts) > 1 and plan.operation == "sum":
        return say("{what}, which are not added up, is {amount}.", what=over, amount=amounts)
    return say("{what} is {amount}.", what=over, amount=amounts)


def _rows(count: int) -> str:
    return say_many("{count} row", "{count} rows", count)


def _beside_head(plan: Plan, result: Result, of: str) -> str:
    if plan.operation == "next":
        if result.rows:
            return say("The row after the one{where}:", where=of)
        return say("No row stands after the one{where}.", where=of)
    if result.rows:
        return say("The row before the one{where}:", where=of)
    return say("No row stands before the one{where}.", where=of)


def _rows_head(plan: Plan, result: Result, columns: Sequence[Column], of: str, total: int) -> str:
    if not result.rows:
        return say("There is no row{where}, of {rows}.", where=of, rows=total)
    if plan.first is None and plan.order is None:
        where = conditions_of(plan.conditions, columns)
        count = len(result.rows)
        if not where:
            return f"{_rows(total)}:"
        return say("In {count} of {rows} {where}:", count=count, rows=_rows(total), where=where)
    if plan.order is None:
        if plan.first == -1:
            return say("The last of the rows{where}:", where=of)
        return say("The first of the rows{where}:", where=of)
    at, descending = plan.order
    if columns[at].kind == "date":
        way = say("latest") if descending else say("earliest")
    else:
        way = say("highest") if descending else say("lowest")
    name, count = _named(columns[at]), plan.first or 1
    tie = ""
    if plan.first and len(result.rows) > plan.first:
        tie = say(" ({count} tie)", count=len(result.rows))
    if count == 1:
        return say("The {way} {column}{where}{tie}:", way=way, column=name, where=of, tie=tie)
    return say("The {count} {way} {column}{where}{tie}:", count=count, way=way, column=name,
               where=of, tie=tie)  # fmt: skip


def _operands_head(plan: Plan, result: Result, columns: Sequence[Column], of: str) -> str:
    sides: list[str] = []
    for one, amount in zip(plan.operands, result.amounts[1:], strict=True):
        conditions = conditions_of(one.conditions, columns)
        where = say(" where {conditions}", conditions=conditions) if conditions else ""
        sides.append(f"{_named(columns[one.column])}{where} ({in_words(amount)})")
    between = {"ratio": say(" to "), "share": say(" of "), "change": say(" against ")}
    whose = say(
        "{what} of {name}",
        what=_done(plan.operation),
        name=between.get(plan.operation, say(" and ")).join(sides),
    )
    said = in_words(result.amounts[0])
    return say("{what}{where} is {amount}.", what=whose, where=of, amount=said)


def conditions_of(conditions: Sequence[Condition], columns: Sequence[Column]) -> str:
    return say(" and ").join(_condition(one, columns) for one in conditions)


def _condition(one: Condition, columns: Sequence[Column]) -> str:
    column = columns[one.column]
    values = list(one.said) or [_value(value, column) for value in one.values]
    name = _named(column)
    if one.test == "between":
        if column.kind == "date" and values[0] in values[1]:
            return say("{column} is in {value}", column=name, value=values[0])
        return say("{column} is from {first} to {last}", column=name, first=values[0],
                   last=values[1])  # fmt: skip
    either = say(" or ")
    if one.test == "month":
        return say("{column} is in month {month}", column=name, month=str(one.values[0]))
    if one.test == "contains":
        quoted = either.join(f"“{value}”" for value in values)
        return say("{column} has {value}", column=name, value=quoted)
    if one.test == "lacks":
        quoted = either.join(f"“{value}”" for value in values)
        return say("{column} does not have {value}", column=name, value=quoted)
    if column.kind == "date" and one.test in ("<", "<=", ">", ">="):
        return _in_time(one.test, name, values[0])
    unit = f" {one.unit}" if one.unit and one.unit not in name else ""
    return _compared(one.test, name, either.join(values) + unit)


def _value(value: Decimal | int | str, column: Column) -> str:
    if isinstance(value, int) and column.kind == "date":
        text = f"{value:08d}"
        return "-".join(part for part in (text[:4], text[4:6], text[6:]) if int(part))
    return f"{value:,}" if isinstance(value, Decimal) and abs(value) >= 10_000 else str(value)


def _named(column: Column) -> str:
    return column.name or say("the label")


def in_words(amount: Amount) -> str:
    """A number with its unit: "1,234.50 EUR", "12.5 %"; "about 0.3333" where it is rounded."""
    number = amount.number
    if number == number.to_integral_value():
        number = number.quantize(Decimal(1)) if abs(number) < Decimal(10) ** 25 else number
    elif _decimals(number) > LONG:  # a cell is not so long, so it was divided
        places = MONEY_PLACES if amount.unit in CODES else PLACES
        # Of a small number the digits count, and not the places.
        places = max(places, PLACES - 1 - number.adjusted())
        number = number.quantize(Decimal(1).scaleb(-places)).normalize()
        return say("about {amount}", amount=in_words(Amount(number, amount.unit)))
    if amount.unit in CODES and _decimals(number) == 1:  # "49.90 EUR"
        number = number.quantize(Decimal("0.01"))
    return f"{number:,f} {amount.unit}".strip()


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _compared(test: str, name: str, values: str) -> str:
    """A test of a column in words."""
    said = {
        ">": say("{column} is over {value}", column=name, value=values),
        ">=": say("{column} is at least {value}", column=name, value=values),
        "<": say("{column} is under {value}", column=name, value=values),
        "<=": say("{column} is at most {value}", column=name, value=values),
        "=": say("{column} is {value}", column=name, value=values),
        "!=": say("{column} is not {value}", column=name, value=values),
    }
    return said[test]


def _in_time(test: str, name: str, date: str) -> str:
    """A test of a column of dates in words."""
    said = {
        "<": say("{column} is before {date}", column=name, date=date),
        "<=": say("{column} is {date} or before", column=name, date=date),
        ">": say("{column} is after {date}", column=name, date=date),
        ">=": say("{column} is {date} or after", column=name, date=date),
    }
    return said[test]


def _done(operation: str) -> str:
    """What was computed, as a sentence begins with it."""
    said = {
        "sum": say("The sum"), "mean": say("The mean"), "min": say("The lowest"),
        "max": say("The highest"), "count": say("The number of rows"),
        "distinct": say("The number of different values"), "difference": say("The difference"),
        "ratio": say("The ratio"), "change": say("The change in percent"),
        "share": say("The share in percent"),
    }  # fmt: skip
    return said[operation]
