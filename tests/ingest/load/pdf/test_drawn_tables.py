"""Tables whose lines are drawn: cells that reach over several rows or columns, and names of columns
that the next page says again, or not."""

from __future__ import annotations

from io import BytesIO

import pytest
from reportlab.lib import colors
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table, TableStyle

from benchmarks.pdf_tables import SIZE
from ingest.load.pdf.picture import draw_page
from ingest.load.read import load_bytes

GRID = ("GRID", (0, 0), (-1, -1), 0.5, colors.black)
BOX = ("BOX", (0, 0), (-1, -1), 0.5, colors.black)


def drawn(rows: list[list[str]], *style: tuple[object, ...], repeat: int = 0) -> bytes:
    """A PDF with a table."""
    file = BytesIO()
    cells = [[Paragraph(one, SIZE) if len(one) > 30 else one for one in row] for row in rows]
    table = Table(cells, style=TableStyle(style), repeatRows=repeat)
    parts: list[Flowable] = [Paragraph("What the plans cost is listed here.", SIZE), table]
    SimpleDocTemplate(file).build(parts)
    return file.getvalue()


def lines(rows: list[list[str]], *style: tuple[object, ...], repeat: int = 0) -> list[str]:
    """The lines of the text of a PDF with a table."""
    return load_bytes(drawn(rows, *style, repeat=repeat), "plans.pdf").text.split("\n")


MERGED = (
    [
        ["Plan", "Price", "", ""],
        ["", "Monthly", "Yearly", "Setup"],
        ["Basic", "5", "50", "0"],
        ["Pro", "9", "90", "10"],
        ["", "12", "120", "20"],
    ],
    GRID,
    ("SPAN", (0, 0), (0, 1)),
    ("SPAN", (1, 0), (3, 0)),
    ("SPAN", (0, 3), (0, 4)),
)
ROWS = [
    "Plan: Basic; Price Monthly: 5; Price Yearly: 50; Price Setup: 0",
    "Plan: Pro; Price Monthly: 9; Price Yearly: 90; Price Setup: 10",
    "Plan: Pro; Price Monthly: 12; Price Yearly: 120; Price Setup: 20",
]


def test_merged_cells_name_and_label_all_that_they_reach_over() -> None:
    assert lines(*MERGED)[-3:] == ROWS


def test_merged_cells_are_told_by_the_places_of_words_where_no_line_is_drawn() -> None:
    rows = [
        ["Part", "Site", "South", "", "North", ""],
        ["", "", "Costs", "Sales", "Costs", "Sales"],
        ["Seal", "Bergen", "927", "992", "268", "887"],
        ["", "Bremen", "469", "590", "177", "449"],
        ["Gasket", "Gdansk", "773", "462", "236", "993"],
        ["", "Turku", "175", "972", "252", "811"],
    ]
    spans = [
        ("SPAN", (2, 0), (3, 0)),
        ("SPAN", (4, 0), (5, 0)),
        ("ALIGN", (2, 0), (-1, 0), "CENTER"),
    ]
    assert lines(rows, *spans)[-4:-2] == [
        "Part: Seal; Site: Bergen; South Costs: 927; South Sales: 992; North Costs: 268; "
        "North Sales: 887",
        "Part: Seal; Site: Bremen; South Costs: 469; South Sales: 590; North Costs: 177; "
        "North Sales: 449",
    ]


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_merged_cells_is_marked_on_its_page(row: str) -> None:
    data = drawn(*MERGED)
    text = load_bytes(data, "plans.pdf").text
    start = text.index(row)
    picture = draw_page(data, 1, text, [(start, start + len(row))])
    # The label that reaches over several rows, and the names above them, with the numbers.
    assert picture.is_whole and picture.words == row.replace(":", "").replace(";", "")


def test_rows_between_two_lines_are_told_from_text_of_several_lines() -> None:
    long = "Second source in Poland by June; safety stock of three hundred pieces"
    names = ["Risk", "Measure", "Owner"]
    wrapped = lines([names, ["Energy", long, "Keller"], ["Freight", long, "Roth"]], GRID)
    assert f"Risk: Energy; Measure: {long}; Owner: Keller" in wrapped
    # Three rows, of which only the columns are drawn.
    stacked = lines(
        [["Part", "Stock", "Price"], ["Pump\nValve\nHose", "7\n12\n9", "1.50\n2.75\n0.95"]], GRID
    )
    assert stacked[-3:] == ["Pump | 7 | 1.50", "Valve | 12 | 2.75", "Hose | 9 | 0.95"] or (
        stacked[-1] == "Part: Hose; Stock: 9; Price: 0.95"
    )


@pytest.mark.parametrize("repeat", [0, 1])
@pytest.mark.parametrize("style", [(GRID,), ()])
def test_a_table_goes_on_on_the_next_page(
    style: tuple[tuple[object, ...], ...], repeat: int
) -> None:
    rows = [[f"Pump {number}", f"B-{number}", f"C-{number + 7}"] for number in range(10, 80)]
    found = lines([["Part", "Shelf", "Weight kg"], *rows], *style, repeat=repeat)
    assert [line for line in found if line.startswith("Part: ")] == [
        f"Part: {part}; Shelf: {shelf}; Weight kg: {weight}" for part, shelf, weight in rows
    ]


def test_a_frame_around_text_is_no_table() -> None:
    found = lines([["Opening hours are from nine to five on weekdays, not on Sundays."]], BOX)
    assert "Opening hours are from nine to five on weekdays, not on Sundays." in found
