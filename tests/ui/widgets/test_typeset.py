"""A document's text as it is read in the pane."""

from __future__ import annotations

from ingest.records import PlacedBlock
from rag_app.ui.widgets.typeset import Mark, marked_html, typeset_html

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


def test_whatever_stands_there_is_text() -> None:
    html = html_of(
        ("heading", NASTY), ("code", NASTY), ("row", f"{NASTY}: {NASTY}; b: {NASTY}"),
        marked=NASTY,
    )  # fmt: skip
    assert "<img" not in html and html.count("&lt;img src=x onerror=hit()&gt;") == 5
    assert marked_html(NASTY, 0, 4, []) == "&lt;img"
