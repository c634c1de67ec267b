"""The page of the chat: the conversations beside it, and the one that is shown."""

from __future__ import annotations

import streamlit as st

from rag_app import Engine
from rag_app.ui.chat.connect_llm import show_answering, show_panel
from rag_app.ui.chat.exchanges import show_conversation, show_question_field
from rag_app.ui.chat.filters import show_active_filter
from rag_app.ui.chat.first_words import show_beginning
from rag_app.ui.chat.history import show_history
from rag_app.ui.chat.link import follow_link, write_link
from rag_app.ui.chat.sidebar_documents import show_documents
from rag_app.ui.chat.welcome import show_welcome
from rag_app.ui.session.state import State
from rag_app.ui.widgets.followers import Follower


def show_chat_page(state: State, engine: Engine) -> list[Follower | None]:
    """Draw it. Returns what has to be followed."""
    count = engine.collection.document_count()
    state.has_answer_elsewhere = state.stands = False
    follow_link(state, engine)
    is_new = not state.conversation and state.asking is None
    followers: list[Follower | None] = []
    with st.sidebar:
        show_history(state, engine, is_new=is_new)
        if count or not is_new:
            followers.append(show_documents(state, engine, count))
        show_answering(state, engine)
    if state.connecting:
        followers.append(show_panel(state, engine))
    if is_new:
        # Gone with the first question, before the page is drawn without it (page.css).
        with st.container(key="welcome"):
            followers.append(show_welcome(state, engine, is_empty=not count))
        show_beginning(state, engine)
    else:
        followers += show_conversation(state, engine)
    show_active_filter(state)
    show_question_field(state, engine, is_empty=not count)
    write_link(state)
    # Where a question is on its way, it stands in the place of the next one's beginning.
    state.stands = state.asking is None
    return followers
