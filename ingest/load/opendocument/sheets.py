"""OpenDocument spreadsheets (ODS). Cells have the text that is shown, which the file holds; dates
are in ISO form. Hidden sheets, rows and columns are left out unless they were asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.load.common.choices import CHOICES
from ingest.load.common.compose import compose
from ingest.load.office.zipped_xml import broken_package
from ingest.load.opendocument.body import Body
from ingest.load.opendocument.package import DRAW, OFFICE, TABLE, Package, number
from ingest.load.opendocument.paragraphs import ANNOTATION, P, comment
from ingest.load.sheets.seen import MOST_REPEATED, SeenRows, cell_name
from ingest.records import Block, LoadedDocument
from ingest.text.wording import many

_CELLS = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
_MOST_COLUMNS = 16_384
_VALUES = tuple(
    f"{OFFICE}{name}" for name in ("string-value", "value", "boolean-value", "time-value")
)


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a spreadsheet or a template. Raises BrokenFile if it is damaged, locked or too large."""
    with broken_package("an OpenDocument spreadsheet"):
        package = Package(data)
        body = Body(package)
        left_out = body.paragraphs.left_out
        blocks: list[Block] = []
        formulas = 0
        for table in package.body("spreadsheet").iterchildren(f"{TABLE}table"):
            look = body.paragraphs.styles.look("table", table.get(f"{TABLE}style-name"))
            if look.is_hidden and not CHOICES.get().hidden:
                left_out["hidden sheet"] += 1
                continue
            sheet = _Sheet(table, body)
            found = list(sheet.blocks())
            formulas += sheet.formulas
            if found:
                blocks += [Block("heading", table.get(f"{TABLE}name", ""), 1), *found]
        metadata, title = package.properties()
    notes = left_out.notes()
    if formulas:
        count = many(formulas, "formula")
        notes += (f"{count} without a stored result, shown as written; save it again",)
    return compose("ods", blocks, title=title, metadata=metadata, notes=notes)


class _Sheet:
    """The rows of a sheet as they are shown, and what stands beside them."""

    def __init__(self, table: Any, body: Body) -> None:
        self.formulas = 0
        self._beside: list[Block] = []
        self._body = body
        self._seen = SeenRows(set(_hidden_columns(table)), body.paragraphs.left_out)
        number_of_row = 0
        for row in table.iter(f"{TABLE}table-row"):
            self._row(row, number_of_row)
            number_of_row += number(row, f"{TABLE}number-rows-repeated")
        for shape in table.iterchildren(f"{TABLE}shapes"):
            self._beside.extend(block for one in shape for block in body.shape(one))

    def blocks(self) -> Iterator[Block]:
        yield from self._seen.blocks()
        yield from self._beside

    def _row(self, row: Any, place: int) -> None:
        texts: list[str] = []
        spans: dict[int, int] = {}
        bold: list[bool] = []
        is_hidden = row.get(f"{TABLE}visibility", "visible") != "visible"
        for cell in row.iterchildren(*_CELLS):
            text = self._text(cell) if cell.tag == _CELLS[0] else ""
            if text:
                bold.append(self._is_bold(cell))
                spans[len(texts)] = number(cell, f"{TABLE}number-columns-spanned")
                deep = number(cell, f"{TABLE}number-rows-spanned")
                if deep > 1 and not is_hidden:
                    self._seen.hold(len(texts), text, place + deep - 1)
            self._look_beside(cell, texts, text, place)
            again = number(cell, f"{TABLE}number-columns-repeated")
            most = min(again, MOST_REPEATED if text else _MOST_COLUMNS)
            if len(texts) + most <= _MOST_COLUMNS:
                texts.extend([text] * most)
        self._seen.add(
            place,
            texts,
            is_hidden=is_hidden,
            is_bold=all(bold),
            spans={column: wide for column, wide in spans.items() if wide > 1},
            again=number(row, f"{TABLE}number-rows-repeated"),
        )

    def _look_beside(self, cell: Any, before: list[str], text: str, place: int) -> None:
        """Take a cell's comments and drawings."""
        for annotation in cell.iterchildren(ANNOTATION):
            label = next(filter(None, before), "")
            name = cell_name(place, len(before))
            about = ", ".join(dict.fromkeys(filter(None, (label, text))))
            said = comment(annotation, f"{about} ({name})" if about else name)
            self._beside.extend(Block("paragraph", one) for one in said)
        for shape in cell:
            if isinstance(shape.tag, str) and shape.tag.startswith(DRAW):
                self._beside.extend(self._body.shape(shape))

    def _text(self, cell: Any) -> str:
        if cell.get(f"{OFFICE}value-type") == "date":
            day, _, clock = cell.get(f"{OFFICE}date-value", "").partition("T")
            if day:
                return f"{day} {clock[:5]}" if clock.strip("0:.Z") else str(day)
        texts = [self._body.paragraphs.read(part).text for part in cell.iterchildren(P)]
        text = " ".join(" ".join(texts).split())
        if text:
            look = self._body.paragraphs.styles.look("table-cell", cell.get(f"{TABLE}style-name"))
            return f"~~{text}~~" if look.is_struck and "~~" not in text else text
        stored = next((cell.get(name) for name in _VALUES if cell.get(name)), "")
        formula = cell.get(f"{TABLE}formula", "")
        if stored or not formula or cell.get(f"{OFFICE}value-type"):
            return str(stored)
        self.formulas += 1
        return str(formula.partition(":")[2] or formula)

    def _is_bold(self, cell: Any) -> bool:
        styles = self._body.paragraphs.styles
        if styles.look("table-cell", cell.get(f"{TABLE}style-name")).is_bold:
            return True
        paragraphs = list(cell.iterchildren(P))
        return bool(paragraphs) and all(map(self._body.paragraphs.is_bold, paragraphs))


def _hidden_columns(table: Any) -> Iterator[int]:
    place = 0
    for column in table.iter(f"{TABLE}table-column"):
        again = number(column, f"{TABLE}number-columns-repeated")
        if column.get(f"{TABLE}visibility", "visible") != "visible":
            yield from range(place, min(place + again, _MOST_COLUMNS))
        place += again
