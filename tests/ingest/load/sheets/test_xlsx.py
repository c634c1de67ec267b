"""Excel workbooks: rows that can be quoted alone, under the right names."""

from __future__ import annotations

import time
import zipfile
from datetime import date, datetime, timedelta
from datetime import time as clock
from io import BytesIO

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import Font

from ingest.errors import BrokenFile
from ingest.load.common.choices import Choices
from ingest.load.sandbox.reader import IsolatedReader
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


def test_numbers_are_read_as_they_are_shown(tmp_path, book):
    sheet = book.active
    for name, value, code in (
        ("Rent", 1250.5, '#,##0.00 "€"'),
        ("Rent in Bonn", 1250.5, "#,##0.00\\ [$€-407]"),
        ("Rent in Boston", 1250.5, "$#,##0.00"),
        ("Postcode", 1067, "00000"),
        ("Worked", timedelta(hours=30, minutes=15), "[h]:mm"),
        ("Opens", clock(8, 45), "HH:MM"),
        ("Weight", 12, '0 "kg"'),
        ("Cost", 5_300_000, '#,##0,"k"'),
        ("Share", 0.125, "0.0%"),
        ("Loss", -500, "#,##0;(#,##0)"),
        ("Length", 2.75, "# ?/?"),
        ("Phone", 491701234567, "+00 000 0000000"),
        ("None", 0, '_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-'),
        ("Month", date(2025, 3, 1), "MMM YYYY"),
        ("Rounded", 3.14159265, "0.00"),
        ("Tiny", 1.23e-05, "0.00E+00"),
        ("Plain", 0.1 + 0.2, "General"),
    ):
        sheet.append([name, value])
        sheet.cell(sheet.max_row, 2).number_format = code
    assert texts(load(tmp_path, "a.xlsx", saved(book)), "row") == [
        "Rent: 1,250.50 €",
        "Rent in Bonn: 1.250,50 €",
        "Rent in Boston: $1,250.50",
        "Postcode: 01067",
        "Worked: 30:15",
        "Opens: 08:45",
        "Weight: 12 kg",
        "Cost: 5,300k",
        "Share: 12.5%",
        "Loss: (500)",
        "Length: 2 3/4",
        "Phone: +49 170 1234567",
        "None: 0.00",
        "Month: 2025-03",
        "Rounded: 3.14",
        "Tiny: 1.23E-05",
        "Plain: 0.3",
    ]


def test_merged_names_and_labels(tmp_path, book):
    sheet = book.active
    for row in (
        ["Budget of the yard", None, None, None],
        ["Team", "Plan", None, "Note"],
        [None, "May", "June", None],
        ["Deck", 10, 12, "late"],
        [None, 20, 22, None],
    ):
        sheet.append(row)
    for merged in ("A1:D1", "A2:A3", "B2:C2", "D2:D3", "A4:A5"):
        sheet.merge_cells(merged)
    assert blocks(load(tmp_path, "a.xlsx", saved(book)))[1:] == [
        ("paragraph", "Budget of the yard"),
        ("row", "Team: Deck; Plan May: 10; Plan June: 12; Note: late"),
        ("row", "Team: Deck; Plan May: 20; Plan June: 22"),
    ]


def test_names_in_bold_type(tmp_path, book):
    for row in (["Name", "Role"], ["Ann", "Cook"], ["Bob", "Mate"]):
        book.active.append(row)
    assert texts(load(tmp_path, "a.xlsx", saved(book)), "row")[0] == "Name: Role"
    for cell in book.active[1]:
        cell.font = Font(bold=True)
    assert texts(load(tmp_path, "b.xlsx", saved(book)), "row") == [
        "Name: Ann; Role: Cook",
        "Name: Bob; Role: Mate",
    ]


def test_what_is_hidden_is_left_out_and_told(tmp_path, book):
    sheet = book.active
    for row in (["Name", "Role", "Pay", "Age"], ["Ann", "Cook", 9, 30], ["Bob", "Mate", 8, 40]):
        sheet.append(row)
    sheet.append(["Cy", "Boy", 1, 12])
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["C"].hidden = True
    book.create_sheet("Rates").sheet_state = "veryHidden"
    found = load(tmp_path, "a.xlsx", saved(book))
    assert texts(found, "row") == ["Name: Ann; Role: Cook; Age: 30", "Name: Cy; Role: Boy; Age: 12"]
    assert found.notes == ("1 hidden row, 1 hidden column, 1 hidden sheet not read",)


def test_what_is_hidden_is_read_where_a_user_asks_for_it(book):
    for row in (["Name", "Role", "Pay"], ["Ann", "Cook", 9], ["Bob", "Mate", 8]):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["C"].hidden = True
    with IsolatedReader(choices=Choices(hidden=True)) as reader:
        found = reader.load(saved(book), "a.xlsx")
    assert texts(found, "row")[-1] == "Name: Bob; Role: Mate; Pay: 8"
    assert found.notes == ()


def test_a_formula_that_was_never_calculated_is_shown_and_told(tmp_path, book):
    for row in (["Item", "Price"], ["Mast", 90], ["Sail", 45], ["Total", "=SUM(B2:B3)"]):
        book.active.append(row)
    found = load(tmp_path, "a.xlsx", saved(book))
    assert texts(found, "row")[-1] == "Item: Total; Price: =SUM(B2:B3)"
    assert found.notes == ("1 formula without a stored result, shown as written; save it in Excel",)


def test_comments_and_charts_follow_their_sheet(tmp_path, book):
    sheet = book.active
    for row in (["Part", "Price"], ["Mast", 90], ["Sail", 45]):
        sheet.append(row)
    sheet["B2"].comment = Comment("Dearer from June", "Ann")
    chart = BarChart()
    chart.title = "Prices"
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    sheet.add_chart(chart)
    found = load(tmp_path, "a.xlsx", saved(book))
    assert texts(found, "paragraph") == [
        "Comment on Mast, 90 (B2), by Ann: Dearer from June",
        "Prices",
    ]


def test_raised_and_struck_out_characters(tmp_path, book):
    sheet = book.active
    raised, struck = InlineFont(vertAlign="superscript"), InlineFont(strike=True)
    sheet["A1"] = CellRichText(
        "10", TextBlock(raised, "6"), " cells, ", TextBlock(struck, "99 "), "79"
    )
    data = saved(book)
    assert texts(load(tmp_path, "a.xlsx", data), "row") == ["10⁶ cells, ~~99~~ 79"]
