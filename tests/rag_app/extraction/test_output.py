"""Rows as files: what a spreadsheet opens, and what it must not run."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from ingest.errors import UsageError
from rag_app.extraction.output import write_rows
from rag_app.extraction.records import Cell, CellSource, ExtractedRow, Field

FIELDS = (Field("total", "money"), Field("due", "date"), Field("who", "name"))
SOURCE = CellSource("a.pdf", 2, 10, 25, "Total: £1,234.50")


def row(who: str = "Ada", document: str = "a.pdf") -> ExtractedRow:
    return ExtractedRow(
        document,
        (
            Cell("total", "1234.50 GBP", "£1,234.50", SOURCE),
            Cell(
                "due", "2026-03-01", "1 March 2026", CellSource("a.pdf", 1, 0, 12, "1 March 2026")
            ),
            Cell("who", who, who, CellSource("a.pdf", None, 0, len(who), who)),
        ),
    )


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_csv_has_a_source_beside_each_value() -> None:
    empty = tuple(Cell(one.name) for one in FIELDS)
    gone = ExtractedRow("b.pdf", empty, failure="There is no document “b.pdf”")
    lines = read_csv(write_rows(FIELDS, [row(), gone], "csv"))
    assert lines[0][:3] == ["document", "total", "total (source)"]
    assert lines[1][:3] == ["a.pdf", "1234.50 GBP", "a.pdf, page 2, 10–25: “Total: £1,234.50”"]
    assert lines[2] == ["b.pdf", *["not found", ""] * 3, "There is no document “b.pdf”"]


def test_a_workbook_has_numbers_dates_and_sources() -> None:
    book = load_workbook(io.BytesIO(write_rows(FIELDS, [row()], "xlsx")))
    table, sources = book["Fields"], book["Sources"]
    assert (table["B2"].value, table["B2"].number_format) == (1234.5, '#,##0.00 "GBP"')
    assert table["C2"].value == datetime(2026, 3, 1)
    assert [cell.value for cell in sources[2]][:8] == [
        "a.pdf", "total", "1234.50 GBP", "£1,234.50", 2, 10, 25, "Total: £1,234.50",
    ]  # fmt: skip


@settings(max_examples=25)
@given(st.text(min_size=1, max_size=40))
def test_no_text_becomes_a_formula_or_breaks_the_file(words: str) -> None:
    rows = [row(words, words)]
    for line in read_csv(write_rows(FIELDS, rows, "csv"))[1:]:
        assert not line[0].startswith(("=", "+", "@", "\t", "\r"))
    book = load_workbook(io.BytesIO(write_rows(FIELDS, rows, "xlsx")))
    for sheet in book:
        assert all(cell.data_type != "f" for cells in sheet for cell in cells)
    assert json.loads(write_rows(FIELDS, rows, "json"))["rows"][0]["document"] == (
        words.encode("utf-8", "replace").decode()
    )


def test_json_has_all_of_it_and_other_formats_are_refused() -> None:
    whole = json.loads(write_rows(FIELDS, [row()], "json"))
    assert whole["fields"][0] == {"name": "total", "kind": "money", "description": ""}
    assert whole["rows"][0]["cells"][0]["source"]["quote"] == "Total: £1,234.50"
    with pytest.raises(UsageError, match=r"must end in .csv, .xlsx or .json"):
        write_rows(FIELDS, [], "pdf")
