"""Header rows of a table that does not mark them: what its cells look like tells.

A header is one row, or two: groups above names ("Plan", "Actual" above "H1", "H2", merged or not),
or units below names. Each way to know one asks for evidence, because a row of data that is taken
for a header names all others wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.load.common.tables import (
    FORMULA,
    LONGEST_NAME,
    Cell,
    Grid,
    cells_below,
    grid_of,
    is_name,
    looks_like_header,
)

_LONGER_NAME = 60
_MOST_GROUP_ROWS = 3

_YEAR = re.compile(r"(?:19|20)\d\d")
# "-4.5 °C", "$1,250.50", "(500)", and a formula that was not calculated.
_AMOUNT = re.compile(rf"\W{{0,4}}\d|{FORMULA}")


def find_header(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """The rows at the top that name the columns; none if nothing says so.

    Groups that stand above several names are given the columns of those. A table needs a row of
    data to have a header. ``rows`` are the first of a table: some fifty show what it is.
    """
    grid = _without_blank_columns(rows)
    depth = _merged_depth(rows, grid)
    if depth:
        return [list(row) for row in rows[:depth]]
    if _has_groups(grid):
        return [_widened(*grid_of(rows)[:2]), list(rows[1])]
    if looks_like_header(grid) or _is_labelled(grid) or _stands_apart(grid):
        return [list(row) for row in rows[: 2 if _has_units(grid) else 1]]
    return []


def _without_blank_columns(rows: Sequence[Sequence[Cell]]) -> Grid:
    grid = grid_of(rows)
    used = [column for column in range(len(grid[0]) if grid else 0) if any(r[column] for r in grid)]
    return [[row[column] for column in used] for row in grid]


def _is_labelled(rows: Grid) -> bool:
    """Whether the first row names columns by words or years, above a column of labels.

    The corner above the labels may be empty.
    """
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    corner, *names = rows[0]
    if (len(names) == 1 and corner) or len(set(names)) < len(names):
        return False
    if not all(
        name and len(name) <= _LONGER_NAME and (_YEAR.fullmatch(name) or _is_word(name))
        for name in names
    ):
        return False
    labels = [row[0] for row in rows[1:] if row and row[0]]
    return (not corner or _is_word(corner)) and bool(labels) and all(map(_is_word, labels))


def _stands_apart(rows: Grid) -> bool:
    """Whether the first row is words above columns of numbers; names may be there twice."""
    numeric = _numeric_columns(rows, 1)
    if len(rows) < 3 or len(rows[0]) < 3 or not numeric:
        return False
    filled = [(column, cell) for column, cell in enumerate(rows[0]) if cell]
    return (
        all(rows[0][column] for column in numeric)
        and 2 * len(filled) > len(rows[0])
        and all(
            _is_word(cell) and is_name(cell, cells_below(rows, column), _LONGER_NAME)
            for column, cell in filled
        )
    )


def _merged_depth(rows: Sequence[Sequence[Cell]], grid: Grid) -> int:
    """How many rows a header has whose first row holds cells that are merged across columns; 0 if
    there is none such, or what it would name is no name."""
    width = max((len(row) for row in grid), default=0)
    depth = 0
    for row in rows[:_MOST_GROUP_ROWS]:
        depth += 1
        if not any(1 < cell.columns < width and cell.text for cell in row):
            break
    if depth < 2 or depth >= len(rows):
        return 0
    names = [
        tuple(dict.fromkeys(grid[row][column] for row in range(depth)))
        for column in range(min(map(len, grid[:depth])))
    ]
    lowest = grid[depth - 1]
    fit = all(_is_word(name) or _YEAR.fullmatch(name) for name in lowest[1:] if name)
    short = all(len(cell) <= LONGEST_NAME for row in grid[:depth] for cell in row)
    return depth if fit and short and len(set(names)) == len(names) == width else 0


def _has_groups(rows: Grid) -> bool:
    """Whether the first row names groups of columns that the second names one by one."""
    numeric = _numeric_columns(rows, 2)
    if len(rows) < 4 or len(numeric) < 2:
        return False
    first, second = rows[0], rows[1]
    groups = [first[column] for column in numeric]
    return (
        all(map(_is_word_or_year, filter(None, groups)))
        and len(list(filter(None, groups))) > 1
        and bool(groups[0])
        and not all(groups)
        and all(second[column] and _is_word(second[column]) for column in numeric)
    )


def _widened(first: Sequence[str], second: Sequence[str]) -> list[Cell]:
    """A row of groups, each over the empty cells to its right that have a name below."""
    cells: list[Cell] = []
    for text, name in zip(first, second, strict=True):
        if cells and cells[-1].text and name and not text:
            cells[-1] = Cell(cells[-1].text, cells[-1].columns + 1)
        else:
            cells.append(Cell(text))
    return cells


def _has_units(rows: Grid) -> bool:
    """Whether the second row has words, such as units, in the columns of numbers and only there."""
    numeric = _numeric_columns(rows, 2)
    if len(rows) < 4 or len(numeric) < 2 or len(numeric) == len(rows[1]):
        return False
    return all(
        bool(cell) == (column in numeric) and (not cell or _is_word(cell))
        for column, cell in enumerate(rows[1])
    )


def _numeric_columns(rows: Grid, first: int) -> list[int]:
    """The columns, but for the first, that hold nothing but numbers from a row on, two at least."""
    found: list[int] = []
    for column in range(1, len(rows[0]) if rows else 0):
        cells = [row[column] for row in rows[first:] if column < len(row) and row[column]]
        if len(cells) > 1 and all(map(_AMOUNT.match, cells)):
            found.append(column)
    return found


def _is_word_or_year(text: str) -> bool:
    return bool(_YEAR.fullmatch(text)) or _is_word(text)


def _is_word(text: str) -> bool:
    return bool(text) and not text[0].isdigit() and any(map(str.isalpha, text))
