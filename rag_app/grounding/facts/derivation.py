"""Arithmetic behind a number that no passage has: a sum, a difference, a product, a share, a count
or an average, found by doing it, and shown to the reader so: "£4,260 − £3,480 = £780".

A number may be computed of the numbers that its sentence says beside it and those of the question.
Of the passages' other numbers only what comes out of a whole column of a table counts: else any
number is the difference of some two.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from itertools import pairwise, permutations

from rag_app.grounding.facts.calendar import hours_between
from rag_app.grounding.facts.reading import Facts, Number
from rag_app.grounding.facts.tables import Column, computed

# As exact as it is written: 33.3 is a third of 100.
ROUNDING = Decimal("0.5")
MOST_OPERANDS = 12
MOST_RATES = 40
HUNDRED = Decimal(100)
# Smaller numbers without decimals are not rounded, and what is made of three is larger.
FEWEST_EXACT = 10
MOST_OF_THREE = 6
ADDING = ("+", "−")
MONEY = frozenset({"p", "cent", "ct"})
TINY = Decimal("1e-12")  # what dividing loses
# What one of these is of another: money in its hundredths, and times that never vary.
PARTS = {
    "pp": ("%", Decimal(1)),
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
HALF = re.compile(r"\b(?:half|halves|Hälfte|moitié|mitad)\b", re.IGNORECASE)
LISTED = re.compile(r"[,;]|(?<=\s)(?:and|or|und|oder|et|ou|y|o|e|&)(?=\s)")


@dataclass(frozen=True, slots=True)
class _Operand:
    value: Decimal
    text: str
    units: frozenset[str]


HALVED = _Operand(Decimal("0.5"), "a half", frozenset())

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
    *,
    averages: bool = False,
) -> str | None:
    """How a number of a claim follows from the other numbers that its answer says (``said``), those
    of the question (``asked``) and of the words that are most like the claim (``there``), and the
    columns of tables, also as a mean where it speaks of one (``averages``); None if it does not."""
    close = _operands(wanted, there, MOST_RATES)
    units = {one.value: one.units for one in close}
    half = [HALVED] if HALF.search(claim) else []
    operands = half + [
        # What it counts may be left out.
        one if one.units else replace(one, units=units.get(one.value, frozenset()))
        for one in _operands(wanted, (*said.numbers, *asked.numbers))
    ]
    for value in sorted(wanted.values):
        found = (
            _converted(wanted, value, there)
            or _of_two(value, operands, wanted)
            or hours_between(value, wanted, said, asked)
            or _listed(value, wanted, claim)
            or _of_all(value, operands, wanted)
            or _of_three(value, operands, wanted)
            or _of_rate(value, operands, close, wanted)
            or _added(value, close, wanted)
            or computed(value, wanted.units, claim, columns, averages=averages)
        )
        if found is not None:
            return f"{found} = {wanted.text}"
    return None


def _operands(
    wanted: Number, numbers: Iterable[Number], most: int = MOST_OPERANDS
) -> list[_Operand]:
    found: dict[Decimal, list[_Operand]] = {}
    for number in numbers:
        if number.text == wanted.text and number.values == wanted.values:
            continue
        for value in number.values:
            found.setdefault(value, []).append(_Operand(value, number.text, number.units))
    # Eight and eight are sixteen.
    return [one for same in found.values() for one in same[:2]][:most]


def _of_two(value: Decimal, operands: Sequence[_Operand], wanted: Number) -> str | None:
    for first, second in permutations(operands, 2):
        for sign, apply in OPERATIONS:
            halved = HALVED in (first, second) and sign != "×"
            if halved or not _fits(wanted, sign, first, second):
                continue
            mine, other = (first.value, second.value)
            # A bare number is in the unit of the one beside it.
            if sign in ADDING and first.units and second.units:
                mine, other = _in_one_unit(wanted, first), _in_one_unit(wanted, second)
            try:
                made = apply(mine, other)
            except (InvalidOperation, ZeroDivisionError):
                continue
            rounded = sign not in ADDING or first.units == second.units
            if value == made or (rounded and _same(value, made)):
                return f"{first.text} {sign} {second.text}"
            # Pence that come to pounds, cents that come to euros.
            if sign == "×" and _same(value, made / HUNDRED) and (_is_share(first, second)):
                return f"{first.text} {sign} {second.text}"
            rest = first.value * (HUNDRED - second.value) / HUNDRED
            if sign == "×" and "%" in second.units and _same(value, rest):
                return f"{first.text} − {second.text}"
            if sign == "÷" and "%" in wanted.units and _same(value, made * HUNDRED):
                return f"{first.text} {sign} {second.text}"
            growth = sign == "−" and "%" in wanted.units and second.value
            if growth and _same(value, abs(made) / abs(second.value) * HUNDRED):
                return f"({first.text} − {second.text}) ÷ {second.text}"
    return None


def _in_one_unit(wanted: Number, one: _Operand) -> Decimal:
    """A number in the unit of another one: 2 hours are 120 minutes."""
    factors = (factor_of(unit, mine) for unit in one.units for mine in wanted.units)
    return one.value * next((factor for factor in factors if factor is not None), Decimal(1))


def _fits(wanted: Number, sign: str, first: _Operand, second: _Operand) -> bool:
    """Whether a number can have its unit of two others: a sum has that of both, a product that of
    one of them, a quotient that of the first, or none of two that are alike."""
    mine, other = _kinds(first.units), _kinds(second.units)
    share = "%" in wanted.units
    if sign in ADDING:
        alike = not mine or not other or bool(mine & other)
        # A bare number is in the unit of the one beside it, and so is what is made of both.
        bare, unit = not first.units or not second.units, first.units | second.units
        if bare and unit and wanted.units and not (share or unit & wanted.units):
            return False
        made = not wanted.units or not (mine | other) or bool(_kinds(wanted.units) & (mine | other))
        return alike and (made or (share and sign == "−"))
    if first.units & second.units if sign == "×" else mine & other:
        # Of the same only the share is left.
        return sign == "÷" and (share or not wanted.units)
    exact = first.units | (second.units if sign == "×" else frozenset())
    larger = {PARTS[unit][0] for unit in exact & MONEY}
    return share or not exact or not wanted.units or bool(wanted.units & (exact | larger))


def _kinds(units: frozenset[str]) -> frozenset[str]:
    """What units measure, as the largest of their kind."""
    return frozenset(_root(unit)[0] for unit in units)


def _is_share(first: _Operand, second: _Operand) -> bool:
    return any(re.search(r"%|p\b|ct|cent", one.text) for one in (first, second))


def _of_three(value: Decimal, operands: Sequence[_Operand], wanted: Number) -> str | None:
    """Two days at 3 % of 46 euros; 42p and twice 5p."""
    if not wanted.units:
        return None
    made = _kinds(wanted.units)
    for first, second, third in permutations(operands[:MOST_OF_THREE], 3):
        units = [_kinds(one.units) for one in (first, second, third)]
        shown = f"{first.text} {{}} {second.text} × {third.text}"
        if made & units[0] and (not units[1] or not made & units[1]):
            share = HUNDRED if "%" in second.units | third.units else Decimal(1)
            if value == first.value * second.value * third.value / share:
                return shown.format("×")
        adds = made & units[0] and made & units[2] and not made & units[1]
        sums = value >= FEWEST_EXACT and value == first.value + second.value * third.value
        if adds and sums:
            return shown.format("+")
    return None


def _of_rate(
    value: Decimal, counts: Sequence[_Operand], rates: Sequence[_Operand], wanted: Number
) -> str | None:
    """What comes out of a rate that stands in a passage for a number that is said or asked."""
    if not wanted.units:
        return None
    for rate in rates:
        for count in counts:
            known = _kinds(wanted.units) & _kinds(rate.units) - _kinds(count.units)
            share = HUNDRED if "%" in count.units else Decimal(1)
            made = _in_one_unit(wanted, rate) * count.value / share
            if known and count.value not in (0, 1) and value == made:
                return f"{count.text} × {rate.text}"
    return None


def _added(value: Decimal, close: Sequence[_Operand], wanted: Number) -> str | None:
    """The sum of two shares that a passage says beside each other."""
    for first, second in pairwise(close):
        alike = "%" in wanted.units & first.units & second.units
        if alike and value == first.value + second.value:
            return f"{first.text} + {second.text}"
    return None


def _of_all(value: Decimal, operands: Sequence[_Operand], wanted: Number) -> str | None:
    """A sum or an average of all other numbers, three and more."""
    values = [one.value for one in operands]
    fits = all(not wanted.units or not o.units or wanted.units & o.units for o in operands)
    if len(values) < 3 or not fits:
        return None
    shown = " + ".join(one.text for one in operands)
    if _same(value, sum(values, Decimal(0))):
        return shown
    if _same(value, sum(values, Decimal(0)) / len(values)):
        return f"({shown}) ÷ {len(values)}"
    return None


def _listed(value: Decimal, wanted: Number, claim: str) -> str | None:
    """How many things a sentence lists behind their number: "three: A-106, A-107 and A-108"."""
    after = claim.partition(wanted.text)[2]
    for listed in (after.rpartition(":")[2], re.split(r"[,:]", after, maxsplit=1)[-1]):
        parts = [one for one in LISTED.split(listed) if one.strip()]
        if len(parts) == value >= 2 and not wanted.units and listed != after:
            return "the count of what is listed"
    return None


def _converted(wanted: Number, value: Decimal, there: Sequence[Number]) -> str | None:
    """The same amount in another unit: 18 months are one and a half years."""
    for number in there:
        for unit in number.units:
            for mine in wanted.units:
                factor = factor_of(unit, mine)
                if factor is not None and any(_same(value, one * factor) for one in number.values):
                    return number.text
    return None


def factor_of(unit: str, other: str) -> Decimal | None:
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
    if abs(wanted) < FEWEST_EXACT and step == 1:
        return False
    return made != made.to_integral_value() and abs(wanted - made) <= rounded and wanted != 0
