"""The filter of the page: what it offers, that the next questions have it, and being rid of it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app.ui.chat.filters import filter_html
from tests.ui.chat.test_page import QUESTION, QUOTE, ask, buttons, shown
from tests.ui.conftest import FILES, OpenPage

SAID = (
    {"document": "gardens.md", "author": "Ada <b>", "year": 2021, "open": True},
    {"document": "library/loans.txt", "author": "Bo", "year": 2024, "pages read": 3.5},
)


@pytest.fixture(scope="module")
def described_store(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """The two documents, and what a sidecar says of them. Not to be changed."""
    folder = tmp_path_factory.mktemp("described")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "metadata.jsonl").write_text("\n".join(map(json.dumps, SAID)))
    store = tmp_path_factory.mktemp("store")
    ingest_paths([folder], store=store, embedder=embedder)
    return store


def offered(page: AppTest) -> dict[str, list[str]]:
    """The names of the controls, and what each has to choose from."""
    return {one.label.replace("\\", ""): one.options for one in page.multiselect}


def choose(page: AppTest, name: str, *values: object) -> AppTest:
    [control] = [one for one in page.multiselect if one.label.replace("\\", "") == name]
    return control.set_value(list(values)).run()


def test_what_can_be_chosen(open_page: OpenPage, described_store: Path) -> None:
    assert offered(open_page(described_store)) == {
        "Documents": ["gardens.md", "library/loans.txt"],
        "Folders": ["(in no folder)", "library"],
        "Types": ["markdown", "text"],
        "author": ["Ada <b>", "Bo"],
        "open": ["yes"],
        "pages read": ["3.5"],
        "year": ["2021", "2024"],
    }


def test_the_next_questions_are_asked_only_of_what_passes(
    open_page: OpenPage, described_store: Path
) -> None:
    page = choose(open_page(described_store), "Folders", "library")
    assert "Searching only in: folder <b>library</b>" in shown(page)
    page = ask(page, QUESTION)
    assert QUOTE not in shown(page)
    assert "library/loans.txt" in shown(page)
    page = choose(page, "Folders", "library", "")
    page = ask(page, QUESTION)
    assert QUOTE in shown(page)
    assert "folder <b>library, (in no folder)</b>" in shown(page)


def test_what_is_chosen_a_moment_before_a_question_counts(
    open_page: OpenPage, described_store: Path
) -> None:
    page = open_page(described_store)
    page.multiselect[1].set_value(["library"])  # and no run of the page before the question
    page = ask(page, QUESTION)
    assert "Searching only in: folder <b>library</b>" in shown(page)
    assert QUOTE not in shown(page)


def test_own_fields_are_combined_and_cleared(open_page: OpenPage, described_store: Path) -> None:
    page = choose(open_page(described_store), "author", "Ada <b>")
    page = choose(page, "year", 2024)
    assert "author <b>Ada &lt;b&gt;</b> · year <b>2024</b>" in shown(page)
    page = ask(page, QUESTION)
    assert "No passage passes the filter." in shown(page)
    [clear] = [one for one in page.button if one.label == "Clear filter"]
    page = ask(clear.click().run(), QUESTION)
    assert QUOTE in shown(page)
    assert "Clear filter" not in buttons(page)
    assert all(not one.value for one in page.multiselect)
    # What was asked before says with which filter.
    assert shown(page).count("Searching only in") == 1


def test_a_time_is_a_filter_too(open_page: OpenPage, described_store: Path) -> None:
    page = open_page(described_store)
    later = date.today() + timedelta(days=300)
    page = page.date_input[0].set_value(later).run()
    assert f"modified from <b>{later}</b>" in shown(page)
    assert "No passage passes the filter." in shown(ask(page, QUESTION))


def test_a_filter_in_words() -> None:
    where = {"$and": [{"open": {"$in": [True]}}, {"year": {"$gte": 1}}, {"year": {"$lte": 2.5}}]}
    assert filter_html(where) == (
        "Searching only in: open <b>yes</b> · year from <b>1</b> · year to <b>2.5</b>"
    )
