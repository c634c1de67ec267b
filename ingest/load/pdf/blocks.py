"""From the fragments of a PDF's pages to blocks: the parts of pages, seen as one document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from ingest.load.common.headers import find_header
from ingest.load.common.line_ends import LineEnds
from ingest.load.common.tables import Cell, looks_like_header, table_lines
from ingest.load.pdf.columns import in_reading_order, is_from_right
from ingest.load.pdf.drawn.cells import DrawnTable, with_drawn_tables
from ingest.load.pdf.drawn.grid import Grid
from ingest.load.pdf.flow import Flow, flows, is_heading
from ingest.load.pdf.groups import with_groups
from ingest.load.pdf.tables import Table, find_tables
from ingest.load.pdf.words import Fragment
from ingest.records import Block

_DEEPEST = 6

# Points.
_SAME_COLUMN = 4.0

_Look = tuple[float, bool]
_Part = Flow | Table | DrawnTable


def page_blocks(
    pages: Sequence[Sequence[Fragment]], grids: Sequence[Sequence[Grid]] = ()
) -> list[Block]:
    """The blocks of all pages in order. ``grids`` are those that are drawn on each of them."""
    drawn = [
        [grid.mirrored() for grid in own] if own and is_from_right(page) else own
        for page, own in zip_longest(pages, grids, fillvalue=())
    ]
    pages = [in_reading_order(page) for page in pages]
    ends = LineEnds([fragment.text for page in pages for fragment in page])
    body, bold = _body_look(pages)
    parts = [
        part for page, own in zip(pages, drawn, strict=True) for part in _parts(page, own, ends)
    ]
    return list(_blocks(parts, body, bold, ends))


def _parts(page: Sequence[Fragment], grids: Sequence[Grid], ends: LineEnds) -> Iterator[_Part]:
    """The tables of a page, and the blocks of the text between them."""
    between: list[Fragment] = []
    for part in with_drawn_tables(page, grids):
        if isinstance(part, DrawnTable):
            yield from _parts_between(between, ends)
            between = []
            yield part
        else:
            between.append(part)
    yield from _parts_between(between, ends)


def _parts_between(fragments: Sequence[Fragment], ends: LineEnds) -> Iterator[Flow | Table]:
    text: list[Fragment] = []
    for part in find_tables(fragments):
        if isinstance(part, Table):
            yield from flows(text, ends)
            text = []
            yield part
        else:
            text.append(part)
    yield from flows(text, ends)


def _body_look(pages: Sequence[Sequence[Fragment]]) -> _Look:
    """The size in points (to the half point) and the weight that most characters have."""
    counts: dict[_Look, int] = {}
    for page in pages:
        for fragment in page:
            look = (round(2 * fragment.size) / 2, fragment.bold)
            counts[look] = counts.get(look, 0) + len(fragment.text)
    return max(counts, key=lambda look: counts[look])


def _blocks(parts: Sequence[_Part], body: float, bold: bool, ends: LineEnds) -> Iterator[Block]:
    levels = _heading_levels(
        [p for p in parts if isinstance(p, Flow) and is_heading(p, body, bold)]
    )
    above: Table | DrawnTable | None = None
    names: list[list[Cell]] = []
    for part in parts:
        if isinstance(part, Table | DrawnTable):
            rows, header = _rows_of(part, ends)
            goes_on = above is not None and _has_same_columns(above, part)
            if goes_on and names and rows[: len(names)] == names:
                header = len(names)
            elif above and goes_on and names and part.page > above.page and not _is_bold(part):
                header = 0  # what goes on on the next page says its names again, or not
            if header or not goes_on:
                names, rows = rows[:header], rows[header:]
            above = part
            for line in table_lines([*names, *rows], len(names)):
                yield Block("row", line, page=part.page)
        elif is_heading(part, body, bold):
            above = None
            yield Block("heading", part.text, levels[_look(part)], part.page)
        else:
            # A line between the rows of a table may be a part of it, such as "Optional parts".
            above = above if part.lines == 1 and part.text[-1:].isalnum() else None
            yield Block(part.kind, part.text, page=part.page)


def _rows_of(table: Table | DrawnTable, ends: LineEnds) -> tuple[list[list[Cell]], int]:
    """The rows of a table, and how many of them are its header."""
    if isinstance(table, Table):
        rows = _cells(table, ends)
        grouped = with_groups(table, rows)
        return (grouped, 2) if grouped else (rows, int(_has_header(table, rows)))
    rows = [
        [
            Cell(ends.joined([line.text for line in lines]), place.columns, place.rows)
            for place, lines in row
        ]
        for row in table.rows
    ]
    if len(rows) > 2 and (header := len(find_header(rows))):
        return rows, header
    return rows, int(_is_bold(table))


def _is_bold(table: Table | DrawnTable) -> bool:
    """Whether the first row of a table is in bold type, and the second is not."""
    if isinstance(table, Table):
        first, second = ([cell.bold for cell in row.values()] for row in table.rows[:2])
    else:
        first, second = (
            [bool(lines) and all(line.bold for line in lines) for _, lines in row]
            for row in table.rows[:2]
        )
    return all(first) and not all(second)


def _look(flow: Flow) -> _Look:
    return round(2 * flow.size) / 2, flow.bold


def _heading_levels(headings: Sequence[Flow]) -> dict[_Look, int]:
    """A level for each look of a heading: larger before smaller, bold before regular."""
    looks = sorted({_look(heading) for heading in headings}, reverse=True)
    return {look: min(place, _DEEPEST) for place, look in enumerate(looks, 1)}


def _cells(table: Table, ends: LineEnds) -> list[list[Cell]]:
    return [
        [
            Cell(ends.joined([line.text for line in row[column].lines]) if column in row else "")
            for column in range(len(table.lefts))
        ]
        for row in table.rows
    ]


def _has_header(table: Table, rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether the first row names the columns: it alone is bold, or its texts look like it."""
    if all(cell.bold for cell in table.rows[0].values()):
        return _is_bold(table)
    return len(rows) > 2 and looks_like_header([[cell.text for cell in row] for row in rows])


def _has_same_columns(above: Table | DrawnTable, table: Table | DrawnTable) -> bool:
    lefts, rights = zip(above.lefts, table.lefts), zip(above.rights, table.rights)  # noqa: B905
    same = all(
        min(abs(left - its_left), abs(right - its_right)) <= _SAME_COLUMN
        for (left, its_left), (right, its_right) in zip(lefts, rights, strict=True)
    )
    return same and len(above.lefts) == len(table.lefts)
