"""A table of fields on the documents page, without a browser."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.store.directory import Store
from rag_app.extraction.output import write_rows
from rag_app.ui.extraction.state import Extraction, ExtractionState
from tests.ui.conftest import OpenPage
from tests.ui.documents.test_documents import documents_page

Filled = Callable[[], Extraction]

INVOICES = {
    f"invoice-{number}.md": (
        f"# Invoice\n\n- Invoice number: INV-{number}\n- Due date: {number + 1} March 2026\n\n"
        f"| Item | Price |\n|---|---|\n| Oak shelf | £{number}0.00 |\n\nTotal due: £{number}0.00\n"
    )
    for number in (1, 2, 3)
}


@pytest.fixture
def page(tmp_path: Path, embedder: Embedder, open_page: OpenPage) -> AppTest:
    """The form for the fields of three invoices."""
    folder, store = tmp_path / "invoices", tmp_path / "store"
    folder.mkdir()
    for name, text in INVOICES.items():
        (folder / name).write_text(text, encoding="utf-8")
    ingest_paths([folder], store=store, embedder=embedder)
    page = documents_page(open_page(store))
    return page.button(key="extract-selected").click().run()


@pytest.fixture
def filled(tmp_path: Path, page: AppTest) -> Callable[[], Extraction]:
    """Gives the table that was begun last, when it is filled."""

    def finished() -> Extraction:
        directory = Store(tmp_path / "store", "default").directory
        state = page.session_state[f"extraction of {directory}"]
        assert isinstance(state, ExtractionState)
        assert state.table is not None
        assert state.table.wait(60)
        page.run()
        return state.table

    return finished


def name_fields(page: AppTest, *fields: tuple[str, str]) -> None:
    for line, (name, kind) in enumerate(fields):
        page.text_input(key=f"field-name-{line}").set_value(name)
        page.selectbox(key=f"field-kind-{line}").set_value(kind)


def html_of(page: AppTest) -> str:
    return "".join(block.proto.body for block in page.get("html"))


def test_a_table_fills_and_its_cells_lead_to_their_words(page: AppTest, filled: Filled) -> None:
    page.button(key="extract-begin").click().run()
    assert page.warning[0].value == "Name at least one field that you want of each document."
    name_fields(page, ("Invoice number", "text"), ("Total", "money"), ("Blood pressure", "number"))
    page.button(key="extract-begin").click().run()
    table = filled()
    assert not page.exception
    shown = html_of(page)
    for words in ("INV-2", "20.00 GBP", "not found", "3 of 3 documents; 6 of 9 fields found"):
        assert words in shown
    page.button(key="open-cell-1-1").click().run()
    assert not page.exception
    assert "Total due: £20.00" in html_of(page)
    assert "rag-here" in html_of(page)

    text = write_rows(table.fields, table.rows, "csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["Total"] for row in rows] == ["10.00 GBP", "20.00 GBP", "30.00 GBP"]
    assert len(page.get("download_button")) == 2

    page.button(key="extract-close").click().run()
    assert "Extract fields" not in [title.value for title in page.title]
    page.button(key="extract-selected").click().run()
    assert "30.00 GBP" in html_of(page)


@pytest.mark.long
def test_fields_are_added_removed_and_named_once(page: AppTest) -> None:
    page.button(key="field-add").click().run()
    assert len([one for one in page.text_input if one.label == "Field"]) == 4
    page.button(key="field-remove-0").click().run()
    assert len([one for one in page.text_input if one.label == "Field"]) == 3
    for line in (1, 2):
        page.text_input(key=f"field-name-{line}").set_value("Total")
    page.button(key="extract-begin").click().run()
    assert "two fields called" in page.warning[0].value
