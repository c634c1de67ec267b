"""Arithmetic behind a number that no passage has: a sum, a difference, a product, a share, a count,
an average or a date, found by doing it, and shown to the reader so: "£4,260 − £3,480 = £780".

A number may be computed of the numbers that its sentence says beside it and those of the question.
Of the passages' other numbers only what comes out of a whole column of a table counts: else any
number is the difference of some two.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from itertools import permutations

from rag_app.grounding.facts.dates import Date
from rag_app.grounding.facts.reading import Facts, Number
from rag_app.grounding.facts.tables import Column, computed

# As exact as it is written: 33.3 is a third of 100.
ROUNDING = Decimal("0.5")
MOST_OPERANDS = 12
HUNDRED = Decimal(100)
DAY = 24 * 60  # minutes
TINY = Decimal("1e-12")  # what dividing loses
# What one of these is of another: money in its hundredths, and times that never vary.
PARTS = {
    "p": ("£", HUNDRED),
    "cent": ("$", HUNDRED),
    "ct": ("€", HUNDRED),
    "month": ("year", Decimal(12)),
    "quarter": ("year", Decimal(4)),
    "day": ("week", Decimal(7)),
    "h": ("day", Decimal(24)),
    "min": ("h", Decimal(60)),
    "s": ("min", Decimal(60)),
    "m": ("km", Decimal(1000)),
    "cm": ("m", HUNDRED),
    "mm": ("m", Decimal(1000)),
    "g": ("kg", Decimal(1000)),
    "kg": ("t", Decimal(1000)),
    "ml": ("l", Decimal(1000)),
}
LISTED = re.compile(r"[,;]|(?<=\s)(?:and|or|und|oder|et|ou|y|o|e|&)(?=\s)")


@dataclass(frozen=True, slots=True)
class _Operand:
    value: Decimal
    text: str
    units: frozenset[str]


Operation = tuple[str, Callable[[Decimal, Decimal], Decimal]]
OPERATIONS: tuple[Operation, ...] = (
    ("+", operator.add),
    ("−", operator.sub),
    ("×", operator.mul),
    ("÷", operator.truediv),
)


def derived_number(
    wanted: Number,
    claim: str,
    said: Facts,
    asked: Facts,
    there: Sequence[Number],
    columns: Sequence[Column],
) -> str | None:
    """How a number of a claim follows from the other numbers that its answer says (``said``), those
    of the question (``asked``) and of the passages (``there``), and the columns of their tables;
    None if it does not."""
    operands = _operands(wanted, (*said.numbers, *asked.numbers))
    for value in sorted(wanted.values):
        found = (
            _converted(wanted, value, there)
            or _of_two(value, operands, wanted)
            or _between(value, wanted, said, asked)
            or _listed(value, wanted, claim)
            or _of_all(value, operands, wanted)
            or computed(value, claim, columns)
        )
        if found is not None:
            return f"{found} = {wanted.text}"
    return None


def derived_date(wanted: Date, said: Facts, asked: Facts) -> str | None:
    """How a date is another one and some days, weeks, months or years; None if it is not."""
    target = _day(wanted, None)
    for known in (*asked.dates, *said.dates):
        start = _day(known, wanted.year)
        if start is None or target is None or known.text == wanted.text:
            continue
        for number in (*said.numbers, *asked.numbers):
            for unit in number.units:
                for value in number.values:
                    for sign, reached in _reached(start, unit, value):
                        if abs((reached - target).days) <= (1 if unit == "month" else 0):
                            return f"{known.text} {sign} {number.text} = {wanted.text}"
    return None


def derived_time(wanted: str, said: Facts, asked: Facts) -> str | None:
    """How a time of day is another one and some hours or minutes; None if it is not."""
    target = _minutes(wanted)
    for known in sorted((said.times | asked.times) - {wanted}):
        for number in (*said.numbers, *asked.numbers):
            for size in (60 if "h" in number.units else 1 if "min" in number.units else 0,):
                for value in number.values if size else ():
                    for sign, factor in (("+", 1), ("−", -1)):
                        if (_minutes(known) + factor * size * value) % DAY == target:
                            return f"{known} {sign} {number.text} = {wanted}"
    return None


def _minutes(time: str) -> int:
    hour, _, minute = time.partition(":")
    return int(hour) * 60 + int(minute)


def _between(value: Decimal, wanted: Number, said: Facts, asked: Facts) -> str | None:
    """The hours, or the minutes beside them, from one time to another."""
    unit = "h" if "h" in wanted.units else "min" if "min" in wanted.units else None
    times = sorted(said.times | asked.times) if unit else []
    for first, second in permutations(times, 2):
        passed = (_minutes(second) - _minutes(first)) % DAY
        amounts = {Decimal(passed) / 60, Decimal(passed // 60)}
        if value in (amounts if unit == "h" else {Decimal(passed), Decimal(passed % 60)}):
            return f"{first} to {second}"
    return None


def _day(one: Date, year: int | None) -> date | None:
    try:
        return date(one.year or year or 2000, one.month, one.day or 1)
    except ValueError:
        return None


def _reached(start: date, unit: str, value: Decimal) -> Iterator[tuple[str, date]]:
    days = {"day": 1, "week": 7}.get(unit)
    months = {"month": 1, "quarter": 3, "year": 12}.get(unit)
    if value != value.to_integral_value() or not 0 < value <= 3660:
        return
    for sign, factor in (("+", 1), ("−", -1)):
        try:
            if days:
                yield sign, start + timedelta(days=factor * days * int(value))
            elif months:
                total = start.year * 12 + start.month - 1 + factor * months * int(value)
                day = min(start.day, 28)
                moved = date(total // 12, total % 12 + 1, day)
                yield sign, moved + timedelta(days=start.day - day)
        except (ValueError, OverflowError):
            continue


def _operands(wanted: Number, numbers: Iterable[Number]) -> list[_Operand]:
    found: dict[Decimal, _Operand] = {}
    for number in numbers:
        if number.text == wanted.text and number.values == wanted.values:
            continue
        for value in number.values:
            found.setdefault(value, _Operand(value, number.text, number.units))
    return list(found.values())[:MOST_OPERANDS]


def _of_two(value: Decimal, operands: Sequence[_Operand], wanted: Number) -> str | None:
    for first, second in permutations(operands, 2):
        if not _fits(wanted, (first, second)):
            continue
        for sign, apply in OPERATIONS:
            try:
                made = apply(first.value, second.value)
            except (InvalidOperation, ZeroDivisionError):
                continue
            if _same(value, made):
                return f"{first.text} {sign} {second.text}"
            # Pence that come to pounds, cents that come to euros.
            if sign == "×" and _same(value, made / HUNDRED) and (_is_share(first, second)):
                return f"{first.text} {sign} {second.text}"
            if sign == "÷" and "%" in wanted.units and _same(value, made * HUNDRED):
                return f"{first.text} {sign} {second.text}"
            growth = sign == "−" and "%" in wanted.units and second.value
            if growth and _same(value, abs(made) / abs(second.value) * HUNDRED):
                return f"({first.text} − {second.text}) ÷ {second.text}"
    return None


def _fits(wanted: Number, operands: Sequence[_Operand]) -> bool:
    """Whether a number can have its unit of others: one of them has it, or a part of it."""
    units = frozenset[str]().union(*(one.units for one in operands))
    known = units | {PARTS[unit][0] for unit in units & PARTS.keys()}
    return not wanted.units or not units or bool(wanted.units & known) or "%" in wanted.units


def _is_share(first: _Operand, second: _Operand) -> bool:
    return any(re.search(r"%|p\b|ct|cent", one.text) for one in (first, second))


def _of_all(value: Decimal, operands: Sequence[_Operand], wanted: Number) -> str | None:
    """A sum or an average of all other numbers, three and more."""
    values = [one.value for one in operands]
    if len(values) < 3 or not _fits(wanted, operands):
        return None
    shown = " + ".join(one.text for one in operands)
    if _same(value, sum(values, Decimal(0))):
        return shown
    if _same(value, sum(values, Decimal(0)) / len(values)):
        return f"({shown}) ÷ {len(values)}"
    return None


def _listed(value: Decimal, wanted: Number, claim: str) -> str | None:
    """How many things a sentence lists behind a colon: "three: A-106, A-107 and A-108"."""
    listed = [one for one in LISTED.split(claim.rpartition(":")[2]) if one.strip()]
    if ":" in claim and not wanted.units and value == len(listed) >= 2:
        return "the count of what is listed"
    return None


def _converted(wanted: Number, value: Decimal, there: Sequence[Number]) -> str | None:
    """The same amount in another unit: 18 months are one and a half years."""
    for number in there:
        for unit in number.units:
            for mine in wanted.units:
                factor = _factor(unit, mine)
                if factor is not None and any(_same(value, one * factor) for one in number.values):
                    return number.text
    return None


def _factor(unit: str, other: str) -> Decimal | None:
    """What one of a unit is in another one; None if that varies or they measure other things."""
    (mine, size), (theirs, other_size) = _root(unit), _root(other)
    return size / other_size if mine == theirs and unit != other else None


def _root(unit: str) -> tuple[str, Decimal]:
    """The largest unit of a kind, and how much of it a unit is."""
    size = Decimal(1)
    while unit in PARTS:
        unit, parts = PARTS[unit]
        size /= parts
    return unit, size


def _same(wanted: Decimal, made: Decimal) -> bool:
    """Whether a number is another one, as it is rounded."""
    if wanted == made:
        return True
    exponent = wanted.as_tuple().exponent
    step = Decimal(1).scaleb(exponent) if isinstance(exponent, int) and exponent < 0 else Decimal(1)
    if abs(wanted - made) < TINY:
        return True
    rounded = step * ROUNDING
    return made != made.to_integral_value() and abs(wanted - made) <= rounded and wanted != 0
