"""The page: the sidebar with conversations and documents, and the conversation that is shown."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ingest import RagError
from rag_app.ui import state as states
from rag_app.ui.chat import show_conversation, show_question_field
from rag_app.ui.connect import show_answering, show_panel
from rag_app.ui.documents import (
    show_documents,
    show_documents_heading,
    show_receipts,
    show_uploader,
)
from rag_app.ui.filters import show_active_filter, show_filter
from rag_app.ui.follow import Follower, follow_all
from rag_app.ui.history import show_history
from rag_app.ui.link import follow_link, write_link
from rag_app.ui.safe import label
from rag_app.ui.welcome import show_welcome

HERE = Path(__file__).parent


def show_page() -> None:
    """Draw the page, and go on drawing while something is on its way."""
    st.set_page_config(page_title="Ask your documents", page_icon=str(HERE / "icon.svg"))
    st.html(HERE / "page.css")
    st.html(HERE / "sources.css")
    try:
        engine = states.engine()
        documents = engine.documents()
        fields = engine.filter_fields()
        receipts = engine.receipts()
    except RagError as error:
        st.error(label(str(error)), icon=":material/error:")
        return
    state = states.session()
    follow_link(state, engine)
    is_new = not state.conversation and state.asking is None
    followers: list[Follower | None] = []
    with st.sidebar:
        show_history(state, engine, is_new=is_new)
        if documents or not is_new:
            show_documents_heading(documents)
            followers.append(show_uploader(state, engine))
            if not is_new:
                show_receipts(state)
            if documents:
                show_filter(state, fields)
            show_documents(documents, receipts)
        show_answering(state, engine)
    if state.notice:
        st.warning(label(state.notice), icon=":material/warning:")
    if state.connecting:
        followers.append(show_panel(state, engine))
    if is_new:
        followers.append(show_welcome(state, engine, documents))
    else:
        followers += show_conversation(state, engine)
    show_active_filter(state)
    show_question_field(state, engine, is_empty=not documents)
    write_link(state)
    if follow_all(followers):
        st.rerun()
