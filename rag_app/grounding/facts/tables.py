"""Tables in the text of passages: what can be added up, counted and compared in them.

A table's rows are lines of a text: "Article: A-100; Price: 129.5", as sheets are read, or cells
between bars.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rag_app.grounding.facts.reading import Number, facts_in

NAMED = re.compile(r"(?P<head>[^:;|\s][^:;|]{0,59}):\s*+(?P<cell>[^;]*+)(?:;|$)")
FEWEST_ROWS = 2
# Beyond, adding up takes longer than a reader waits.
MOST_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Column:
    """The cells of one column, in the order of the rows; ``numbers`` has None where a cell is no
    number."""

    cells: tuple[str, ...]
    numbers: tuple[Decimal | None, ...]
    units: frozenset[str]

    @property
    def amounts(self) -> list[Decimal]:
        """The numbers that are there."""
        return [one for one in self.numbers if one is not None]

    def fits(self, units: frozenset[str]) -> bool:
        """Whether its numbers may have one of some units."""
        return not units or not self.units or bool(units & self.units)


def columns_of(texts: Sequence[str], language: str | None) -> Iterator[Column]:
    """The columns of all tables of some texts, with two rows and more."""
    for heads, rows in _tables(texts):
        for head, column in zip(heads, zip(*rows, strict=True), strict=False):
            named = re.sub(r"\d+", "", head)
            found = [_number(f"{named}: {cell}", language) for cell in column]
            numbers = tuple(min(one.values) if one else None for one in found)
            units = frozenset[str]().union(*(one.units for one in found if one))
            yield Column(column, numbers, units)


Table = tuple[tuple[str, ...], list[tuple[str, ...]]]


def _tables(texts: Sequence[str]) -> Iterator[Table]:
    """The heads and rows of tables. Rows under the same heads are one table, also where it goes on
    in another text."""
    tables: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for text in texts:
        for line in text.splitlines():
            heads, cells = _row(line)
            rows = tables.setdefault(heads, [])
            if cells and cells not in rows[-1:] and len(rows) < MOST_ROWS:
                rows.append(cells)
    for heads, rows in tables.items():
        if len(rows) >= FEWEST_ROWS and heads:
            yield heads, rows


def computed(
    value: Decimal, units: frozenset[str], claim: str, columns: Sequence[Column], *, averages: bool
) -> str | None:
    """How a number comes out of a column: its sum, its mean, or how many rows have a word of the
    claim; None if it does not."""
    words = claim.casefold()
    for column in columns:
        amounts = column.amounts
        if len(amounts) >= FEWEST_ROWS and column.fits(units):
            total = sum(amounts, Decimal(0))
            if value == total and (len(amounts) > FEWEST_ROWS or units & column.units):
                return f"the sum of {len(amounts)} rows"
            if averages and value == (total / len(amounts)).quantize(value):
                return f"the mean of {len(amounts)} rows"
        for cell, count in Counter(column.cells).items():
            if count == value and not units and len(cell) > 2 and cell.casefold() in words:
                return f"the count of rows with “{cell}”"
    return None


def extreme(numbers: Sequence[Number], end: int, columns: Sequence[Column]) -> tuple[bool, str]:
    """Whether one of some numbers is at an ``end`` of its column, 1 for the highest and -1 for the
    lowest, and at which it is, in words; "" if it is at none."""
    at = ""
    for column in columns:
        amounts = column.amounts
        if len(amounts) < FEWEST_ROWS or min(amounts) == max(amounts):
            continue
        for number in numbers:
            for value in number.values & {min(amounts), max(amounts)}:
                if column.fits(number.units):
                    highest = value == max(amounts)
                    at = f"the {'highest' if highest else 'lowest'} of {len(amounts)} rows"
                    if highest == (end > 0):
                        return True, at
    return False, at


def _row(line: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if "|" in line:
        cells = tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
        return tuple(f"bar {number} of {len(cells)}" for number in range(len(cells))), cells
    found = list(NAMED.finditer(line))
    if len(found) < FEWEST_ROWS or found[-1].end() < len(line.rstrip()):
        return (), ()
    return tuple(one["head"].strip() for one in found), tuple(one["cell"].strip() for one in found)


def _number(cell: str, language: str | None) -> Number | None:
    """The one number of a cell under its head, None where there is none or more."""
    numbers = facts_in(cell, language).numbers
    return numbers[0] if len(numbers) == 1 else None
