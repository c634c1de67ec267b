"""Excel workbooks: rows that can be quoted alone, under the right names."""

from __future__ import annotations

import time
import zipfile
from datetime import date, datetime
from datetime import time as clock
from io import BytesIO

import openpyxl
import pytest

from ingest.errors import BrokenFile
from tests.ingest.load.samples import blocks, load, texts, zipped


def saved(book: openpyxl.Workbook) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture
def book() -> openpyxl.Workbook:
    return openpyxl.Workbook()


def test_sheets_are_headings_and_rows_name_their_columns(tmp_path, book):
    book.properties.title = "Price list"
    book.properties.creator = "Ann Lee"
    prices = book.active
    prices.title = "Prices"
    for row in (["Part", "Price", "In stock"], ["Mast", 90.5, True], ["Sail", 45, None]):
        prices.append(row)
    notes = book.create_sheet("Notes")
    notes["B2"] = "Prices  are\nvalid in May."
    book.create_sheet("Empty")
    hidden = book.create_sheet("Hidden")
    hidden["A1"] = "secret"
    hidden.sheet_state = "hidden"
    found = load(tmp_path, "a.xlsx", saved(book))
    assert (found.kind, found.title, found.metadata["author"]) == ("xlsx", "Price list", "Ann Lee")
    assert found.page_starts == ()
    assert blocks(found) == [
        ("h1", "Prices"),
        ("row", "Part: Mast; Price: 90.5; In stock: TRUE"),
        ("row", "Part: Sail; Price: 45"),
        ("h1", "Notes"),
        ("row", "Prices are valid in May."),
    ]


def test_values_as_they_are_shown(tmp_path, book):
    sheet = book.active
    sheet.append(["Day", "Moment", "Time", "Share", "Sum", "Code"])
    sheet.append(
        [date(2024, 5, 1), datetime(2024, 5, 1, 9, 30), clock(7, 15), 0.075, 0.1 + 0.2, "007"]
    )
    sheet["D2"].number_format = "0.0%"
    row = texts(load(tmp_path, "a.xlsm", saved(book)), "row")[0]
    assert row == (
        "Day: 2024-05-01; Moment: 2024-05-01 09:30; Time: 07:15:00; Share: 7.5%; "
        "Sum: 0.3; Code: 007"
    )


def test_workbook_with_wrong_size_and_a_far_cell(tmp_path, book):
    sheet = book.active
    sheet["A1"], sheet["XFD1048576"] = "first", "last"
    data = saved(book)
    assert texts(load(tmp_path, "a.xlsx", data), "row") == ["first", "last"]


@pytest.mark.parametrize("cut", [100, 2000])
def test_damaged_workbook(tmp_path, book, cut):
    with pytest.raises(BrokenFile):
        load(tmp_path, "a.xlsx", saved(book)[:-cut])


def test_entities_do_not_expand_without_end(tmp_path, book):
    book.active.append(["Part", "Price"])
    entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    laughs = f'<!DOCTYPE x [<!ENTITY e0 "lol">{entities}]><x>&e9;</x>'
    with zipfile.ZipFile(BytesIO(saved(book))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    started = time.monotonic()
    with pytest.raises(BrokenFile, match="damaged"):
        load(tmp_path, "a.xlsx", zipped({**members, "xl/worksheets/sheet1.xml": laughs}))
    assert time.monotonic() - started < 5


def test_a_workbook_whose_types_name_no_main_part_is_damaged(tmp_path, book):
    with zipfile.ZipFile(BytesIO(saved(book))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"sheet.main", b"sheet.x")
    with pytest.raises(BrokenFile, match="damaged"):
        load(tmp_path, "a.xlsx", zipped(parts))
