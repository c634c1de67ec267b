"""The page "Explore" over the real engine, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ingest.embed.embedder import Embedder
from rag_app import Engine, open_engine
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


@pytest.mark.slow
def test_what_is_worked_out_is_shown(
    sample: Path, monkeypatch: pytest.MonkeyPatch, embedder: Embedder
) -> None:
    def opened(store: str, *, collection: str) -> Engine:
        return open_engine(store, collection=collection, embedder=embedder)

    monkeypatch.setattr(engines, "open_engine", opened)
    monkeypatch.setenv("RAG_STORE", str(sample))
    page = AppTest.from_function(script, default_timeout=120).run()
    if any(button.label == "Explore" for button in page.button):
        press(page, "Explore")
    assert not page.exception
    assert [tab.label for tab in page.tabs] == ["Map", "Topics", "Does not belong", "Not found"]
    assert any("passages" in one.label for one in page.expander)
    assert "Trustworthiness at 15" in shown(page)
    assert "END OF REPORT" in shown(page)
