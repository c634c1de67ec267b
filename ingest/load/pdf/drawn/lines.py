"""Rows of a table that only its columns are drawn of, or whose rows are drawn in groups.

What tells such rows from cells with text of several lines: one column has a number at each, or, as
in no text that was broken for want of room, the next word would have stood at the end of the line
before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ingest.load.pdf.drawn.grid import Grid, Place
from ingest.load.pdf.words import Fragment

Words = dict[Place, list[Fragment]]

_NUMBER = re.compile(r"\W?\d\S*(?: \W?\d\S*)?")
# In sizes of type.
_SAME_LINE = 0.35
_PADDING = 0.6
_MOSTLY = 0.6


def with_all_rows(grid: Grid, words: Words) -> tuple[int, list[Place], Words]:
    """The number of rows, the cells, and the words in them, with such rows one by one."""
    shift = 0
    cells: list[Place] = []
    found: Words = {}
    for row in range(len(grid.ys) - 1):
        own = [place for place in grid.cells if place.row == row]
        bases = _rows_in(grid, {one: words[one] for one in own if one in words})
        for place in own:
            for piece, lines in _pieces(place, words.get(place, []), bases):
                moved = piece._replace(row=piece.row + shift)
                cells.append(moved)
                if lines:
                    found[moved] = lines
        shift += max(len(bases) - 1, 0)
    return len(grid.ys) - 1 + shift, sorted(cells), found


def _pieces(
    place: Place, lines: Sequence[Fragment], bases: Sequence[float]
) -> list[tuple[Place, list[Fragment]]]:
    """A cell, cut into those of each row; one that stands between them reaches over all."""
    if len(bases) < 2:
        return [(place, list(lines))]
    by_row = [[one for one in lines if _is_at(one, base)] for base in bases]
    if sum(map(len, by_row)) < len(lines):
        return [(place._replace(rows=len(bases)), list(lines))]
    return [(place._replace(row=place.row + at), own) for at, own in enumerate(by_row)]


def _rows_in(grid: Grid, words: Words) -> list[float]:
    """The baselines of the rows between two lines, from the top down; none if it is one row, or
    one of its cells belongs to another one, too."""
    several = [lines for lines in words.values() if len(_bases(lines)) > 1]
    if len(several) < 2 or any(place.rows > 1 for place in words):
        return []
    bases = max(map(_bases, several), key=len)
    if any(not _is_at(line, base) for lines in several for line, base in _aligned(lines, bases)):
        return []
    if any(_are_numbers(lines, bases) for lines in several):
        return bases
    fits = [
        _has_room(grid, place, above, below)
        for place, lines in words.items()
        for above, below in pairwise(lines)
        if not _is_at(below, above.base)
    ]
    return bases if sum(fits) >= _MOSTLY * len(fits) else []


def _are_numbers(lines: Sequence[Fragment], bases: Sequence[float]) -> bool:
    return len(lines) == len(bases) and all(_NUMBER.fullmatch(line.text) for line in lines)


def _aligned(lines: Sequence[Fragment], bases: Sequence[float]) -> list[tuple[Fragment, float]]:
    return [(line, min(bases, key=lambda base: abs(base - line.base))) for line in lines]


def _bases(lines: Sequence[Fragment]) -> list[float]:
    found: list[float] = []
    for line in lines:
        if not found or not _is_at(line, found[-1]):
            found.append(line.base)
    return found


def _is_at(line: Fragment, base: float) -> bool:
    return abs(line.base - base) <= _SAME_LINE * line.size


def _has_room(grid: Grid, place: Place, above: Fragment, below: Fragment) -> bool:
    """Whether the first word of a line would have stood at the end of the one above."""
    room = grid.xs[place.column + place.columns] - grid.xs[place.column] - 2 * _PADDING * above.size
    a_letter = (below.right - below.left) / max(len(below.text), 1)
    word = (len(below.text.split(" ")[0]) + 1) * a_letter
    return above.right - above.left + word < room
