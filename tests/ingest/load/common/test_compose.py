"""Blocks joined to one text: offsets, pages, characters, and rows of tables."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.load.common.clean import clean, clean_code
from ingest.load.common.compose import compose
from ingest.load.common.headers import looks_like_header
from ingest.load.common.hyphens import HYPHEN, rejoin, vocabulary
from ingest.load.common.tables import Cell, table_lines
from ingest.records import Block
from tests.ingest.load.samples import check

KINDS = st.sampled_from(["heading", "paragraph", "item", "row", "code"])


@st.composite
def block_lists(draw):
    found = []
    page = 1
    for _ in range(draw(st.integers(0, 12))):
        kind = draw(KINDS)
        page += draw(st.integers(0, 2))
        text = draw(st.text(st.characters(codec=None), max_size=20))
        found.append(Block(kind, text, 1 if kind == "heading" else 0, page))
    return found, page + draw(st.integers(0, 2))


@given(block_lists())
def test_every_block_is_found_in_the_text_where_it_says(sample):
    found, pages = sample
    document = compose("pdf", found, pages=pages)
    check(document)
    document.text.encode()
    assert len(document.page_starts) == pages
    assert set(document.empty_pages) <= set(range(1, pages + 1))
    cleaned = [clean_code(b.text) if b.kind == "code" else clean(b.text) for b in found]
    position = 0
    for text in filter(None, cleaned):
        # A block may have been joined to the one before it, but is there, word for word.
        position = document.text.index(text.rstrip("-") if text.strip("-") else text, position)


@given(block_lists())
def test_blocks_without_pages_are_never_joined(sample):
    found = [Block(block.kind, block.text, block.level) for block in sample[0]]
    document = compose("text", found)
    expected = [
        text
        for block in found
        if (text := clean_code(block.text) if block.kind == "code" else clean(block.text))
    ]
    assert [document.text[b.start : b.end] for b in document.blocks] == expected
    assert document.page_starts == ()


@given(st.text(st.characters(codec=None)))
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)
    assert clean_code(clean_code(text)) == clean_code(text)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("  two\n  words\t ", "two words"),
        ("10\u00a0kg\u202fnet", "10 kg net"),
        ("co\u00adoperate", "cooperate"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("\ufb01nd the o\ufb03ce", "find the office"),
        ("cafe\u0301", "café"),
        ("m\u00b2 and H\u2082O", "m\u00b2 and H\u2082O"),
        ("a\x00b\x07c\ud800d", "abcd"),
        ("hide\U000e0041\u202eme", "hideme"),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("e\u200cx", "ex"),
    ],
)
def test_characters(raw, cleaned):
    assert clean(raw) == cleaned


def test_code_keeps_its_lines():
    assert clean_code("\r\n\n  if x:\r\n      y\t \n\n") == "  if x:\n      y"


def test_items_and_rows_stand_closer_than_paragraphs():
    kinds = ["paragraph", "item", "item", "row", "row", "paragraph"]
    document = compose(
        "text", [Block(kind, letter) for kind, letter in zip(kinds, "abcdef", strict=True)]
    )
    assert document.text == "a\n\nb\nc\n\nd\ne\n\nf"


def test_page_starts_and_empty_pages():
    document = compose(
        "pdf", [Block("paragraph", "One.", page=1), Block("heading", "Four", 1, 4)], pages=5
    )
    assert document.text == "One.\n\nFour"
    assert document.page_starts == (0, 6, 6, 6, 10)
    assert document.empty_pages == (2, 3, 5)


@pytest.mark.parametrize(
    ("left", "right", "joined"),
    [
        ("The valve must be", "closed at night.", "The valve must be closed at night."),
        ("It costs 5 pounds,", "Larkfield says.", "It costs 5 pounds, Larkfield says."),
        ("The main ther-", "mometer is broken.", "The main thermometer is broken."),
        (
            "It is in-",
            "network care. The network is in town.",
            "It is in-network care. The network is in town.",
        ),
    ],
)
def test_sentence_over_a_page_break(left, right, joined):
    document = compose(
        "pdf", [Block("paragraph", left, page=1), Block("paragraph", right, page=2)], pages=2
    )
    assert document.text == joined
    assert len(document.blocks) == 1
    assert document.text[document.page_starts[1] :] == right


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Block("paragraph", "It ends here.", page=1), Block("paragraph", "next", page=2)),
        (Block("paragraph", "No full stop", page=1), Block("paragraph", "Next", page=2)),
        (Block("heading", "a heading", 1, 1), Block("paragraph", "next", page=2)),
        (Block("paragraph", "same page", page=1), Block("paragraph", "next", page=1)),
        (Block("row", "a | b", page=1), Block("row", "c | d", page=2)),
    ],
)
def test_what_is_not_joined_over_a_page_break(left, right):
    assert len(compose("pdf", [left, right], pages=2).blocks) == 2


def test_metadata_can_be_written_as_json():
    document = compose(
        "markdown",
        [Block("paragraph", "x")],
        metadata={"date": date(2026, 5, 1), 3: {"a": [1, float("nan"), "\ud800b"]}, "set": {1}},
    )
    assert document.metadata["date"] == "2026-05-01"
    json.dumps(dict(document.metadata), allow_nan=False).encode()


def test_divided_words():
    words = vocabulary(
        ["the out-of-network network is in co", f"a line-{HYPHEN} end of the thermometer"]
    )
    assert rejoin("thermo", "meter", words) == "thermometer"
    assert rejoin("out-of", "network", words) == "out-of-network"
    assert rejoin("in", "network", words) == "in-network"
    assert rejoin("WS", "40", words) == "WS-40"
    assert rejoin("pre", "and post-war", words) == "pre- and post-war"


def cells(rows):
    return [[Cell(text) for text in row] for row in rows]


def test_rows_of_a_table():
    rows = cells([["Name", "Age"], ["Ann", "30"], ["Bob", ""]])
    assert table_lines(rows, 1) == ["Name: Ann; Age: 30", "Name: Bob"]
    assert table_lines(rows) == ["Name: Age", "Ann: 30", "Bob"]
    assert table_lines(cells([["a", "b", "c"], ["d", "", "f"]])) == ["a | b | c", "d | f"]
    assert table_lines(cells([["Only", "Header"]]), 1) == ["Only | Header"]
    assert table_lines([]) == []


def test_merged_cells():
    rows = [
        [Cell("Region", rows=2), Cell("Sales", columns=2)],
        [Cell("2024"), Cell("2025")],
        [Cell("North", rows=2), Cell("1"), Cell("2")],
        [Cell("none in either year", columns=2)],
        [Cell("All figures in thousands", columns=3)],
    ]
    assert table_lines(rows, 2) == [
        "Region: North; Sales 2024: 1; Sales 2025: 2",
        "Region: North; Sales 2024 / Sales 2025: none in either year",
        "All figures in thousands",
    ]


def test_long_text_in_a_merged_cell_is_said_once():
    long = "word " * 30
    lines = table_lines([[Cell(long, rows=3), Cell("a")], [Cell("b")], [Cell("c")]])
    assert "\n".join(lines).count(long.strip()) == 1


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["Code", "Type", "Cause"], ["E1", "F", "fire"]], True),
        ([["Code", "Type", "12"], ["E1", "F", "fire"]], False),
        ([["Code", "", "Cause"], ["E1", "F", "fire"]], False),
        ([["Code", "Code", "Cause"], ["E1", "F", "fire"]], False),
        ([["Part", "Price"], ["A", "12.50"], ["B", "8"]], True),
        ([["Author", "Jane"], ["Version", "1.2"], ["Date", "3 May"]], False),
        ([["Code", "Type", "Cause"]], False),
    ],
)
def test_header_of_an_unmarked_table(rows, expected):
    assert looks_like_header(rows) is expected
