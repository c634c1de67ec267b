"""Tables between lines that are drawn: which words stand in which cell of a grid."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Any

import pypdfium2.raw as pdfium

from ingest.load.pdf.drawn.grid import Grid, Place
from ingest.load.pdf.drawn.lines import Words, with_all_rows
from ingest.load.pdf.words import Fragment

# A form has boxes, too; most cells of a table are filled, and none with a column of text.
_MOST_EMPTY = 0.6
_MOST_LINES = 12
# Of its cells, words side by side in more, so many sizes of type apart, are of columns that are not
# drawn.
_MOST_APART = 0.2
_APART = 1.0
# Above its baseline, in sizes of type, a line of text has its middle.
_MIDDLE = 0.3


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """A grid, and the words in its cells, from the top down. ``height`` is the number of rows,
    which may be more than are drawn."""

    grid: Grid
    height: int
    cells: list[Place]
    words: Words
    page: int

    @property
    def rows(self) -> list[list[tuple[Place, list[Fragment]]]]:
        """The cells that begin in each row."""
        cells = [(place, self.words.get(place, [])) for place in self.cells]
        by_row = {row: list(found) for row, found in groupby(cells, key=lambda cell: cell[0].row)}
        return [by_row.get(row, []) for row in range(self.height)]

    @property
    def lefts(self) -> list[float]:
        """Where each column begins, in points."""
        return self.grid.xs[:-1]

    @property
    def rights(self) -> list[float]:
        """Where each column ends, in points."""
        return self.grid.xs[1:]


def with_drawn_tables(
    fragments: Sequence[Fragment], grids: Sequence[Grid]
) -> list[Fragment | DrawnTable]:
    """The fragments of a page in their order, those of each drawn table replaced by it."""
    tables = {id(grid): found for grid in grids if (found := _table(fragments, grid)) is not None}
    result: list[Fragment | DrawnTable] = []
    put: set[int] = set()
    for fragment in fragments:
        table = next(
            (table for table in tables.values() if _place(fragment, table.grid) is not None), None
        )
        if table is None:
            result.append(fragment)
        elif id(table) not in put:
            put.add(id(table))
            result.append(table)
    return result


def divided(fragments: Sequence[Fragment], grids: Sequence[Grid], text_page: Any) -> list[Fragment]:
    """The fragments, those that reach over a line between two cells cut there."""
    if not grids:
        return list(fragments)
    return [piece for fragment in fragments for piece in _pieces(fragment, grids, text_page)]


def _pieces(fragment: Fragment, grids: Sequence[Grid], text_page: Any) -> Iterator[Fragment]:
    grid = next((grid for grid in grids if _crosses(fragment, grid)), None)
    words = fragment.text.split(" ")
    if grid is None or len(words) != len(fragment.spans) or len(words) < 2:
        yield fragment
        return
    y = _middle(fragment)
    box = pdfium.FS_RECTF()
    sides: list[tuple[float, float]] = []
    for first, last in fragment.spans:
        pdfium.FPDFText_GetLooseCharBox(text_page, first, ctypes.byref(box))
        left = box.left
        pdfium.FPDFText_GetLooseCharBox(text_page, last, ctypes.byref(box))
        sides.append((left, box.right))
    cells = [grid.at((left + right) / 2, y) for left, right in sides]
    for _, run in groupby(range(len(words)), key=cells.__getitem__):
        own = list(run)
        yield replace(
            fragment,
            text=" ".join(words[at] for at in own),
            left=min(sides[at][0] for at in own),
            right=max(sides[at][1] for at in own),
            spans=tuple(fragment.spans[at] for at in own),
        )


def _crosses(fragment: Fragment, grid: Grid) -> bool:
    y = _middle(fragment)
    slack = 0.3 * fragment.size
    one, other = (grid.at(x, y) for x in (fragment.left + slack, fragment.right - slack))
    return fragment.upright and one != other and one is not None and other is not None


def _middle(fragment: Fragment) -> float:
    return fragment.base + _MIDDLE * fragment.size


def _place(fragment: Fragment, grid: Grid) -> Place | None:
    if not fragment.upright:
        return None
    return grid.at((fragment.left + fragment.right) / 2, _middle(fragment))


def _table(fragments: Sequence[Fragment], grid: Grid) -> DrawnTable | None:
    """A grid with its words; None where it is no table."""
    words: Words = {}
    for fragment in fragments:
        if (place := _place(fragment, grid)) is not None:
            words.setdefault(place, []).append(fragment)
    if not words or len(words) < (1 - _MOST_EMPTY) * len(grid.cells):
        return None
    for lines in words.values():
        lines.sort(key=lambda line: (-round(line.base), line.left))
    if sum(map(_are_apart, words.values())) > _MOST_APART * len(words):
        return None
    height, cells, words = with_all_rows(grid, words)
    rows = [place.row for place in words]
    full = sum(rows.count(row) > 1 for row in set(rows))
    columns = {place.column for place in words}
    if full < 2 or len(columns) < 2 or max(map(len, words.values())) > _MOST_LINES:
        return None
    return DrawnTable(grid, height, cells, words, next(iter(words.values()))[0].page)


def _are_apart(lines: Sequence[Fragment]) -> bool:
    """Whether words of a cell stand side by side, far from each other."""
    return any(
        other.left - one.right > _APART * one.size and round(other.base) == round(one.base)
        for one, other in pairwise(lines)
    )
