"""The chat page: the sidebar, and the conversation that is shown."""

from __future__ import annotations

import streamlit as st

from rag_app import Engine
from rag_app.ui.chat.composer import show_composer
from rag_app.ui.chat.connect_llm import show_answering, show_panel
from rag_app.ui.chat.exchanges import show_conversation
from rag_app.ui.chat.link import follow_link, write_link
from rag_app.ui.chat.reading.pane import show_pane
from rag_app.ui.chat.reading.pictures import draw_ahead
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
    is_new = not chat.branch and session.pending is None
    followers: list[Follower | None] = []
    with st.sidebar:
        show_history(chat, engine, is_new=is_new)
        if count or not is_new:
            followers.append(show_documents(chat, engine, count))
        show_answering(chat, engine)
    if chat.is_connecting and may(Role.OWN):
        followers.append(show_panel(chat, engine))
    # Gone with the first question, before the page is drawn without it (page.css): its place stays,
    # for Streamlit keeps what stood there until the page is drawn to its end.
    welcome = st.container(key="welcome")
    if is_new:
        with welcome:
            followers.append(show_welcome(chat, engine, is_empty=not count))
    followers += _show_conversation(chat, engine)
    show_composer(chat, engine, is_empty=not count, is_new=is_new)
    write_link(chat)
    # Where a question is on its way, it stands in the place of the next one's beginning.
    chat.is_drawn = session.pending is None
    return followers


def _show_conversation(chat: ChatState, engine: Engine) -> list[Follower | None]:
    """The conversation, with the reading pane, which is drawn before it."""
    conversation, pane = st.container(key="conversation"), st.container(key="pane")
    shown, opened = chat.shown(engine), chat.sources.open
    source = None
    for exchange in shown:
        if opened is not None and opened.exchange == exchange.id:
            source = chat.sources.of(exchange, engine)[opened.number]
    with pane:
        follower = show_pane(chat.sources, engine, source)
    with conversation:
        followers = show_conversation(chat, engine)
    if shown:
        draw_ahead(chat.sources, engine, shown[-1])
    return [follower, *followers]
