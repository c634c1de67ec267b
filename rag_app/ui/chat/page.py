"""The chat page: the conversation that is shown."""

from __future__ import annotations

import streamlit as st

from rag_app import Engine
from rag_app.ui.chat.exchanges import show_conversation, show_question_field
from rag_app.ui.chat.filters import show_active_filter
from rag_app.ui.chat.first_words import show_first_words
from rag_app.ui.chat.link import write_link
from rag_app.ui.chat.state import ChatState
from rag_app.ui.chat.welcome import show_welcome
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.followers import Follower


def show_chat_page(session: Session, engine: Engine) -> list[Follower | None]:
    """Draw it. Returns what has to be followed."""
    chat = session.state_of(ChatState)
    count = engine.collection.document_count()
    session.has_unseen_answer = chat.is_drawn = False
    is_new = not chat.branch and session.pending is None
    followers: list[Follower | None] = []
    if is_new:
        # Gone with the first question, before the page is drawn without it (page.css).
        with st.container(key="welcome"):
            followers.append(show_welcome(chat, engine, is_empty=not count))
        show_first_words(chat, engine)
    else:
        followers += show_conversation(chat, engine)
    show_active_filter(chat)
    show_question_field(chat, engine, is_empty=not count)
    write_link(chat)
    # Where a question is on its way, it stands in the place of the next one's beginning.
    chat.is_drawn = session.pending is None
    return followers
