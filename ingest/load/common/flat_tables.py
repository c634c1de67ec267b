"""Tables without marked headers, as in sheets and CSV: rows one by one, to blocks.

Blank rows divide a sheet into parts, and blank columns a part into tables side by side, if each of
them names its columns. Lines with a single cell above a table are paragraphs (its title, a remark).
A table without names goes on with those of the part above, if it lies in the same columns.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, islice

from ingest.load.common.headers import find_header
from ingest.load.common.tables import Cell, column_names, row_lines
from ingest.records import Block

# So many rows show what a table is; the rest is read one by one, since there may be millions.
_SAMPLE = 50

Row = Sequence[str]
Spans = Mapping[int, Mapping[int, int]]
"""How many columns a cell spans, by the row's number and the column, both from 0."""

_Names = dict[int, str]
_Range = tuple[int, int]
_Numbered = tuple[int, Row]


def flat_blocks(
    rows: Iterable[Row], spans: Spans | None = None, bold: Container[int] = frozenset()
) -> Iterator[Block]:
    """The blocks of a table. Cells are texts without white space around them; "" is empty.

    Of cells that span columns, only the first holds the text; those that span rows hold it in each.
    ``bold`` are the numbers of rows that are all in bold type.
    """
    known: dict[_Range, _Names] = {}
    for filled, part in groupby(enumerate(rows), key=lambda numbered: any(numbered[1])):
        if filled:
            yield from _part_blocks(part, known, spans or {}, bold)


def _part_blocks(
    part: Iterator[_Numbered], known: dict[_Range, _Names], spans: Spans, bold: Container[int]
) -> Iterator[Block]:
    """The blocks of the rows between two blank ones. ``known`` are the names of the columns of the
    part above, and are made those of this one."""
    sample = list(islice(part, _SAMPLE))
    for text in _lines_above(sample):
        yield Block("paragraph", text)
    ranges = _side_by_side(sample, spans)
    rows: Iterable[_Numbered] = chain(sample, part)
    if len(ranges) > 1:
        rows = list(rows)
    before = dict(known)
    known.clear()
    for columns in ranges:
        own, above = sample, 0
        if len(ranges) > 1:
            own = _cut(sample, columns)
            yield from (Block("paragraph", text) for text in _lines_above(own))
            above = len(sample) - len(own)
        cells = _cells(own, columns, spans)
        header = find_header(cells) or cells[: _is_set_apart(own, bold)]
        names = column_names(header) if header else before.get(columns, {})
        known[columns] = names
        for _, row in islice(rows, above + len(header), None):
            yield from (Block("row", line) for line in _lines(row, columns, names))


def _is_set_apart(sample: Sequence[_Numbered], bold: Container[int]) -> bool:
    """Whether the first row of a table, and not the second, is in bold type."""
    if len(sample) < 2 or _filled(sample[0][1]) < 2:
        return False
    return sample[0][0] in bold and sample[1][0] not in bold


def _lines_above(sample: list[_Numbered]) -> list[str]:
    """Take the lines with a single cell from the top of a table, if there is a table below."""
    table = next((index for index, (_, row) in enumerate(sample) if _filled(row) > 1), 0)
    lines = [next(filter(None, row)) for _, row in sample[:table] if any(row)]
    del sample[:table]
    return lines


def _filled(row: Row) -> int:
    return sum(map(bool, row))


def _side_by_side(sample: Sequence[_Numbered], spans: Spans) -> list[_Range]:
    """The columns of each table of a part, from the first that is used to the one after the last.

    Columns that are blank divide tables only if there are names on both sides of them.
    """
    used = sorted({column for _, row in sample for column, cell in enumerate(row) if cell})
    ranges: list[_Range] = []
    for column in used:
        if ranges and ranges[-1][1] == column:
            ranges[-1] = (ranges[-1][0], column + 1)
        else:
            ranges.append((column, column + 1))
    whole = [(used[0], used[-1] + 1)]
    if len(ranges) < 2 or any(end - first < 2 for first, end in ranges):
        return whole
    for columns in ranges:
        own = _cut(sample, columns)
        _lines_above(own)
        if not find_header(_cells(own, columns, spans)):
            return whole
    return ranges


def _cut(sample: Sequence[_Numbered], columns: _Range) -> list[_Numbered]:
    """The rows with the cells of some columns only, at their places."""
    first, end = columns
    return [(number, [*[""] * first, *row[first:end]]) for number, row in sample]


def _cells(sample: Sequence[_Numbered], columns: _Range, spans: Spans) -> list[list[Cell]]:
    first, end = columns
    rows: list[list[Cell]] = []
    for number, row in sample:
        cells: list[Cell] = []
        column = first
        while column < end:
            wide = min(spans.get(number, {}).get(column, 1), end - column)
            cells.append(Cell(row[column] if column < len(row) else "", wide))
            column += wide
        rows.append([Cell("", first), *cells] if first else cells)
    return rows


def _lines(row: Row, columns: _Range, names: _Names) -> list[str]:
    first, end = columns
    cells = [(index, cell) for index, cell in enumerate(row) if cell and first <= index < end]
    if names and cells:
        return row_lines([(names.get(index, ""), cell) for index, cell in cells])
    if end - first == 2 and len(cells) == 2:
        return [f"{cells[0][1].rstrip(': ')}: {cells[1][1]}"]
    return [" | ".join(cell for _, cell in cells)] if cells else []
