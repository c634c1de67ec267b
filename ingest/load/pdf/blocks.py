"""From the fragments of a PDF's pages to blocks: the parts of pages, seen as one document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from ingest.load.common.hyphens import vocabulary
from ingest.load.common.tables import Cell, looks_like_header, table_lines
from ingest.load.pdf.columns import in_reading_order
from ingest.load.pdf.flow import Flow, flows, is_heading, joined
from ingest.load.pdf.tables import Table, find_tables
from ingest.load.pdf.words import Fragment
from ingest.records import Block

_DEEPEST = 6

# Points.
_SAME_COLUMN = 4.0

_Look = tuple[float, bool]


def page_blocks(pages: Sequence[Sequence[Fragment]]) -> list[Block]:
    """The blocks of all pages in order."""
    pages = [in_reading_order(page) for page in pages]
    words = vocabulary(fragment.text for page in pages for fragment in page)
    body, bold = _body_look(pages)
    parts = [part for page in pages for part in _parts(page, words)]
    return list(_blocks(parts, body, bold, words))


def _parts(page: Sequence[Fragment], words: Set[str]) -> Iterator[Flow | Table]:
    """The tables of a page, and the blocks of the text between them."""
    text: list[Fragment] = []
    for part in find_tables(page):
        if isinstance(part, Table):
            yield from flows(text, words)
            text = []
            yield part
        else:
            text.append(part)
    yield from flows(text, words)


def _body_look(pages: Sequence[Sequence[Fragment]]) -> _Look:
    """The size in points (to the half point) and the weight that most characters have."""
    counts: dict[_Look, int] = {}
    for page in pages:
        for fragment in page:
            look = (round(2 * fragment.size) / 2, fragment.bold)
            counts[look] = counts.get(look, 0) + len(fragment.text)
    return max(counts, key=lambda look: counts[look])


def _blocks(
    parts: Sequence[Flow | Table], body: float, bold: bool, words: Set[str]
) -> Iterator[Block]:
    levels = _heading_levels(
        [p for p in parts if isinstance(p, Flow) and is_heading(p, body, bold)]
    )
    above: Table | None = None
    names: list[Cell] = []
    for part in parts:
        if isinstance(part, Table):
            rows = _cells(part, words)
            if _has_header(part, rows):
                names = rows.pop(0)
            elif above is None or not _has_same_columns(above, part):
                names = []
            above = part
            yield from _rows(rows, names, part.page)
        elif is_heading(part, body, bold):
            above = None
            yield Block("heading", part.text, levels[_look(part)], part.page)
        else:
            # A line between the rows of a table may be a part of it, such as "Optional parts".
            above = above if part.lines == 1 and part.text[-1:].isalnum() else None
            yield Block(part.kind, part.text, page=part.page)


def _rows(rows: Sequence[Sequence[Cell]], names: Sequence[Cell], page: int) -> Iterator[Block]:
    headers = 1 if names else 0
    for line in table_lines([names, *rows] if names else rows, headers):
        yield Block("row", line, page=page)


def _look(flow: Flow) -> _Look:
    return round(2 * flow.size) / 2, flow.bold


def _heading_levels(headings: Sequence[Flow]) -> dict[_Look, int]:
    """A level for each look of a heading: larger before smaller, bold before regular."""
    looks = sorted({_look(heading) for heading in headings}, reverse=True)
    return {look: min(place, _DEEPEST) for place, look in enumerate(looks, 1)}


def _cells(table: Table, words: Set[str]) -> list[list[Cell]]:
    return [
        [
            Cell(joined([line.text for line in row[column].lines], words) if column in row else "")
            for column in range(len(table.lefts))
        ]
        for row in table.rows
    ]


def _has_header(table: Table, rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether the first row names the columns: it alone is bold, or its texts look like it."""
    first, second = table.rows[0], table.rows[1]
    if all(cell.bold for cell in first.values()):
        return not all(cell.bold for cell in second.values())
    return len(rows) > 2 and looks_like_header([[cell.text for cell in row] for row in rows])


def _has_same_columns(above: Table, table: Table) -> bool:
    pairs = zip(above.lefts, table.lefts, strict=False)
    same = all(abs(one - other) <= _SAME_COLUMN for one, other in pairs)
    return same and len(above.lefts) == len(table.lefts)
