"""Dates and times that no passage has, computed of others and of days, months or hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations

from rag_app.grounding.facts.dates import Date
from rag_app.grounding.facts.reading import Facts, Number

DAY = 24 * 60  # minutes


def derived_date(wanted: Date, said: Facts, asked: Facts, there: Facts) -> str | None:
    """How a date is another one, which may be ``there`` in the words that are most like the claim,
    and some days, weeks, months or years; None if it is not."""
    target = _day(wanted, None)
    # Where the question gives a day, it is that day that counts.
    given = [one for one in asked.dates if one.day]
    for known in given or (*asked.dates, *said.dates, *there.dates):
        start = _day(known, wanted.year)
        if start is None or target is None or known.text == wanted.text:
            continue
        for number in (*said.numbers, *asked.numbers, *there.numbers):
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


def hours_between(value: Decimal, wanted: Number, said: Facts, asked: Facts) -> str | None:
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
