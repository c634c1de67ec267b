"""What changes elsewhere while nobody clicks here: another page of the same conversation, documents
that come to an empty collection by the command line, a file that was refused while it was sent. The
page looks, and is drawn anew.
"""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ingest import RagError
from rag_app import Engine
from rag_app.ui.chat.state import ChatState
from rag_app.ui.serving.upload_gate import too_large
from rag_app.ui.session.navigation import CHAT
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.followers import draw_anew

LOOK_SECONDS = 2.0


@st.fragment(run_every=LOOK_SECONDS, key="elsewhere")
def watch_elsewhere(session: Session, engine: Engine, *, was_empty: bool) -> None:
    """Look again and again, from the browser; it draws nothing. While the page is followed by the
    server, as an answer is, Streamlit waits with it."""
    context = get_script_run_ctx()
    if context is None or not context.fragment_ids_this_run:
        return  # the page is being drawn
    try:
        has_documents = was_empty and engine.collection.document_count() > 0
        is_talked_to = session.page == CHAT and session.state_of(ChatState).has_news(engine)
    except RagError:
        return  # it is told as soon as anything is wanted of the store
    if has_documents or is_talked_to or too_large(take=False):
        draw_anew()
