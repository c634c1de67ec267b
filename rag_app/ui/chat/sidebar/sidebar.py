"""The sidebar, the same on all pages: a new conversation, the pages, and what is kept."""

from __future__ import annotations

import streamlit as st

from rag_app import Engine
from rag_app.messages import decimal, say, say_many, to_say
from rag_app.ui.chat.ask import leave
from rag_app.ui.chat.connect.answering import show_answering
from rag_app.ui.chat.pending_note import show_pending_answer
from rag_app.ui.chat.sidebar.history import show_history
from rag_app.ui.chat.state import ChatState
from rag_app.ui.documents.receipts import show_progress, show_small_outcome
from rag_app.ui.documents.state import documents_state
from rag_app.ui.documents.uploader import show_small_uploader
from rag_app.ui.session.navigation import CHAT, DOCUMENTS, EVALUATION, EXPLORE, show_link
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.followers import Follower

NAME = to_say("Ask your documents")
NEW_SHORTCUT = "Alt+N"
PAGES = {
    CHAT: (to_say("Chat"), "forum"),
    DOCUMENTS: (to_say("Documents"), "folder_open"),
    EXPLORE: (to_say("Explore"), "travel_explore"),
    EVALUATION: (to_say("Evaluation"), "monitoring"),
}


def show_sidebar(session: Session, engine: Engine, *, count: int) -> list[Follower | None]:
    """All of it; ``count`` is that of the documents. Returns what has to be followed."""
    chat = session.state_of(ChatState)
    followers: list[Follower | None] = []
    st.html(f'<p class="rag-brand">{say(NAME)}</p>')
    is_asked_for = st.button(
        say("New conversation"),
        key="new",
        icon=":material/edit_square:",
        on_click=leave,
        args=(chat,),
        width="stretch",
        shortcut=NEW_SHORTCUT,
    )
    with st.container(key="page-links", gap=None):
        for name in session.pages:
            title, icon = PAGES[name]
            amount = f" · {decimal(count, 0)}" if name == DOCUMENTS and count else ""
            show_link(session, name, say(title) + amount, icon=f":material/{icon}:")
    if count and session.page != DOCUMENTS:
        show_small_uploader(documents_state(engine), engine)
    if session.page != CHAT:
        followers.append(show_pending_answer(session))
    # The page of the documents has it itself, and so has the chat where there are none yet.
    # What was drawn before stays on the page until the run ends, unless its place is taken.
    place = st.empty()
    if session.page in (EVALUATION, EXPLORE) or (session.page == CHAT and count):
        with place.container():
            followers.append(_show_work(session, engine))
    is_opened = show_history(chat, engine)
    with st.container(key="foot", gap=None):
        show_answering(chat, engine)
    if session.page != CHAT and (is_asked_for or is_opened):
        st.switch_page(session.pages[CHAT])
    return followers


def _show_work(session: Session, engine: Engine) -> Follower | None:
    """How far a change of the documents is, or what came of the last one."""
    documents = documents_state(engine)
    follower = show_progress(documents, is_small=True)
    show_small_outcome(session, documents)
    if unread := engine.collection.unread_count():
        told = say_many("{count} file not read", "{count} files not read", unread)
        show_link(session, DOCUMENTS, told, icon=":material/warning:")
    return follower
