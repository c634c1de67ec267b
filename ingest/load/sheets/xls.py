"""Old Excel workbooks (XLS): values as they were last calculated and as they are shown.

As with XLSX, hidden sheets, rows and columns are left out unless they were asked for, and comments
follow their sheet. Charts and text boxes are not read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import xlrd
from xlrd.compdoc import CompDocError
from xlrd.xldate import XLDateError, xldate_as_datetime

from ingest.errors import BrokenFile
from ingest.load.common.choices import CHOICES
from ingest.load.common.compose import compose
from ingest.load.common.left_out import LeftOut
from ingest.load.common.typography import struck_out
from ingest.load.office.ole import ole_properties
from ingest.load.sheets.seen import SeenRows, cell_name
from ingest.load.sheets.values import shown_value
from ingest.records import Block, LoadedDocument

# What xlrd lets through where a record is not as it should be; it reads nothing of a disk.
_DAMAGED = (
    *(xlrd.XLRDError, CompDocError, struct.error, LookupError, ValueError, TypeError),
    *(AssertionError, AttributeError, OverflowError, NotImplementedError, RecursionError, OSError),
)


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a workbook. Raises BrokenFile if it is damaged or locked."""
    try:
        with xlrd.open_workbook(
            file_contents=data, logfile=StringIO(), formatting_info=True, on_demand=True
        ) as book:
            left_out = LeftOut()
            blocks = list(_sheets(book, left_out))
    except _DAMAGED as error:
        if "ncrypted" in str(error):
            raise BrokenFile("protected by a password") from error
        raise BrokenFile("damaged, or not an Excel workbook inside") from error
    metadata, title = ole_properties(data)
    return compose("xls", blocks, title=title, metadata=metadata, notes=left_out.notes())


def _sheets(book: Any, left_out: LeftOut) -> Iterator[Block]:
    for place, name in enumerate(book.sheet_names()):
        sheet = book.sheet_by_index(place)
        if sheet.visibility and not CHOICES.get().hidden:
            left_out["hidden sheet"] += 1
        elif found := [*_rows(book, sheet, left_out), *_comments(book, sheet)]:
            yield Block("heading", name, 1)
            yield from found
        book.unload_sheet(place)


def _rows(book: Any, sheet: Any, left_out: LeftOut) -> Iterator[Block]:
    hidden = {column for column, told in sheet.colinfo_map.items() if told.hidden}
    seen = SeenRows(hidden, left_out)
    merged = {(top, left): (end, right) for top, end, left, right in sheet.merged_cells}
    for row in range(sheet.nrows):
        texts = [_text(book, sheet, row, column) for column in range(sheet.row_len(row))]
        told = sheet.rowinfo_map.get(row)
        is_hidden = told is not None and bool(told.hidden)
        spans: dict[int, int] = {}
        for column, text in enumerate(texts):
            end, right = merged.get((row, column), (0, 0))
            if right > column + 1:
                spans[column] = right - column
            if end > row + 1 and not is_hidden:
                seen.hold(column, text, end - 1)
        filled = [column for column, text in enumerate(texts) if text]
        is_bold = all(_font(book, sheet, row, column).bold for column in filled)
        seen.add(row, texts, is_hidden=is_hidden, is_bold=is_bold, spans=spans)
    yield from seen.blocks()


def _text(book: Any, sheet: Any, row: int, column: int) -> str:
    cell = sheet.cell(row, column)
    value: Any = cell.value
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return ""
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(value, "#ERROR"))
    form = book.format_map.get(book.xf_list[cell.xf_index].format_key)
    code = form.format_str if form is not None else "General"
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        value = bool(value)
    elif cell.ctype == xlrd.XL_CELL_DATE:
        value = _date(value, code, book.datemode)
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    text = " ".join(shown_value(value, code).split())
    return struck_out(text) if _font(book, sheet, row, column).struck_out else text


def _date(value: float, code: str, mode: int) -> Any:
    """A number as the date, the time or the span of time that it stands for, if it is one."""
    if "[h" in code.lower():
        return timedelta(days=value)
    try:
        found = xldate_as_datetime(value, mode)
    except (XLDateError, OverflowError):
        return value
    return found.time() if 0 <= value < 1 else found


def _font(book: Any, sheet: Any, row: int, column: int) -> Any:
    return book.font_list[book.xf_list[sheet.cell_xf_index(row, column)].font_index]


def _comments(book: Any, sheet: Any) -> Iterator[Block]:
    for (row, column), note in sorted(sheet.cell_note_map.items()):
        text = " ".join((note.text or "").split())
        author = (note.author or "").strip()
        # Excel begins a comment with its author's name.
        text = text.removeprefix(f"{author}:").strip()
        if not text:
            continue
        around = [
            _text(book, sheet, row, place)
            for place in (0, column)
            if row < sheet.nrows and place < sheet.row_len(row)
        ]
        about = ", ".join(dict.fromkeys(filter(None, around)))
        name = cell_name(row, column)
        by = f", by {author}" if author else ""
        yield Block("paragraph", f"Comment on {f'{about} ({name})' if about else name}{by}: {text}")
