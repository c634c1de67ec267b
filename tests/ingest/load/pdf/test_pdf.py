"""PDF: lines to paragraphs, headings, lists, tables, columns, running headers and pages."""

from __future__ import annotations

import pytest

from ingest.errors import NoText
from ingest.load.read import load_file
from tests.ingest.load.samples import Line, blocks, column, load, pdf, table, texts

PROSE = [
    "The station reports every ten minutes while the battery is",
    "full, and every hour when it is not. The interval can be",
    "changed on the set-up page at any time.",
]


def test_wrapped_lines_are_one_paragraph(tmp_path):
    page = [*column(PROSE), *column(["Another paragraph stands apart."], y=690)]
    assert blocks(load(tmp_path, "a.pdf", pdf([page]))) == [
        ("paragraph", " ".join(PROSE)),
        ("paragraph", "Another paragraph stands apart."),
    ]


def test_paragraph_that_ends_in_a_short_line(tmp_path):
    page = column([*PROSE[:2], "changed.", *PROSE])
    found = texts(load(tmp_path, "a.pdf", pdf([page])), "paragraph")
    assert found == [" ".join([*PROSE[:2], "changed."]), " ".join(PROSE)]


def test_headings_by_size_and_weight(tmp_path):
    page = [
        Line(72, 780, "Operating manual", 24),
        Line(72, 740, "Installation", 16),
        *column(PROSE, y=710),
        Line(72, 655, "Switching on", 11, bold=True),
        *column(PROSE, y=635),
        Line(72, 580, "Table 1: what is bold but no heading", 11, bold=True),
        *column(PROSE, y=560),
    ]
    document = load(tmp_path, "a.pdf", pdf([page]))
    assert [b for b in blocks(document) if b[0].startswith("h")] == [
        ("h1", "Operating manual"),
        ("h2", "Installation"),
        ("h3", "Switching on"),
    ]
    assert document.title == "Operating manual"


def test_lists(tmp_path):
    page = [
        *column(["Before you begin, have these at hand:"]),
        *column(["• a spirit level and a compass that is not near any other", "   steel"], y=740),
        *column(["• a spanner"], y=712),
        Line(72, 690, "1."),
        Line(100, 690, "Dig a hole."),
        Line(72, 670, "2."),
        Line(100, 670, "Fill it with concrete."),
        Line(72, 650, "5.3"),
        Line(100, 650, "A clause keeps its number."),
        Line(72, 630, "5.4"),
        Line(100, 630, "So does the next."),
    ]
    assert blocks(load(tmp_path, "a.pdf", pdf([page])))[1:] == [
        ("item", "a spirit level and a compass that is not near any other steel"),
        ("item", "a spanner"),
        ("item", "1. Dig a hole."),
        ("item", "2. Fill it with concrete."),
        ("paragraph", "5.3 A clause keeps its number."),
        ("paragraph", "5.4 So does the next."),
    ]


def test_words_divided_at_line_ends(tmp_path):
    page = column(
        [
            "The in-network price holds for every ther-",
            "mometer that is bought from an in-",
            "network dealer, whatever the WS-",
            "40 costs elsewhere.",
        ]
    )
    assert load(tmp_path, "a.pdf", pdf([page])).text == (
        "The in-network price holds for every thermometer that is bought from an in-network "
        "dealer, whatever the WS-40 costs elsewhere."
    )


CODES = [
    ["Code", "Cause", "What to do"],
    ["E11", "Battery is low", "Clean the panel."],
    ["E12", "Battery is empty", "Charge or replace the\nbattery."],
    ["E13", "Panel reversed", ""],
    ["E21", "Sensor is silent for\nfive minutes", "Check the plug."],
]


@pytest.mark.parametrize("bold_header", [True, False])
def test_table_with_header_wrapped_and_empty_cells(tmp_path, bold_header):
    page = [*column(PROSE), *table(CODES, (72, 140, 300), bold_header=bold_header)]
    page += column(["After the table."], y=520)
    document = load(tmp_path, "a.pdf", pdf([page]))
    assert blocks(document)[1:] == [
        ("row", "Code: E11; Cause: Battery is low; What to do: Clean the panel."),
        ("row", "Code: E12; Cause: Battery is empty; What to do: Charge or replace the battery."),
        ("row", "Code: E13; Cause: Panel reversed"),
        ("row", "Code: E21; Cause: Sensor is silent for five minutes; What to do: Check the plug."),
        ("paragraph", "After the table."),
    ]


def test_table_without_header(tmp_path):
    rows = [["Document", "LI-MAN-040"], ["Issue", "6, of 14 May"], ["Approved by", "M. Sowden"]]
    page = [*column(PROSE), *table(rows, (72, 200))]
    assert texts(load(tmp_path, "a.pdf", pdf([page])), "row") == [
        "Document: LI-MAN-040",
        "Issue: 6, of 14 May",
        "Approved by: M. Sowden",
    ]


def test_table_goes_on_over_the_page_with_its_header(tmp_path):
    more = [["E31", "No network", "Wait."], ["E32", "No card", "Put one in."]]
    pages = [
        [*column(PROSE), *table(CODES, (72, 140, 300), bold_header=True)],
        table(more, (72, 140, 300), y=780),
    ]
    document = load(tmp_path, "a.pdf", pdf(pages))
    last = texts(document, "row")[-2:]
    assert last[0] == "Code: E31; Cause: No network; What to do: Wait."
    assert document.text[document.page_starts[1] :] == "\n".join(last)


def test_table_of_contents(tmp_path):
    lines = [("1 Purpose", "2"), ("2 Method", "4"), ("3 Results", "9")]
    page = [Line(72, 780, "Contents", 18)]
    for index, (title, number) in enumerate(lines):
        page.append(Line(72, 740 - 16 * index, title + " " + ". " * 40))
        page.append(Line(500, 740 - 16 * index, number))
    page += column(PROSE, y=650)
    assert texts(load(tmp_path, "a.pdf", pdf([page])), "row") == [
        "1 Purpose: 2",
        "2 Method: 4",
        "3 Results: 9",
    ]


def two_columns():
    left = [f"left line {number} of the first column is so" for number in range(20)]
    right = [f"right line {number} of the second one is so" for number in range(20)]
    return left, right, column(left, x=60), column(right, x=320)


def test_columns_drawn_one_after_the_other(tmp_path):
    left, right, first, second = two_columns()
    document = load(tmp_path, "a.pdf", pdf([[*first, *second]]))
    assert document.text == " ".join([*left, *right])


def test_columns_drawn_line_by_line(tmp_path):
    left, right, first, second = two_columns()
    across = [line for pair in zip(first, second, strict=True) for line in pair]
    document = load(tmp_path, "a.pdf", pdf([[Line(60, 800, "A heading above both", 20), *across]]))
    assert document.text == "\n\n".join(["A heading above both", " ".join([*left, *right])])


def test_running_headers_and_page_numbers(tmp_path):
    pages = [
        [
            Line(72, 810, "WS-40 manual"),
            Line(480, 810, f"Issue {number}"),
            *column([f"This is what page {number} says about it."], y=600),
            Line(290, 30, str(number)),
        ]
        for number in range(1, 6)
    ]
    document = load(tmp_path, "a.pdf", pdf(pages))
    assert document.text.count("WS-40 manual") == 1
    assert document.text.count("Issue") == 1
    assert (
        document.text.split()
        == (
            "WS-40 manual Issue 1 "
            + " ".join(f"This is what page {number} says about it." for number in range(1, 6))
        ).split()
    )


def test_what_repeats_in_the_middle_of_pages_stays(tmp_path):
    pages = [column(["Read this first.", "1."], y=500) for _ in range(4)]
    assert load(tmp_path, "a.pdf", pdf(pages)).text.count("Read this first.") == 4


def test_pages_and_a_sentence_over_a_page_break(tmp_path):
    pages = [
        column(["The valve is closed when the"]),
        [],
        column(["water has fallen. It is opened again later."]),
        column(["A new page with a new sentence."]),
        [],
    ]
    document = load(tmp_path, "a.pdf", pdf(pages))
    first = "The valve is closed when the water has fallen. It is opened again later."
    assert document.text == f"{first}\n\nA new page with a new sentence."
    water, new = document.text.index("water"), document.text.index("A new")
    assert document.page_starts == (0, water, water, new, len(document.text))
    assert document.empty_pages == (2, 5)


def test_document_of_page_numbers_only_is_not_lost(tmp_path):
    assert load(tmp_path, "a.pdf", pdf([[Line(290, 30, "7")]])).text == "7"


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_page_that_is_turned(tmp_path, angle):
    step = {90: (14, 0), 180: (0, 14), 270: (-14, 0)}[angle]
    page = [
        Line(300 + step[0] * index, 400 + step[1] * index, text, angle=angle)
        for index, text in enumerate(PROSE)
    ]
    assert load(tmp_path, "a.pdf", pdf([page])).text == " ".join(PROSE)


def test_turned_text_beside_upright_text(tmp_path):
    page = [*column(PROSE), Line(30, 300, "Draft, do not copy", angle=90)]
    assert blocks(load(tmp_path, "a.pdf", pdf([page]))) == [
        ("paragraph", " ".join(PROSE)),
        ("paragraph", "Draft, do not copy"),
    ]


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Service agreement", "Service agreement"),
        ("", "The first heading"),
        ("untitled", "The first heading"),
        ("Microsoft Word - draft 3.doc", "The first heading"),
        ("manual-v2.indd", "The first heading"),
    ],
)
def test_title_and_metadata(tmp_path, written, title):
    page = [Line(72, 780, "The first heading", 20), *column(PROSE, y=740)]
    information = f"/Title({written})/Author(Ann Lee)/CreationDate(D:20260314120000Z)"
    document = load(tmp_path, "a.pdf", pdf([page], information))
    assert document.title == title
    assert document.metadata == {"author": "Ann Lee", "created": "2026-03-14"}


def test_title_page_of_headings_only(tmp_path):
    cover = [Line(72, 700, "Contoso", 30), Line(72, 640, "Health plan", 20)]
    assert load(tmp_path, "a.pdf", pdf([cover, column(PROSE * 3)])).title == "Contoso: Health plan"


def test_page_that_cannot_be_loaded_counts_as_empty(tmp_path):
    data = pdf([column(PROSE), column(PROSE)]).replace(b"8 0 R]/Count", b"9 9 R]/Count")
    document = load(tmp_path, "a.pdf", data)
    assert document.text == " ".join(PROSE)
    (tmp_path / "b.pdf").write_bytes(pdf([[]]))
    with pytest.raises(NoText, match="its page"):
        load_file(tmp_path / "b.pdf")
