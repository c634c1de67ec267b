"""Grids of tables: cells between lines that are drawn, some of which reach over several.

Where a line between two cells is missing, they are one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ingest.load.pdf.drawn.rules import Rule, Rules

# Points.
_NEAR = 3.0
_LEAST = 8.0
# Of the side of a cell, how much must be drawn.
_DRAWN = 0.6
_MOST_LINES = 300


class Place(NamedTuple):
    """A cell: its first row and column, counted from 0, from the upper left, and how many of both
    it reaches over."""

    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it is drawn: where its columns begin and end, from the left, and its rows, from
    the top down, in points, and its cells row by row."""

    xs: list[float]
    ys: list[float]
    cells: list[Place]

    def at(self, x: float, y: float) -> Place | None:
        """The cell at a point of the page."""
        for cell in self.cells:
            left, right = self.xs[cell.column], self.xs[cell.column + cell.columns]
            top, bottom = self.ys[cell.row], self.ys[cell.row + cell.rows]
            if left <= x <= right and bottom <= y <= top:
                return cell
        return None

    def mirrored(self) -> Grid:
        """The grid as it is seen in a mirror, on a page that is read from the right."""
        columns = len(self.xs) - 1
        cells = [cell._replace(column=columns - cell.column - cell.columns) for cell in self.cells]
        cells.sort(key=lambda cell: (cell.row, cell.column))
        return Grid([-x for x in reversed(self.xs)], self.ys, cells)


def grids_of(rules: Rules) -> list[Grid]:
    """The grids of two rows and two columns at least, none inside another."""
    found = [grid for across, down in _touching(rules) if (grid := _grid(across, down))]
    found.sort(key=lambda grid: (grid.xs[0] - grid.xs[-1]) * (grid.ys[0] - grid.ys[-1]))
    outer: list[Grid] = []
    for grid in found:
        if not any(_is_inside(grid, other) for other in outer):
            outer.append(grid)
    return outer


def _is_inside(grid: Grid, other: Grid) -> bool:
    x, y = (grid.xs[0] + grid.xs[-1]) / 2, (grid.ys[0] + grid.ys[-1]) / 2
    return other.xs[0] <= x <= other.xs[-1] and other.ys[-1] <= y <= other.ys[0]


def _touching(rules: Rules) -> Iterator[tuple[list[Rule], list[Rule]]]:
    """Lines across and down that touch each other, group by group."""
    if not (2 <= len(rules.across) <= _MOST_LINES and 1 <= len(rules.down) <= _MOST_LINES):
        return
    left_across = set(range(len(rules.across)))
    left_down = set(range(len(rules.down)))
    while left_across:
        across, down = {left_across.pop()}, set[int]()
        pending = list(across)
        while pending:
            met = {one for one in left_down if any(_meet(rules, at, one) for at in pending)}
            left_down -= met
            down |= met
            pending = [at for at in left_across if any(_meet(rules, at, one) for one in met)]
            left_across.difference_update(pending)
            across.update(pending)
        if len(across) > 1 and down:
            yield [rules.across[at] for at in across], [rules.down[at] for at in down]


def _meet(rules: Rules, across: int, down: int) -> bool:
    one, other = rules.across[across], rules.down[down]
    return (
        one.start - _NEAR <= other.at <= one.end + _NEAR
        and other.start - _NEAR <= one.at <= other.end + _NEAR
    )


def _grid(across: Sequence[Rule], down: Sequence[Rule]) -> Grid | None:
    """A grid of lines; the sides of a table are often not drawn."""
    ends = [min(rule.start for rule in across), max(rule.end for rule in across)]
    xs = _apart([*(rule.at for rule in down), *ends])
    ys = _apart([rule.at for rule in across])[::-1]
    if len(xs) < 3 or len(ys) < 3:
        return None
    rows, columns = len(ys) - 1, len(xs) - 1
    first = {(row, column): (row, column) for row in range(rows) for column in range(columns)}

    def root(cell: tuple[int, int]) -> tuple[int, int]:
        while first[cell] != cell:
            cell = first[cell]
        return cell

    for row, column in first:
        if column + 1 < columns and not _is_drawn(down, xs[column + 1], ys[row + 1], ys[row]):
            first[root((row, column + 1))] = root((row, column))
        if row + 1 < rows and not _is_drawn(across, ys[row + 1], xs[column], xs[column + 1]):
            first[root((row + 1, column))] = root((row, column))
    groups: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for cell in first:
        groups.setdefault(root(cell), []).append(cell)
    cells: list[Place] = []
    for group in groups.values():
        (top, *_, low), (left, *_, right) = (sorted(side) * 2 for side in zip(*group, strict=True))
        place = Place(top, left, low - top + 1, right - left + 1)
        if place.rows * place.columns != len(group):
            return None  # no rectangle
        cells.append(place)
    return Grid(xs, ys, sorted(cells))


def _apart(places: Sequence[float]) -> list[float]:
    """Places in order, those that are as good as the same once."""
    found: list[float] = []
    for place in sorted(places):
        if not found or place - found[-1] >= _LEAST / 2:
            found.append(place)
    return found


def _is_drawn(rules: Sequence[Rule], at: float, start: float, end: float) -> bool:
    """Whether most of the way from a start to an end is drawn at a place."""
    drawn = sum(
        max(0.0, min(rule.end, end) - max(rule.start, start))
        for rule in rules
        if abs(rule.at - at) <= _LEAST / 2
    )
    return drawn >= _DRAWN * (end - start)
