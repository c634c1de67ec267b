"""The blocks of a Word document's body, tables included."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from docx.oxml.parser import parse_xml

from ingest.errors import LoadError
from ingest.load.common.compose import as_blocks
from ingest.load.common.headers import find_header
from ingest.load.common.tables import Cell, table_lines
from ingest.load.image.inside import Pictures
from ingest.load.nesting import load_inside
from ingest.load.word.paragraphs import (
    CELL,
    ROW,
    TABLE,
    P,
    ParagraphText,
    child,
    content,
    is_on,
    is_shaded,
    paragraph_text,
    value,
    within,
)
from ingest.load.word.references import RELATION, Insert, References
from ingest.load.word.styles import Styles, is_bold
from ingest.records import Block

_FURNITURE = ("header", "footer")
_PAGE_NUMBER = re.compile(
    r"\W*+(?:[^\W\d_]++\.?\s*+)?\d++\W*+(?:(?:of|von|de|sur|di)?\s*+\d++)?\W*+$", re.I
)


class _Row(NamedTuple):
    """The cells of a table row, and how many columns it begins later than the others."""

    cells: list[Any]
    before: int


def body_blocks(
    container: Any, styles: Styles, references: References | None = None
) -> list[Block]:
    """The blocks in a body, a text box, a footnote or a header, in the order of the document."""
    blocks: list[Block] = []
    for element in content(container):
        if element.tag == P:
            blocks.extend(_paragraph_blocks(element, styles, references))
        elif element.tag == TABLE:
            blocks.extend(_table_blocks(element, styles, references))
        elif references is not None:
            blocks.extend(_inserted(references.insert(element.get(RELATION))))
    return blocks


def furniture(part: Any, styles: Styles, pictures: Pictures) -> Iterator[str]:
    """The texts of page headers and footers, without page numbers."""
    for relation in part.rels.values():
        if relation.reltype.rsplit("/", 1)[-1] not in _FURNITURE or relation.is_external:
            continue
        own = References(relation.target_part, pictures)
        for block in body_blocks(parse_xml(relation.target_part.blob), styles, own):
            text = " ".join(block.text.split())
            if text and not _PAGE_NUMBER.match(text):
                yield text


def _paragraph_blocks(
    paragraph: Any, styles: Styles, references: References | None
) -> Iterator[Block]:
    kind, level, number = styles.kind(paragraph) if _has_text(paragraph) else ("paragraph", 0, "")
    found = paragraph_text(paragraph, references, links=kind != "heading")
    if found.text.strip():
        yield Block(kind, f"{number} {found.text}" if number else found.text, level)
    for box in found.boxes:
        yield from body_blocks(box, styles, references)
    yield from _beside(found, styles)


def _beside(found: ParagraphText, styles: Styles) -> Iterator[Block]:
    """What follows a paragraph or a table: drawings, notes and comments."""
    yield from (Block(*drawn) for drawn in found.drawings)
    for note in found.notes:
        yield from body_blocks(note, styles)
    for comment in found.comments:
        text = " ".join(block.text for block in body_blocks(comment.element, styles))
        by = f" by {comment.author}" if comment.author else ""
        if text:
            yield Block("paragraph", f"Comment{by}: {text}")


def _inserted(insert: Insert | None) -> list[Block]:
    """The blocks of a file that stands in the document as a part of it."""
    if insert is None:
        return []
    try:
        return as_blocks(load_inside(insert.data, insert.name))
    except LoadError as error:
        return [Block("paragraph", f"The inserted file {insert.name} is not read: {error}.")]


def _table_blocks(table: Any, styles: Styles, references: References | None) -> list[Block]:
    """A table's rows. One that has a single column is a frame around text like any other."""
    rows = [_row(row) for row in within(table, ROW)]
    if max((len(row.cells) for row in rows), default=0) < 2 and not any(row.before for row in rows):
        cells = [cell for row in rows for cell in row.cells]
        return [block for cell in cells for block in body_blocks(cell, styles, references)]
    cells = [_cells(rows, index, references) for index in range(len(rows))]
    marked = _header_rows(table, rows, styles)
    header = cells[:marked] or find_header(cells)
    lines = table_lines([*header, *cells[len(header) :]], len(header))
    return [Block("row", line) for line in lines] + [
        block
        for row in rows
        for cell in row.cells
        for paragraph in content(cell)
        if paragraph.tag == P
        for block in _beside(paragraph_text(paragraph, references), styles)
    ]


def _row(row: Any) -> _Row:
    before = value(child(row, "trPr", "gridBefore")) or ""
    skipped = int(before) if before.isdecimal() and len(before) < 3 else 0
    return _Row(list(within(row, CELL)), skipped)


def _header_rows(table: Any, rows: Sequence[_Row], styles: Styles) -> int:
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
        all(map(test, rows[0].cells)) and not all(map(test, rows[1].cells))
        for test in (_is_bold, _is_shaded)
    ):
        return 1
    return 0


def _cells(rows: Sequence[_Row], index: int, references: References | None) -> list[Cell]:
    """The cells of a row. A cell merged with the one above is left to that one."""
    column = rows[index].before
    cells: list[Cell] = [Cell("") for _ in range(column)]
    for cell in rows[index].cells:
        columns = _columns(cell)
        if not _goes_on(cell):
            reach = 1
            while index + reach < len(rows) and _goes_on(_at(rows[index + reach], column)):
                reach += 1
            cells.append(Cell(_cell_text(cell, references), columns, reach))
        column += columns
    return cells


def _columns(cell: Any) -> int:
    span = value(child(cell, "tcPr", "gridSpan"))
    return max(int(span), 1) if span is not None and span.isdigit() and len(span) < 4 else 1


def _goes_on(cell: Any | None) -> bool:
    """Whether a cell is the continuation of the one above it."""
    merge = child(cell, "tcPr", "vMerge") if cell is not None else None
    return merge is not None and value(merge) != "restart"


def _at(row: _Row, column: int) -> Any | None:
    position = row.before
    for cell in row.cells:
        if position == column:
            return cell
        position += _columns(cell)
    return None


def _cell_text(cell: Any, references: References | None) -> str:
    """The text of a cell on one line, a table inside it included."""
    texts: list[str] = []
    for element in content(cell):
        if element.tag == TABLE:
            for row in within(element, ROW):
                inner = [_cell_text(inner, references) for inner in within(row, CELL)]
                texts.append(" | ".join(inner))
        elif element.tag == P:
            found = paragraph_text(element, references)
            texts.append(found.text)
            texts.extend(_cell_text(box, references) for box in found.boxes)
        elif references is not None:
            texts.extend(
                block.text for block in _inserted(references.insert(element.get(RELATION)))
            )
    return " ".join(" ".join(text.split()) for text in texts if text.strip())


def _has_text(paragraph: Any) -> bool:
    return any((text.text or "").strip() for text in paragraph.iter("{*}t"))


def _is_bold(cell: Any) -> bool:
    runs = [run for run in cell.iter("{*}r") if "".join(run.itertext()).strip()]
    return bool(runs) and all(is_bold(run) for run in runs)


def _is_shaded(cell: Any) -> bool:
    properties = child(cell, "tcPr")
    return properties is not None and is_shaded(properties)
