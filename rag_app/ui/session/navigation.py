"""The pages by name, and links from one to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Destination:
    """The page that a run is for, by its hash or, where that is empty, by its name; and what the
    address says beside it."""

    page: tuple[str, str]
    query: Mapping[str, Sequence[str]]


def destination() -> Destination:
    """Where this run is to lead. To be asked first of all: a run that a click has ended may still
    begin, and then says where *it* was to lead. The session has one place for that, and the click
    led nowhere: 3 of 28 on a busy machine."""
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    return Destination(_wanted_page(), query)


def lead_to(wanted: Destination) -> None:
    """Have the navigation lead there, whatever another run has said meanwhile."""
    context = get_script_run_ctx()
    if context is not None and _wanted_page() != wanted.page:
        context.pages_manager.set_script_intent(*wanted.page)
        st.query_params.from_dict(wanted.query)


def _wanted_page() -> tuple[str, str]:
    context = get_script_run_ctx()
    if context is None:
        return "", ""
    pages = context.pages_manager
    return pages.intended_page_script_hash or "", pages.intended_page_name or ""


def open_document(name: str) -> None:
    """On the documents' page: show the preview of a document. The address names it."""
    st.query_params[DOCUMENT] = name
    st.query_params.pop(PAGE, None)


def is_way_back() -> bool:
    """Whether this run is for the browser's way back or forward. Else an address of before is what
    the browser had when something was clicked, a moment ago, and nobody has gone back to it."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation
