"""Excel workbooks and separated values: rows that can be quoted alone, under the right names."""

from __future__ import annotations

import time
import zipfile
from datetime import date, datetime
from datetime import time as clock
from io import BytesIO

import openpyxl
import pytest

from ingest.errors import BrokenFile
from ingest.load.common.flat_tables import flat_blocks
from tests.ingest.load_samples import blocks, load, texts, zipped


def saved(book: openpyxl.Workbook) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def lines(rows: list[list[str]]) -> list[str]:
    return [block.text for block in flat_blocks(rows)]


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


def test_title_above_a_table_and_parts_below():
    assert lines(
        [
            ["Sales of 2024", "", ""],
            ["", "", ""],
            ["Region", "Q1", "Q2"],
            ["North", "10", "12"],
            [],
            ["South", "8", "9"],
            [],
            ["", "", "", "Name", "Phone", "Room"],
            ["", "", "", "Ann", "12", "4"],
        ]
    ) == [
        "Sales of 2024",
        "Region: North; Q1: 10; Q2: 12",
        "Region: South; Q1: 8; Q2: 9",
        "Name: Ann; Phone: 12; Room: 4",
    ]


def test_years_as_names_and_an_empty_corner():
    assert lines([["", "2023", "2024"], ["Mast", "80", "90"], ["Sail", "40", "45"]]) == [
        "Mast; 2023: 80; 2024: 90",
        "Sail; 2023: 40; 2024: 45",
    ]


def test_tables_without_names():
    assert lines([["Author", "Jane"], ["Year", "1999"]]) == ["Author: Jane", "Year: 1999"]
    assert lines([["1", "2", "3"], ["4", "5", ""]]) == ["1 | 2 | 3", "4 | 5"]


def test_a_remark_above_a_table():
    rows = [["All prices in pounds."], ["Part", "Price", "Weight"], ["Mast", "90", "3"]]
    assert [(block.kind, block.text) for block in flat_blocks(rows)] == [
        ("paragraph", "All prices in pounds."),
        ("row", "Part: Mast; Price: 90; Weight: 3"),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separator_is_found(tmp_path, separator):
    rows = [["Part", "Price", "Note"], ["Mast", "90", "tall"], ["Sail", "45", "white"]]
    data = "\r\n".join(separator.join(row) for row in rows)
    found = load(tmp_path, "a.csv", data)
    assert (found.kind, found.title) == ("csv", None)
    assert texts(found, "row") == [
        "Part: Mast; Price: 90; Note: tall",
        "Part: Sail; Price: 45; Note: white",
    ]


def test_quotes_commas_and_line_ends_in_cells(tmp_path):
    data = 'part,note,price\nmast,"tall, white\nand ""new""",90\n'
    assert texts(load(tmp_path, "a.csv", data), "row") == [
        'part: mast; note: tall, white and "new"; price: 90'
    ]


def test_an_unmatched_quote_is_a_character(tmp_path):
    data = 'part\tsize\tprice\nmast\t12"\t90\nsail\t9\t45\n'
    assert texts(load(tmp_path, "a.tsv", data), "row") == [
        'part: mast; size: 12"; price: 90',
        "part: sail; size: 9; price: 45",
    ]


def test_separator_that_excel_declares_and_another_charset(tmp_path):
    data = "sep=;\r\nTeil;Preis, €;Maß\r\nGroßmast;90;3\r\n".encode("cp1252")
    assert texts(load(tmp_path, "a.csv", data), "row") == [
        "Teil: Großmast; Preis, €: 90; Maß: 3",
    ]


def test_decimal_commas_do_not_separate(tmp_path):
    data = "part;price;weight\nmast;90,50;3,1\nsail;45,00;2,2\n"
    assert texts(load(tmp_path, "a.csv", data), "row")[0] == "part: mast; price: 90,50; weight: 3,1"


def test_a_column_of_words(tmp_path):
    assert texts(load(tmp_path, "a.csv", "red\ngreen\nblue\n"), "row") == ["red", "green", "blue"]


def test_a_very_wide_row(tmp_path):
    found = load(tmp_path, "a.csv", ",".join(["x"] * 200_000))
    assert len(found.blocks) == 1
