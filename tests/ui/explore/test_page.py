"""The page "Explore" over the real engine, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ingest.embed.embedder import Embedder
from ingest.store.directory import Store
from rag_app import Engine, open_engine
from rag_app.eval.metrics import Figure
from rag_app.tuning.kept import keep_report
from rag_app.tuning.records import Training, TuneOptions, TuningReport
from rag_app.ui.session import engine as engines
from tests.ui.chat.test_page import press, shown


def script() -> None:
    import streamlit as st

    from rag_app.ui.explore.page import show_explore_page
    from rag_app.ui.session.engine import session_engine
    from rag_app.ui.session.state import current_session
    from rag_app.ui.widgets.followers import follow_all

    if follow_all([show_explore_page(current_session(), session_engine())]):
        st.rerun()


@pytest.fixture
def page(sample: Path, monkeypatch: pytest.MonkeyPatch, embedder: Embedder) -> AppTest:
    def opened(store: str, *, collection: str) -> Engine:
        return open_engine(store, collection=collection, embedder=embedder)

    monkeypatch.setattr(engines, "open_engine", opened)
    monkeypatch.setenv("RAG_STORE", str(sample))
    return AppTest.from_function(script, default_timeout=120).run()


def at(page: AppTest, place: str) -> AppTest:
    page.button_group(key="explore-place").set_value(place).run()
    assert not page.exception
    return page


def work_out(page: AppTest, do: str) -> str:
    if any(button.label == do for button in page.button):
        press(page, do)
    assert not page.exception and not page.error
    return shown(page)


@pytest.mark.slow
def test_what_is_worked_out_is_shown(page: AppTest) -> None:
    assert "Trustworthiness at 15" in work_out(page, "Draw the map")
    assert "passages" in work_out(at(page, "Topics"), "Find topics") or page.expander
    assert "END OF REPORT" in work_out(at(page, "Does not belong"), "Look for what does not belong")
    assert "found nothing" in shown(at(page, "Not found"))
    work_out(at(page, "Duplicates"), "Find duplicates")
    assert "Nothing was cited" in shown(at(page, "To read next"))


def test_what_is_related_to_a_document(page: AppTest) -> None:
    at(page, "Related").selectbox[0].set_value("policies/travel-and-expenses.html").run()
    assert "Because of:" in work_out(page, "Find what is related")


def test_labels_given_on_the_page_label_all_documents(page: AppTest) -> None:
    at(page, "Classes")
    names = page.multiselect(key="explore-labelled").options
    for label, start in (("policy", "policies/"), ("manual", "manuals/")):
        page.text_input(key="explore-label").set_value(label)
        chosen = [name for name in names if name.startswith(start)][:2]
        page.multiselect(key="explore-labelled").set_value(chosen)
        press(page, "Add examples")
    told = work_out(page, "Label all documents")
    assert "policy" in told and "manual" in told and "then" in told


def test_a_path_asks_and_keeps_what_was_known(page: AppTest) -> None:
    at(page, "Learn").text_area[0].set_value("expenses of a hotel\nannual leave").run()
    assert "0 of 2 objectives" in work_out(page, "Find the way")
    page.toggle[0].set_value(True).run()
    assert "How well did you know it?" in shown(page)
    press(page, "Easily")
    assert not page.exception


def test_two_texts_and_sums_and_bias(page: AppTest) -> None:
    at(page, "Compare").text_area[0].set_value("The hotel costs 90 euros.")
    page.text_area[1].set_value("A room is 90 euros.")
    press(page, "Compare")
    assert "As a whole" in shown(page)
    at(page, "Analogies").text_input[0].set_value("hotel, flight").run()
    assert "Cosine" in work_out(page, "Add up")
    assert "Not tested" in shown(at(page, "Bias"))


def test_a_filter_is_another_result(page: AppTest) -> None:
    at(page, "Topics")
    page.multiselect(key="explore-folder").set_value(["policies"]).run()
    work_out(page, "Find topics")
    assert not any("ws-40" in one.label for one in page.expander)


def test_the_last_report_of_tuning_and_how_to_begin(
    page: AppTest, small_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "not tuned" in shown(at(page, "Tuning"))
    assert "--collection default" in page.code[0].value
    figures = [Figure(value, value - 0.02, value + 0.02, 80) for value in (0.61, 0.66, 0.05)]
    report = TuningReport(
        "all-MiniLM-L6-v2", {"gold": 200}, 120, 80, 900, *figures,
        Training(40, 40, 0.3, 600.0, "cpu"), TuneOptions(), "2026-11-30T10:00:00+00:00",
    )  # fmt: skip
    keep_report(Store(small_store, "default"), report)
    monkeypatch.setenv("RAG_STORE", str(small_store))
    told = shown(at(AppTest.from_function(script, default_timeout=120).run(), "Tuning"))
    assert "0.610 before, 0.660 after" in told and "+0.050" in told
