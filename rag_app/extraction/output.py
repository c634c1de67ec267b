"""Rows as a file: CSV, an Excel workbook or JSON, with a citation for each cell."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from ingest.errors import UsageError
from ingest.text.spreadsheet import without_formula
from ingest.text.wording import with_page
from rag_app.extraction.records import NOT_FOUND, Cell, ExtractedRow, Field

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
# What XML 1.0 has no place for.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST_CELL = 32_000  # characters, of a workbook


def write_rows(fields: Sequence[Field], rows: Sequence[ExtractedRow], kind: str) -> bytes:
    """The rows in a format: "csv", "xlsx" or "json". Raises UsageError for another."""
    return writer_of(kind)(fields, rows)


def writer_of(kind: str) -> Callable[[Sequence[Field], Sequence[ExtractedRow]], bytes]:
    """What writes a format. Raises UsageError for one that there is not."""
    writers = {"csv": _csv, "xlsx": _xlsx, "json": _json}
    if kind not in writers:
        raise UsageError("The output must end in .csv, .xlsx or .json")
    return writers[kind]


def as_json(fields: Sequence[Field], rows: Sequence[ExtractedRow]) -> dict[str, Any]:
    """The rows as plain values."""
    return {"fields": [one._asdict() for one in fields], "rows": [asdict(row) for row in rows]}


def place_of(cell: Cell) -> str:
    """Where a cell's value stands, for a person: a.pdf, page 2, 120–180: “Total: 12”; "" if it was
    not found."""
    source = cell.source
    if source is None:
        return ""
    quote = " ".join(source.quote.split())
    return f"{with_page(source.document, source.page)}, {source.start}–{source.end}: “{quote}”"


def _json(fields: Sequence[Field], rows: Sequence[ExtractedRow]) -> bytes:
    text = json.dumps(as_json(fields, rows), ensure_ascii=False, indent=2)
    return (text + "\n").encode("utf-8", "replace")


def _csv(fields: Sequence[Field], rows: Sequence[ExtractedRow]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    heads = [name for one in fields for name in (one.name, f"{one.name} (source)")]
    writer.writerow(map(_harmless, ["document", *heads, "note"]))
    for row in rows:
        cells = [text for cell in row.cells for text in (_shown(cell), place_of(cell))]
        writer.writerow(map(_harmless, [row.document, *cells, notes_of(row)]))
    # With a byte order mark, without which Excel does not take it for UTF-8.
    return out.getvalue().encode("utf-8-sig", "replace")


def _xlsx(fields: Sequence[Field], rows: Sequence[ExtractedRow]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    table, sources = book.active, book.create_sheet("Sources")
    table.title = "Fields"
    heads = ["document", *(one.name for one in fields), "note"]
    for column, head in enumerate(heads, start=1):
        _put(table, 1, column, head).font = Font(bold=True)
    for number, row in enumerate(rows, start=2):
        _put(table, number, 1, row.document)
        for column, (field, cell) in enumerate(zip(fields, row.cells, strict=True), start=2):
            value, shown_as = _typed(field, cell)
            placed = _put(table, number, column, value)
            if shown_as:
                placed.number_format = shown_as
        _put(table, number, len(heads), notes_of(row))
    table.freeze_panes = "B2"
    parts = ("document", "field", "value", "as written", "page", "start", "end", "quote", "note")
    for column, head in enumerate(parts, start=1):
        _put(sources, 1, column, head).font = Font(bold=True)
    cells = [(row.document, cell) for row in rows for cell in row.cells]
    for number, (document, cell) in enumerate(cells, start=2):
        at = cell.source
        place = [at.page, at.start, at.end, at.quote] if at else [None, None, None, ""]
        line = [document, cell.field, _shown(cell), cell.text, *place, cell.note]
        for column, value in enumerate(line, start=1):
            _put(sources, number, column, value)
    sources.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _put(sheet: Any, row: int, column: int, value: object) -> Any:
    """Write a cell: what is a text stays one, whatever it begins with."""
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = UNWRITABLE.sub("\ufffd", value)[:LONGEST_CELL]
        cell.data_type = "s"
    else:
        cell.value = value
    return cell


def _typed(field: Field, cell: Cell) -> tuple[object, str]:
    """A cell's value as a workbook has it, and the format that it is shown in."""
    value = cell.value or ""
    if field.kind == "date":
        try:
            return date.fromisoformat(value), "yyyy-mm-dd"
        except ValueError:
            return _shown(cell), ""
    if field.kind in ("number", "money"):
        number, _, unit = value.partition(" ")
        try:
            amount = Decimal(number)
        except InvalidOperation:
            return _shown(cell), ""
        decimals = "#,##0.00" if field.kind == "money" else "General"
        quoted = unit.replace('"', "")
        return amount, f'{decimals} "{quoted}"' if quoted else decimals
    return _shown(cell), ""


def _shown(cell: Cell) -> str:
    return NOT_FOUND if cell.value is None else cell.value


def notes_of(row: ExtractedRow) -> str:
    """What a reader should know of a row, and of its cells."""
    of_cells = [f"{cell.field}: {cell.note}" for cell in row.cells if cell.note]
    return " ".join(filter(None, [row.failure, row.note, *of_cells]))


def _harmless(text: str) -> str:
    """A text that a spreadsheet takes for no formula; a number below zero stays one."""
    return text if NUMBER.fullmatch(text.split(" ")[0]) else without_formula(text)
