"""The blocks of a Word document's body, tables included."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from docx.oxml.parser import parse_xml

from ingest.load.common.headers import find_header
from ingest.load.common.tables import Cell, table_lines
from ingest.load.word.paragraphs import (
    CELL,
    ROW,
    TABLE,
    Notes,
    P,
    child,
    content,
    is_on,
    is_shaded,
    paragraph_text,
    value,
    within,
)
from ingest.load.word.styles import Styles, is_bold
from ingest.records import Block

_FURNITURE = ("header", "footer")
_PAGE_NUMBER = re.compile(
    r"\W*+(?:[^\W\d_]++\.?\s*+)?\d++\W*+(?:(?:of|von|de|sur|di)?\s*+\d++)?\W*+$", re.I
)


def body_blocks(container: Any, styles: Styles, notes: Notes | None = None) -> list[Block]:
    """The blocks in a body, a text box, a footnote or a header, in the order of the document."""
    blocks: list[Block] = []
    for element in content(container):
        if element.tag == P:
            blocks.extend(_paragraph_blocks(element, styles, notes))
        else:
            blocks.extend(_table_blocks(element, styles, notes))
    return blocks


def furniture_blocks(part: Any, styles: Styles) -> list[Block]:
    """The texts of page headers and footers, each once and without page numbers."""
    texts: dict[str, None] = {}
    for relation in part.rels.values():
        if relation.reltype.rsplit("/", 1)[-1] not in _FURNITURE or relation.is_external:
            continue
        for block in body_blocks(parse_xml(relation.target_part.blob), styles):
            text = " ".join(block.text.split())
            if text and not _PAGE_NUMBER.match(text):
                texts.setdefault(text)
    return [Block("paragraph", text) for text in texts]


def _paragraph_blocks(paragraph: Any, styles: Styles, notes: Notes | None) -> Iterator[Block]:
    found = paragraph_text(paragraph, notes)
    if found.text.strip():
        kind, level, number = styles.kind(paragraph)
        yield Block(kind, f"{number} {found.text}" if number else found.text, level)
    for box in found.boxes:
        yield from body_blocks(box, styles, notes)
    for note in found.notes:
        yield from body_blocks(note, styles)


def _table_blocks(table: Any, styles: Styles, notes: Notes | None) -> list[Block]:
    """A table's rows. One that has a single column is a frame around text like any other."""
    rows = [list(within(row, CELL)) for row in within(table, ROW)]
    if max((len(row) for row in rows), default=0) < 2:
        return [block for row in rows for cell in row for block in body_blocks(cell, styles, notes)]
    cells = [_cells(rows, index, notes) for index in range(len(rows))]
    marked = _header_rows(table, rows, styles)
    header = cells[:marked] or find_header(cells)
    lines = table_lines([*header, *cells[len(header) :]], len(header))
    return [Block("row", line) for line in lines] + [
        block
        for row in rows
        for cell in row
        for paragraph in content(cell)
        if paragraph.tag == P
        for note in paragraph_text(paragraph, notes).notes
        for block in body_blocks(note, styles)
    ]


def _header_rows(table: Any, rows: Sequence[Sequence[Any]], styles: Styles) -> int:
    """How many rows at the top are headers by their look.

    Those marked to be repeated on every page; else the first one if the table's style sets it
    apart or it alone is all bold or shaded. A table of one row has none.
    """
    if len(rows) < 2:
        return 0
    marked = 0
    for row in within(table, ROW):
        if not is_on(child(row, "trPr", "tblHeader")):
            break
        marked += 1
    if marked:
        return min(marked, len(rows) - 1)
    if styles.formats_first_row(table) or any(
        all(map(test, rows[0])) and not all(map(test, rows[1])) for test in (_is_bold, _is_shaded)
    ):
        return 1
    return 0


def _cells(rows: Sequence[Sequence[Any]], index: int, notes: Notes | None) -> list[Cell]:
    """The cells of a row. A cell merged with the one above is left to that one."""
    cells: list[Cell] = []
    column = 0
    for cell in rows[index]:
        columns = _columns(cell)
        if not _goes_on(cell):
            reach = 1
            while index + reach < len(rows) and _goes_on(_at(rows[index + reach], column)):
                reach += 1
            cells.append(Cell(_cell_text(cell, notes), columns, reach))
        column += columns
    return cells


def _columns(cell: Any) -> int:
    span = value(child(cell, "tcPr", "gridSpan"))
    return max(int(span), 1) if span is not None and span.isdigit() and len(span) < 4 else 1


def _goes_on(cell: Any | None) -> bool:
    """Whether a cell is the continuation of the one above it."""
    merge = child(cell, "tcPr", "vMerge") if cell is not None else None
    return merge is not None and value(merge) != "restart"


def _at(row: Sequence[Any], column: int) -> Any | None:
    position = 0
    for cell in row:
        if position == column:
            return cell
        position += _columns(cell)
    return None


def _cell_text(cell: Any, notes: Notes | None) -> str:
    """The text of a cell on one line, a table inside it included."""
    texts: list[str] = []
    for element in content(cell):
        if element.tag == TABLE:
            for row in within(element, ROW):
                texts.append(" | ".join(_cell_text(inner, notes) for inner in within(row, CELL)))
        else:
            found = paragraph_text(element, notes)
            texts.append(found.text)
            texts.extend(_cell_text(box, notes) for box in found.boxes)
    return " ".join(" ".join(text.split()) for text in texts if text.strip())


def _is_bold(cell: Any) -> bool:
    runs = [run for run in cell.iter("{*}r") if "".join(run.itertext()).strip()]
    return bool(runs) and all(is_bold(run) for run in runs)


def _is_shaded(cell: Any) -> bool:
    properties = child(cell, "tcPr")
    return properties is not None and is_shaded(properties)
