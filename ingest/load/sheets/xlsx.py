"""Excel workbooks: the cells' values as they were last calculated and as they are shown.

The name of each sheet is a heading. Hidden sheets are left out.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from ingest.load.common.compose import compose
from ingest.load.common.flat_tables import flat_blocks
from ingest.load.office.zipped_xml import broken_package, check_package, refuse_strict
from ingest.records import Block, LoadedDocument

# Sheets are read row by row, so a long one is no danger to memory.
_MOST_BYTES_OF_SHEET = 512 * 1000 * 1000


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a .xlsx or .xlsm file. Raises BrokenFile if it is damaged or unreasonably large."""
    check_package(data, _MOST_BYTES_OF_SHEET)
    with broken_package("an Excel workbook", InvalidFileException), warnings.catch_warnings():
        # Of what openpyxl would not write again: nothing is written here.
        warnings.simplefilter("ignore")
        refuse_strict(data, ".xlsx")
        # data_only: the results of formulas and not the formulas.
        book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True)
        blocks = [block for sheet in book.worksheets for block in _sheet_blocks(sheet)]
        metadata = {"author": book.properties.creator, "created": book.properties.created}
        title = book.properties.title
    # What openpyxl puts in when nobody has written anything.
    metadata = {key: value for key, value in metadata.items() if value and value != "openpyxl"}
    return compose("xlsx", blocks, title=title, metadata=metadata)


def _sheet_blocks(sheet: Any) -> list[Block]:
    if sheet.sheet_state != "visible":
        return []
    # What the file says of a sheet's size is often wrong, and cells outside would be lost.
    sheet.reset_dimensions()
    blocks = list(flat_blocks(_rows(sheet)))
    return [Block("heading", sheet.title, 1), *blocks] if blocks else []


def _rows(sheet: Any) -> Iterator[list[str]]:
    for row in sheet.iter_rows():
        yield [" ".join(_shown(cell).split()) if cell.value is not None else "" for cell in row]


def _shown(cell: Any) -> str:
    """A value as text: dates in ISO form, percentages as such, numbers without noise."""
    value = cell.value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        whole_day = value.time() == time()
        return value.date().isoformat() if whole_day else value.isoformat(" ", "minutes")
    if isinstance(value, date | time | timedelta):
        return str(value)
    if isinstance(value, int | float):
        pattern = cell.number_format.split(";")[0] if cell.number_format else ""
        if "%" in pattern:
            return f"{_number(value * 100)}%"
        return _number(value)
    return str(value)


def _number(value: float) -> str:
    """A number with the 15 digits that Excel itself keeps: not 0.30000000000000004."""
    return str(value) if isinstance(value, int) else f"{value:.15g}"
