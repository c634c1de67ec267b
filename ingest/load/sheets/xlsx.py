"""Excel workbooks: the cells' values as they were last calculated and as they are shown.

The name of each sheet is a heading. Hidden sheets, rows and columns are left out unless they were
asked for, which the receipt says. Comments, text boxes, charts and the text on pictures follow
their sheet; objects, which are files of their own, follow all sheets.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from ingest.load.common.choices import CHOICES
from ingest.load.common.compose import compose
from ingest.load.common.flat_tables import flat_blocks
from ingest.load.common.left_out import LeftOut
from ingest.load.image.inside import Pictures
from ingest.load.office.embedded import embedded_blocks
from ingest.load.office.zipped_xml import broken_package, check_package, ordinary
from ingest.load.sheets.beside import Beside
from ingest.load.sheets.rich_text import rich_strings
from ingest.load.sheets.rows import SheetRows
from ingest.records import Block, LoadedDocument
from ingest.text.wording import many

# Sheets are read row by row, so a long one is no danger to memory.
_MOST_BYTES_OF_SHEET = 512 * 1000 * 1000


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a workbook or a template. Raises BrokenFile if it is damaged or unreasonably large."""
    check_package(data, _MOST_BYTES_OF_SHEET)
    with broken_package("an Excel workbook", InvalidFileException), warnings.catch_warnings():
        # Of what openpyxl would not write again: nothing is written here.
        warnings.simplefilter("ignore")
        data = ordinary(data)
        # data_only: the results of formulas and not the formulas.
        book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True)
        with zipfile.ZipFile(BytesIO(data)) as archive:
            reading = _Reading(archive)
            blocks = [block for sheet in book.worksheets for block in reading.sheet(sheet)]
        blocks += embedded_blocks(data)
        metadata = {"author": book.properties.creator, "created": book.properties.created}
        title = book.properties.title
    # What openpyxl puts in when nobody has written anything.
    metadata = {key: value for key, value in metadata.items() if value and value != "openpyxl"}
    return compose("xlsx", blocks, title=title, metadata=metadata, notes=reading.notes())


class _Reading:
    """Reads the sheets of one workbook, and counts what is not read of them."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._strings = rich_strings(archive)
        self._pictures = Pictures()
        self._left_out = LeftOut()
        self._formulas = 0

    def sheet(self, sheet: Any) -> Iterator[Block]:
        """The blocks of a sheet under its name; none of one that is hidden or empty."""
        if sheet.sheet_state != "visible" and not CHOICES.get().hidden:
            self._left_out["hidden sheet"] += 1
            return
        if self._strings is not None:
            sheet._shared_strings = self._strings
        beside = Beside(self._archive, sheet._worksheet_path, self._pictures)
        rows = SheetRows(sheet, beside.commented)
        blocks = list(flat_blocks(rows, rows.spans, rows.bold))
        blocks += beside.blocks(rows.labels)
        self._left_out["hidden row"] += rows.hidden_rows
        self._left_out["hidden column"] += rows.hidden_columns
        self._formulas += rows.formulas
        if blocks:
            yield Block("heading", sheet.title, 1)
            yield from blocks

    def notes(self) -> tuple[str, ...]:
        """What the receipt says of all sheets."""
        notes = (*self._pictures.notes(), *self._left_out.notes())
        if self._formulas:
            count = many(self._formulas, "formula")
            notes += (f"{count} without a stored result, shown as written; save it in Excel",)
        return notes
