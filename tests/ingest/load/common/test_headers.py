"""Headers that a table does not mark: merged, of two lines, with no corner, long, repeated."""

from __future__ import annotations

import pytest

from ingest.load.common.flat_tables import flat_blocks
from ingest.load.common.headers import find_header
from ingest.load.common.tables import LONGEST_ROW, Cell, table_lines


def lines(rows: list[list[str]], spans: dict[int, dict[int, int]] | None = None) -> list[str]:
    return [block.text for block in flat_blocks(rows, spans)]


def test_an_index_has_no_name():
    assert lines([["", "Part", "Price"], ["0", "Mast", "90"], ["1", "Sail", "45"]]) == [
        "0; Part: Mast; Price: 90",
        "1; Part: Sail; Price: 45",
    ]


def test_a_name_may_be_a_question():
    question = "How content are you with the delivery of the parts that you ordered in May?"
    rows = [["Name", question, "Again?"], ["Ann", "Very", "Yes"], ["Bob", "Not at all", "No"]]
    assert lines(rows)[1] == f"Name: Bob; {question}: Not at all; Again?: No"
    prose = [["Mast", question, "wood"], ["Sail", question.replace("parts", "sails"), "cloth"]]
    assert lines(prose)[0] == f"Mast | {question} | wood"


def test_two_columns_of_one_name():
    rows = [["Site", "Depth", "Depth", "Unit"], ["A", "3", "4", "m"], ["B", "7", "5", "m"]]
    assert lines(rows)[1] == "Site: B; Depth: 7; Depth: 5; Unit: m"
    words = [["red", "blue", "blue"], ["green", "red", "blue"]]
    assert lines(words) == ["red | blue | blue", "green | red | blue"]


def test_groups_above_names_with_and_without_merged_cells():
    rows = [
        ["Team", "Plan", "", "Spent", ""],
        ["", "May", "June", "May", "June"],
        ["Deck", "10", "12", "9", "14"],
        ["Sails", "20", "22", "19", "24"],
    ]
    expected = [
        "Team: Deck; Plan May: 10; Plan June: 12; Spent May: 9; Spent June: 14",
        "Team: Sails; Plan May: 20; Plan June: 22; Spent May: 19; Spent June: 24",
    ]
    assert lines(rows) == expected
    assert lines(rows, {0: {1: 2, 3: 2}}) == expected
    texts = [["Contact", "", "Room"], ["Name", "Town", ""], ["Ann", "Ulm", "A"]]
    assert lines(texts, {0: {0: 2}}) == ["Contact Name: Ann; Contact Town: Ulm; Room: A"]


def test_units_below_names():
    rows = [
        ["Part", "Weight", "Length"],
        ["", "kg", "m"],
        ["Mast", "90", "12"],
        ["Boom", "20", "4"],
    ]
    assert lines(rows) == [
        "Part: Mast; Weight kg: 90; Length m: 12",
        "Part: Boom; Weight kg: 20; Length m: 4",
    ]


def test_tables_side_by_side():
    rows = [
        ["Part", "Price", "", "Port", "Depth"],
        ["Mast", "90", "", "Ulm", "3"],
        ["Sail", "45", "", "Bonn", "5"],
        ["", "", "", "Kiel", "9"],
    ]
    assert lines(rows) == [
        "Part: Mast; Price: 90",
        "Part: Sail; Price: 45",
        "Port: Ulm; Depth: 3",
        "Port: Bonn; Depth: 5",
        "Port: Kiel; Depth: 9",
    ]


def test_a_blank_column_in_a_table():
    rows = [["Part", "Price", "", "Note"], ["Mast", "90", "", "tall"], ["Sail", "45", "", "white"]]
    assert lines(rows)[0] == "Part: Mast; Price: 90; Note: tall"


def test_every_piece_of_a_long_row_has_its_label():
    names = [f"Parameter {number}" for number in range(120)]
    rows = [["Machine", *names]]
    rows += [[machine, *(str(number) for number in range(120))] for machine in ("Mill", "Press")]
    found = lines(rows)
    assert len(found) > 4
    assert all(len(line) <= LONGEST_ROW for line in found)
    assert all(line.startswith(("Machine: Mill; ", "Machine: Press; ")) for line in found)
    assert sum("Parameter 100: 100" in line for line in found) == 2
    marked = table_lines([[Cell(text) for text in row] for row in rows], 1)
    assert marked == found


def test_a_header_without_data_is_kept():
    rows = [[Cell("Part"), Cell("Price", rows=2)], [Cell("")]]
    assert table_lines(rows, 1) == ["Part | Price"]


@pytest.mark.parametrize(
    "rows",
    [
        [["12", "3", "4"], ["5", "6", "7"]],
        [["Ann", "Bob", "Bob"], ["Cy", "Dee", "Ed"]],
        [["Total", "", "", "9"], ["Tax", "", "", "1"]],
    ],
)
def test_data_is_no_header(rows):
    assert find_header([[Cell(text) for text in row] for row in rows]) == []


def test_a_marked_header_goes_on_in_a_row_of_years():
    rows = [["Part", "Sold", "Left"], ["", "2024", "2025"], ["Mast", "9", "3"], ["Sail", "7", "1"]]
    assert table_lines([[Cell(text) for text in row] for row in rows], 1) == [
        "Part: Mast; Sold 2024: 9; Left 2025: 3",
        "Part: Sail; Sold 2024: 7; Left 2025: 1",
    ]
