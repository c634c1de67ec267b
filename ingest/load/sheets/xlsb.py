"""Binary Excel workbooks (XLSB), by calamine, which knows values and dates but not how numbers are
shown: the receipt says so. Hidden sheets are left out unless they were asked for."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from ingest.errors import BrokenFile
from ingest.load.common.choices import CHOICES
from ingest.load.common.compose import compose
from ingest.load.common.left_out import LeftOut
from ingest.load.office.zipped_xml import check_package
from ingest.load.sheets.seen import SeenRows
from ingest.load.sheets.values import shown_value
from ingest.records import Block, LoadedDocument

_NOTE = "numbers as they are stored, without currency or per cent; save it as .xlsx to have them"


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a workbook. Raises BrokenFile if it is damaged, locked or unreasonably large."""
    check_package(data)
    left_out = LeftOut()
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        blocks = list(_sheets(book, left_out))
    except BaseException as error:
        # Rust's panic is no Exception, and has a class that cannot be imported.
        if not isinstance(error, CalamineError) and type(error).__name__ != "PanicException":
            raise
        raise BrokenFile("damaged, or not an Excel workbook inside") from error
    return compose("xlsb", blocks, notes=(*left_out.notes(), _NOTE))


def _sheets(book: Any, left_out: LeftOut) -> Iterator[Block]:
    for sheet in book.sheets_metadata:
        if sheet.typ != SheetTypeEnum.WorkSheet:
            continue
        if sheet.visible != SheetVisibleEnum.Visible and not CHOICES.get().hidden:
            left_out["hidden sheet"] += 1
            continue
        seen = SeenRows(set(), left_out)
        rows = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        for number, row in enumerate(rows):
            seen.add(number, [_text(value) for value in row])
        found = list(seen.blocks())
        if found:
            yield Block("heading", sheet.name, 1)
            yield from found


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(shown_value(value).split())
