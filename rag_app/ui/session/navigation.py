"""The pages by name, and links from one to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from rag_app.ui.session.state import Session
from rag_app.ui.widgets.escape import label

CHAT, DOCUMENTS, EVALUATION, EXPLORE = "chat", "documents", "evaluation", "explore"
# The parameter of the documents' page that names the one to be read.
DOCUMENT = "document"
# Beside it: the page, or other part, at which it opens, from 1.
PAGE = "page"
# The parameter of the chat that names a document to be asked about; it may be there several times.
ABOUT = "about"


def show_link(
    session: Session,
    page: str,
    text: str,
    *,
    icon: str | None = None,
    query: Mapping[str, str | Sequence[str]] | None = None,
) -> None:
    """A link to a page; with ``query``, to what it shows for these parameters."""
    if page in session.pages:
        st.page_link(
            session.pages[page], label=label(text), icon=icon, query_params=dict(query or {})
        )


def open_document(name: str) -> None:
    """On the documents' page: show the preview of a document. The address names it."""
    st.query_params[DOCUMENT] = name
    st.query_params.pop(PAGE, None)


def is_way_back() -> bool:
    """Whether this run is for the browser's way back or forward. Else an address of before is what
    the browser had when something was clicked, a moment ago, and nobody has gone back to it."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation
