"""Rows without a structure of their own: titles, names of columns and remarks are found."""

from __future__ import annotations

from ingest.load.common.flat_tables import flat_blocks


def lines(rows: list[list[str]]) -> list[str]:
    return [block.text for block in flat_blocks(rows)]


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
