"""The blocks of an OpenDocument text, a slide or a text box: headings, lists, tables, frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ingest.load.common.headers import find_header
from ingest.load.common.tables import Cell, table_lines
from ingest.load.opendocument.package import DRAW, OFFICE, TABLE, TEXT, Package, number
from ingest.load.opendocument.paragraphs import LIST, H, P, Paragraphs, ParagraphText
from ingest.load.opendocument.styles import Numbering
from ingest.records import Block

_TABLE, _ROW, _CELL = f"{TABLE}table", f"{TABLE}table-row", f"{TABLE}table-cell"
_HEADER_ROWS = f"{TABLE}table-header-rows"
_ROW_GROUPS = frozenset(
    f"{TABLE}{name}" for name in ("table-rows", "table-row-group", "table-header-rows")
)
_CHANGES, _SECTION = f"{TEXT}tracked-changes", f"{TEXT}section"
# Parts of a document that hold others.
_CONTAINERS = frozenset(
    {f"{TEXT}{name}" for name in (
        "section", "index-body", "index-title", "table-of-content", "illustration-index",
        "table-index", "object-index", "user-index", "alphabetical-index", "bibliography",
        "note-body", "numbered-paragraph",
    )}
    | {f"{DRAW}{name}" for name in ("g", "a", "text-box")}
)  # fmt: skip
_MOST_REPEATED = 1000
_DEEPEST_LEVEL = 6


class Body:
    """Reads the blocks of one file."""

    def __init__(self, package: Package) -> None:
        self.paragraphs = Paragraphs(package)
        self._numbering = Numbering(self.paragraphs.styles)

    def blocks(self, container: Any) -> Iterator[Block]:
        """The blocks in a container, in the order of the document."""
        for element in container:
            tag = element.tag
            if tag in (P, H):
                yield from self._paragraph(element)
            elif tag == LIST:
                yield from self._list(element)
            elif tag == _TABLE:
                yield from self.table(element)
            elif tag == _CHANGES:
                deletions = list(element.iter(f"{TEXT}deletion"))
                texts = ("".join(found.itertext(P, H, f"{TEXT}span")) for found in deletions)
                self.paragraphs.left_out["deleted passage"] += sum(bool(t.strip()) for t in texts)
            elif tag == _SECTION and element.get(f"{TEXT}display", "true") == "none":
                self.paragraphs.left_out["hidden passage"] += 1
            elif tag in _CONTAINERS:
                yield from self.blocks(element)
            elif isinstance(tag, str) and tag.startswith(DRAW):
                yield from self.shape(element)

    def shape(self, shape: Any) -> Iterator[Block]:
        """The blocks in a frame or a drawn shape: its text, table, chart or equation."""
        if equation := self.paragraphs.equation(shape):
            yield Block("paragraph", equation)
            return
        chart = self.paragraphs.package.object(shape)
        if chart is not None:
            for title in chart.iter("{*}title"):
                text = " ".join("".join(title.itertext()).split())
                yield Block("paragraph", text)
            for table in chart.iter(_TABLE):
                yield from self.table(table)
            return
        yield from self.blocks(shape)

    def table(self, table: Any) -> Iterator[Block]:
        """A table's rows. One that has a single column is a frame around text like any other."""
        rows = list(_rows(table))
        if max((len(row) for row in rows), default=0) < 2 and not any(
            number(cell, f"{TABLE}number-columns-repeated") > 1 for row in rows for cell in row
        ):
            for row in rows:
                for cell in row:
                    yield from self.blocks(cell)
            return
        beside: list[Block] = []
        cells = [[self._cell(cell, beside) for cell in _repeated(row)] for row in rows]
        header = cells[: self._header_rows(table, rows)] or find_header(cells)
        lines = table_lines([*header, *cells[len(header) :]], len(header))
        yield from (Block("row", line) for line in lines)
        yield from beside

    def _header_rows(self, table: Any, rows: Sequence[list[Any]]) -> int:
        """How many rows at the top are marked as headers, or are one by their bold type."""
        if len(rows) < 2:
            return 0
        marked = sum(1 for group in table.iter(_HEADER_ROWS) for _ in group.iter(_ROW))
        if marked:
            return min(marked, len(rows) - 1)
        return int(self._is_bold(rows[0]) and not self._is_bold(rows[1]))

    def _is_bold(self, row: Sequence[Any]) -> bool:
        filled = [p for cell in row for p in cell.iter(P) if "".join(p.itertext()).strip()]
        return bool(filled) and all(map(self.paragraphs.is_bold, filled))

    def _cell(self, cell: Any, beside: list[Block]) -> Cell:
        texts: list[str] = []
        for element in cell.iter(P, H):
            if element.getparent().tag.startswith((DRAW, OFFICE)) or _is_in_note(element, cell):
                continue
            found = self.paragraphs.read(element)
            texts.append(found.text)
            beside.extend(self._beside(found))
        text = " ".join(" ".join(texts).split())
        return Cell(
            text,
            number(cell, f"{TABLE}number-columns-spanned"),
            number(cell, f"{TABLE}number-rows-spanned"),
        )

    def _paragraph(self, element: Any, mark: str = "", kind: str = "paragraph") -> Iterator[Block]:
        level = 0
        if element.tag == H:
            kind, level = "heading", number(element, f"{TEXT}outline-level")
        found = self.paragraphs.read(element, links=kind != "heading")
        if found.text.strip():
            if level and not mark and element.get(f"{TEXT}is-list-header") != "true":
                start = element.get(f"{TEXT}start-value", "")
                mark = self._numbering.next("", level, int(start) if start.isdecimal() else None)
            text = f"{mark} {found.text}" if mark else found.text
            yield Block(kind, text, min(level, _DEEPEST_LEVEL))  # type: ignore[arg-type]
        yield from self._beside(found)

    def _beside(self, found: ParagraphText) -> Iterator[Block]:
        """What follows a paragraph or a table: frames, notes and comments."""
        for shape in found.shapes:
            yield from self.shape(shape)
        for note in found.notes:
            yield from self.blocks(note)
        yield from (Block("paragraph", text) for text in found.comments)

    def _list(self, element: Any, level: int = 1, style: str = "") -> Iterator[Block]:
        style = element.get(f"{TEXT}style-name", style)
        goes_on = element.get(f"{TEXT}continue-list") is not None
        if level == 1 and not goes_on and element.get(f"{TEXT}continue-numbering") != "true":
            self._numbering.begin(style)
        for item in element:
            if item.tag not in (f"{TEXT}list-item", f"{TEXT}list-header"):
                continue
            is_numbered = item.tag == f"{TEXT}list-item"
            for part in item:
                if part.tag == LIST:
                    yield from self._list(part, level + 1, style)
                elif part.tag in (P, H):
                    mark = ""
                    if is_numbered and "".join(part.itertext()).strip():
                        start = item.get(f"{TEXT}start-value", "")
                        told = int(start) if start.isdecimal() else None
                        mark = self._numbering.next(style, level, told)
                        is_numbered = False
                    yield from self._paragraph(part, mark, "item")
                else:
                    yield from self.blocks([part])


def _rows(table: Any) -> Iterator[list[Any]]:
    """The cells of each row, without those that a merged cell covers."""
    for element in table:
        if element.tag in _ROW_GROUPS:
            yield from _rows(element)
        elif element.tag == _ROW:
            cells = [cell for cell in element if cell.tag == _CELL]
            if cells:
                again = number(element, f"{TABLE}number-rows-repeated")
                yield from [cells] * min(again, _MOST_REPEATED)


def _repeated(row: Sequence[Any]) -> Iterator[Any]:
    for cell in row:
        again = number(cell, f"{TABLE}number-columns-repeated")
        yield from [cell] * min(again, _MOST_REPEATED)


def _is_in_note(element: Any, cell: Any) -> bool:
    above = element.getparent()
    while above is not None and above is not cell:
        if above.tag in (f"{TEXT}note-body", f"{OFFICE}annotation", f"{DRAW}text-box"):
            return True
        above = above.getparent()
    return False
