"""The chat page: the sidebar, and the conversation that is shown."""

from __future__ import annotations

import streamlit as st

from rag_app import Engine
from rag_app.ui.chat.ask import catch_up
from rag_app.ui.chat.connect_llm import show_answering, show_panel
from rag_app.ui.chat.exchanges import show_conversation, show_question_field
from rag_app.ui.chat.filters import show_active_filter
from rag_app.ui.chat.first_words import show_first_words
from rag_app.ui.chat.link import follow_link, write_link
from rag_app.ui.chat.sidebar.documents import show_documents
from rag_app.ui.chat.sidebar.history import show_history
from rag_app.ui.chat.state import ChatState
from rag_app.ui.chat.welcome import show_welcome
from rag_app.ui.serving.roles import may
from rag_app.ui.serving.settings import Role
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.followers import Follower


def show_chat_page(session: Session, engine: Engine) -> list[Follower | None]:
    """Draw it. Returns what has to be followed."""
    chat = session.state_of(ChatState)
    count = engine.collection.document_count()
    session.has_unseen_answer = chat.is_drawn = False
    follow_link(chat, engine)
    catch_up(chat, engine)
    is_new = not chat.branch
    followers: list[Follower | None] = []
    with st.sidebar:
        show_history(chat, engine, is_new=is_new)
        if count or not is_new:
            followers.append(show_documents(chat, engine, count))
        show_answering(chat, engine)
    if chat.is_connecting and may(Role.OWN):
        followers.append(show_panel(chat, engine))
    if is_new:
        # Gone with the first question, before the page is drawn without it (page.css).
        with st.container(key="welcome"):
            followers.append(show_welcome(chat, engine, is_empty=not count))
        show_first_words(chat)
    else:
        followers += show_conversation(chat, engine)
    show_active_filter(chat)
    show_question_field(chat, engine, is_empty=not count)
    write_link(chat)
    chat.is_drawn = chat.pending is None
    return followers
