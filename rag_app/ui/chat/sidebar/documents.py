"""The documents in the sidebar: how many, an uploader, the filter."""

from __future__ import annotations

import streamlit as st

from ingest.text.wording import many
from rag_app import Engine
from rag_app.ui.chat.state import ChatState
from rag_app.ui.documents.receipts import show_progress, show_small_outcome
from rag_app.ui.documents.state import documents_state
from rag_app.ui.documents.uploader import show_uploader
from rag_app.ui.session.navigation import DOCUMENTS, show_link
from rag_app.ui.widgets.followers import Follower


def show_documents(chat: ChatState, engine: Engine, count: int) -> Follower | None:
    """All of it. Returns what has to be followed."""
    documents = documents_state(engine)
    st.html(f'<h3 class="rag-heading">Documents <span>{count:,}</span></h3>')
    show_uploader(documents, engine)
    follower = show_progress(documents, is_small=True)
    show_small_outcome(chat.session, documents)
    if unread := engine.collection.unread_count():
        files = f"{many(unread, 'file')} {'was' if unread == 1 else 'were'}"
        show_link(chat.session, DOCUMENTS, f"{files} not read", icon=":material/warning:")
    return follower
