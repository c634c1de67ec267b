"""A document's text as it is read in the pane."""

from __future__ import annotations

import pytest

from ingest.records import PlacedBlock
from rag_app.ui.widgets.typeset import Mark, marked_html, typeset_html, unwrapped

NASTY = "<img src=x onerror=hit()>"


def placed(*blocks: tuple[str, str]) -> tuple[str, list[PlacedBlock]]:
    """Blocks, each of a kind and its words, as a text and their places in it."""
    text, found = "", []
    for kind, words in blocks:
        found.append(PlacedBlock(kind, len(text), len(text) + len(words), 1))  # type: ignore[arg-type]
        text += f"{words}\n"
    return text, found


def html_of(*blocks: tuple[str, str], marked: str = "") -> str:
    text, found = placed(*blocks)
    start = text.index(marked) if marked else 0
    marks = [Mark(start, start + len(marked), "rag-cited")] if marked else []
    return typeset_html(text, found, (0, len(text)), marks)


def test_rows_under_the_same_heads_are_one_table_with_their_empty_cells() -> None:
    html = html_of(
        ("heading", "Stock"),
        ("row", "Article: A-1; Town: Oslo; Pieces: 3"),
        ("row", "Article: A-2; Pieces: 4"),
        ("row", "Supplier: Fjord; Days: 12"),
        marked="Pieces: 4",
    )
    assert html.count("<table>") == 2
    assert '<th scope="col">Town</th>' in html
    assert "<td>A-2</td><td></td>" in html
    assert '<td><mark class="rag-cited">4</mark></td>' in html


def test_names_and_values_are_a_table_of_two_columns() -> None:
    html = html_of(("row", "Present: Ada"), ("row", "Date: 2 May"), ("row", "no head at all"))
    assert html.count("<table>") == 1
    assert '<th scope="row">Date</th><td>2 May</td>' in html
    assert '<p class="rag-text-row">no head at all</p>' in html


def test_marks_lie_over_each_other_and_end_with_their_block() -> None:
    text, blocks = placed(("paragraph", "The lamp is lit."), ("item", "At dusk."))
    marks = [Mark(4, 22, "rag-cited"), Mark(4, 8, "rag-found")]
    html = typeset_html(text, blocks, (0, len(text)), marks)
    assert 'The <mark class="rag-cited rag-found">lamp</mark>' in html
    assert '<mark class="rag-cited"> is lit.</mark></p>' in html
    assert '<p class="rag-text-item"><mark class="rag-cited">At du</mark>sk.</p>' in html


def test_lines_that_were_broken_for_the_width_of_a_page_go_on() -> None:
    wrapped = "Readings from stations and gauges are kept for as\nlong as the agreement runs."
    assert unwrapped(wrapped) == wrapped.replace("\n", " ")
    german = "Der Vertragspartner und alle seine Tochtergesellschaften haben die\nRechte daran."
    assert unwrapped(german) == german.replace("\n", " ")
    html = html_of(("paragraph", wrapped), ("code", wrapped), marked="as\nlong")
    assert 'kept for <mark class="rag-cited">as long</mark> as' in html
    assert "for as\nlong as" in html  # of code, each line is one


@pytest.mark.parametrize(
    "text",
    [
        "Weir Yard 4\nPenderholt",
        "Close the incident with a summary of two lines at most.\nWrite a review.",
        "Wait for the first green flash, which can take fifteen minutes\n4. Close the lid",
        "What has to be brought along to the meeting of the next product board\n- a lamp",
        "A paragraph of more than forty signs that has no end\n\nand another",
    ],
)
def test_lines_of_their_own_stay(text: str) -> None:
    assert unwrapped(text) == text


def test_whatever_stands_there_is_text() -> None:
    html = html_of(
        ("heading", NASTY), ("code", NASTY), ("row", f"{NASTY}: {NASTY}; b: {NASTY}"),
        marked=NASTY,
    )  # fmt: skip
    assert "<img" not in html and html.count("&lt;img src=x onerror=hit()&gt;") == 5
    assert marked_html(NASTY, 0, 4, []) == "&lt;img"
