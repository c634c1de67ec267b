"""Tables of a PDF page, found by how the file draws them.

Programs draw a table row by row, and in a row cell by cell, whatever the alignment. So a
fragment to the right of the one before it, and not below it, begins the next cell; a line
straight below goes on in its cell; and one to the left and below begins the next row. A region
of at least two rows whose cells stand in columns is a table. The columns of a page of running
text do not qualify: there, such a step to the right comes once a page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.load.pdf.columns import in_reading_order
from ingest.load.pdf.words import CAPTION, Fragment

# In multiples of the size of the type.
_NEXT_LINE = 1.65
_SAME_LINE = 0.35
_CELL_GAP = 0.5
_FARTHEST_ROW = 6.0
_NEXT_ROW = 4.0

# A cell of more lines is a column of text.
_MOST_LINES = 12

_MARKER = re.compile(
    r"[•‣◦▪▫●○■□–—*\-\uf000-\uf0ff]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]+)[.)]"
    r"|\d+(?:\.\d+)+\.?|\[\d+\]"
)


class TableCell:
    """The lines of a cell, from top to bottom, and its left and right ends in points."""

    __slots__ = ("left", "lines", "right")

    def __init__(self, lines: Sequence[Fragment]) -> None:
        self.lines: list[Fragment] = []
        self.left, self.right = float("inf"), float("-inf")
        for line in lines:
            self.add(line)

    def add(self, line: Fragment) -> None:
        """Put a line below the others."""
        self.lines.append(line)
        self.left, self.right = min(self.left, line.left), max(self.right, line.right)

    @property
    def bold(self) -> bool:
        """Whether all of it is in bold type."""
        return all(line.bold for line in self.lines)


@dataclass(slots=True)
class Table:
    """Rows of cells by column; a column may be missing from a row. ``lefts`` and ``rights`` are
    where columns begin and end, in points."""

    rows: list[dict[int, TableCell]]
    lefts: list[float]
    rights: list[float]

    @property
    def page(self) -> int:
        """The page's number, from 1."""
        return next(iter(self.rows[0].values())).lines[0].page


@dataclass(slots=True)
class _Region:
    """Rows one below the other; ``end`` is the index of the fragment after them."""

    end: int
    rows: list[list[TableCell]]


def in_order(fragments: Sequence[Fragment]) -> Iterator[Fragment]:
    """The fragments of a page as the document's text has them: columns one after the other, tables
    row by row."""
    for part in find_tables(in_reading_order(fragments)):
        if isinstance(part, Table):
            for row in part.rows:
                for column in sorted(row):
                    yield from row[column].lines
        else:
            yield part


def find_tables(fragments: Sequence[Fragment]) -> list[Fragment | Table]:
    """The fragments in their order, with those of each table replaced by the table."""
    found: list[Fragment | Table] = []
    index = 0
    while index < len(fragments):
        table, end = _table_at(fragments, index)
        if table is None:
            found.extend(fragments[index:end])
        else:
            found.append(table)
        index = end
    return found


def _table_at(fragments: Sequence[Fragment], start: int) -> tuple[Table | None, int]:
    """The table that begins here, if one does, and where to look on."""
    first = _row_at(fragments, start)
    if first is None or len(first[0]) < 2:
        return None, start + 1
    region = _region(fragments, *first)
    table = _in_columns(region.rows) if region is not None else None
    return (table, region.end) if table is not None and region is not None else (None, first[1])


def _region(fragments: Sequence[Fragment], row: list[TableCell], end: int) -> _Region | None:
    """The rows from a first one of at least two cells on; ``end`` is the index after it."""
    region = _Region(end, [row])
    good = 1
    widest = row
    while True:
        following = _row_at(fragments, end)
        if following is None or not _is_next(region.rows[-1], widest, following[0]):
            break
        row, end = following
        region.rows.append(row)
        widest = max(widest, row, key=len)
        if len(row) > 1:
            region.end, good = end, len(region.rows)
        elif len(region.rows) - good > 2:
            break
    del region.rows[good:]
    return region if good > 1 else None


def _row_at(fragments: Sequence[Fragment], start: int) -> tuple[list[TableCell], int] | None:
    """The cells drawn from here on before the next step to the left and down."""
    if start >= len(fragments) or not fragments[start].upright:
        return None
    cells = [TableCell([fragments[start]])]
    lowest = fragments[start].base
    index = start + 1
    while index < len(fragments) and fragments[index].upright:
        piece, cell = fragments[index], cells[-1]
        last = cell.lines[-1]
        size = max(piece.size, last.size)
        if piece.left >= cell.right + _CELL_GAP * size and _is_beside(piece, cells, lowest):
            cells.append(TableCell([piece]))
        elif _is_below(last, piece) and piece.right > cell.left and piece.left < cell.right:
            if len(cells) == 1 and not _goes_on_in_first(fragments, index, cell):
                break
            if len(cells) > 1 and piece.left < cells[-2].right:
                break
            if len(cell.lines) >= _MOST_LINES:
                return None
            cell.add(piece)
        else:
            break
        lowest = min(lowest, piece.base)
        index += 1
    return cells, index


def _is_beside(piece: Fragment, cells: Sequence[TableCell], lowest: float) -> bool:
    highest = max(line.base for cell in cells for line in cell.lines)
    slack = _FARTHEST_ROW * piece.size
    return lowest - _SAME_LINE * piece.size <= piece.base <= highest + slack


def _is_below(last: Fragment, piece: Fragment) -> bool:
    size = max(piece.size, last.size)
    return _SAME_LINE * size < last.base - piece.base <= _NEXT_LINE * size


def _goes_on_in_first(fragments: Sequence[Fragment], index: int, cell: TableCell) -> bool:
    """Whether a line under a row's first cell is still that cell, not the next row.

    It is if the next cell is drawn after it and begins no lower than the cell's first line,
    or centred on it.
    """
    lines = [*cell.lines]
    while index < len(fragments) and len(lines) < _MOST_LINES:
        piece = fragments[index]
        if not piece.upright:
            return False
        if piece.left >= max(line.right for line in lines) + _CELL_GAP * piece.size:
            middle = (lines[0].base + lines[-1].base) / 2
            return lines[-1].base + _SAME_LINE * piece.size < piece.base and (
                piece.base >= middle - _SAME_LINE * piece.size
            )
        if not _is_below(lines[-1], piece):
            return False
        lines.append(piece)
        index += 1
    return False


def _is_next(
    last: Sequence[TableCell], widest: Sequence[TableCell], row: Sequence[TableCell]
) -> bool:
    """Whether a row goes on with the table: close below, and in its columns."""
    above = min(line.base for cell in last for line in cell.lines)
    first = row[0].lines[0]
    top = max(line.base for cell in row for line in cell.lines)
    if above <= first.base or above - top > _NEXT_ROW * first.size:
        return False
    if any(sum(_overlap(cell, other) > first.size for other in widest) > 1 for cell in row):
        return False
    if len(row) > 1:
        return True
    if CAPTION.match(first.text) or first.size > 1.1 * last[0].lines[0].size:
        return False
    return sum(_overlap(row[0], cell) > 0 for cell in widest) == 1 and (
        row[0].right <= max(cell.right for cell in widest) + first.size
    )


def _overlap(one: TableCell, other: TableCell) -> float:
    return min(one.right, other.right) - max(one.left, other.left)


def _in_columns(rows: Sequence[list[TableCell]]) -> Table | None:
    """The rows with each cell in its column, or None if they do not line up. Most rows are whole,
    or else the longest ones are."""
    counts = Counter(len(row) for row in rows if len(row) > 1)
    usual = max(counts, key=lambda count: (counts[count], count))
    tables = (_with_columns(rows, width) for width in sorted({usual, max(counts)}))
    return next((table for table in tables if table is not None), None)


def _with_columns(rows: Sequence[list[TableCell]], width: int) -> Table | None:
    """The rows in as many columns as are in the rows of this width."""
    full = [row for row in rows if len(row) == width]
    lefts = [min(row[column].left for row in full) for column in range(width)]
    rights = [max(row[column].right for row in full) for column in range(width)]
    if any(rights[column] > lefts[column + 1] for column in range(width - 1)):
        return None
    if len(full) < 2 or _is_list(full) or not _aligned(full):
        return None
    placed: list[dict[int, TableCell]] = []
    for row in rows:
        columns: dict[int, TableCell] = {}
        for cell in row:
            column = _column(cell, lefts, rights)
            if column in columns:
                _extend(columns[column], cell)
            else:
                columns[column] = cell
        if _is_rest(placed[-1] if placed else None, columns):
            for column, cell in columns.items():
                _extend(placed[-1][column], cell)
        else:
            placed.append(columns)
    return Table(placed, lefts, rights) if len(placed) > 1 else None


def _extend(cell: TableCell, rest: TableCell) -> None:
    for line in rest.lines:
        cell.add(line)


def _aligned(rows: Sequence[Sequence[TableCell]]) -> bool:
    """Whether each column has a common left edge, right edge or middle in most rows."""
    for column in range(len(rows[0])):
        cells = [row[column] for row in rows]
        edges = (
            [cell.left for cell in cells],
            [cell.right for cell in cells],
            [(cell.left + cell.right) / 2 for cell in cells],
        )
        best = max(max(Counter(round(edge / 3) for edge in side).values()) for side in edges)
        if 2 * best < len(cells) + 1 and len(cells) > 1:
            return False
    return True


def _is_list(rows: Sequence[Sequence[TableCell]]) -> bool:
    return all(len(row) == 2 and _MARKER.fullmatch(row[0].lines[0].text) for row in rows)


def _column(cell: TableCell, lefts: Sequence[float], rights: Sequence[float]) -> int:
    overlaps = [
        min(cell.right, right) - max(cell.left, left)
        for left, right in zip(lefts, rights, strict=True)
    ]
    return max(range(len(overlaps)), key=overlaps.__getitem__)


def _is_rest(above: dict[int, TableCell] | None, row: dict[int, TableCell]) -> bool:
    """Whether a row without a first cell is what did not fit into the row above."""
    if not above or 0 in row or not all(column in above for column in row):
        return False
    return all(_is_below(above[column].lines[-1], cell.lines[0]) for column, cell in row.items())
