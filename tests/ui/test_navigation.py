"""A click leads to the page that it names, whatever else begins at that moment."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.util import calc_hash

from rag_app.ui import page as shell
from tests.ui.chat.test_page import shown
from tests.ui.conftest import OpenPage
from tests.ui.documents.test_documents import documents_page


def test_a_run_that_is_ended_leads_the_click_that_ended_it_nowhere_else(
    open_page: OpenPage, made_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Streamlit has one place in a session for the page that is wanted, and the older run, on a
    thread of its own, may say there what it was for when the newer one has just begun."""
    admit = shell.admit

    def while_the_older_one_begins(*, let_in: bool) -> None:
        context = get_script_run_ctx()
        assert context is not None
        context.pages_manager.set_script_intent(calc_hash(""), "")
        st.query_params.clear()
        admit(let_in=let_in)

    page = open_page(made_store)
    monkeypatch.setattr(shell, "admit", while_the_older_one_begins)
    assert [one.value for one in documents_page(page).title] == ["Documents"]
    assert "Dogs must be kept on a lead." in shown(documents_page(page, "gardens.md"))
