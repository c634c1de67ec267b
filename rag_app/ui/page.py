"""The shell around all pages: what they share, the way from one to another, and drawing on while
something is on its way.

One more page is one more line in ``_pages``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from ingest import RagError
from rag_app import Engine
from rag_app.messages import retold, say
from rag_app.ui.chat.connect.dialog import connect_remembered, show_connect_dialog
from rag_app.ui.chat.link import follow_link
from rag_app.ui.chat.page import show_chat_page
from rag_app.ui.chat.sidebar.conversation_menu import show_dialog
from rag_app.ui.chat.sidebar.sidebar import NAME, PAGES, show_sidebar
from rag_app.ui.chat.state import ChatState
from rag_app.ui.collection_chooser import (
    follow_collection,
    is_collection_there,
    show_collections,
    show_collections_dialog,
)
from rag_app.ui.documents.page import show_documents_page
from rag_app.ui.documents.state import documents_state
from rag_app.ui.elsewhere import watch_elsewhere
from rag_app.ui.evaluation.page import show_evaluation_page
from rag_app.ui.explore.page import show_explore_page
from rag_app.ui.extraction.page import show_extraction
from rag_app.ui.serving.entry.sessions import admit
from rag_app.ui.serving.login import show_login, show_logout
from rag_app.ui.serving.roles import may
from rag_app.ui.serving.settings import Role
from rag_app.ui.session.engine import session_engine
from rag_app.ui.session.language import show_language, speak_language_of_browser
from rag_app.ui.session.navigation import (
    CHAT,
    DOCUMENT,
    DOCUMENTS,
    EVALUATION,
    EXPLORE,
)
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.drop_anywhere import let_files_drop_anywhere
from rag_app.ui.widgets.escape import label
from rag_app.ui.widgets.followers import Follower, draw_anew, follow_all
from rag_app.ui.widgets.offline import say_when_offline
from rag_app.ui.widgets.page_script import listen

HERE = Path(__file__).parent
LOOKS = (
    "page.css",
    "shell.css",
    "documents.css",
    "conversation.css",
    "sources.css",
    "reading.css",
    "composer.css",
    "rtl.css",
)
Followers = list[Follower | None]


def show_page() -> None:
    """Draw the page that the address names, and go on drawing while something is on its way."""
    speak_language_of_browser()
    st.set_page_config(page_title=say(NAME), page_icon=str(HERE / "icon.svg"))
    for looks in LOOKS:
        st.html(HERE / looks)
    show_language()
    user = show_login()
    admit(let_in=user is not None)
    if user is None:
        return
    try:
        session = follow_collection(user.owner)
        if not is_collection_there(session):
            return
        engine = session_engine()
        if connect_remembered(session, engine):
            engine = session_engine()
        count = engine.collection.document_count()
    except RagError as error:
        st.error(label(retold(error)), icon=":material/error:")
        return
    followers: Followers = []
    session.pages = _pages(session, engine, followers, count)
    shown = st.navigation(list(session.pages.values()), position="hidden")
    session.go_to(next(name for name, page in session.pages.items() if page is shown))
    chat = session.state_of(ChatState)
    if session.page == CHAT:
        follow_link(chat, engine)
    let_files_drop_anywhere()
    is_asking = _show_dialog(session, chat, engine)
    notice = st.container()
    try:
        shown.run()
    except RagError as error:
        st.error(label(retold(error)), icon=":material/error:")
        return
    if session.notice:
        notice.warning(label(session.notice), icon=":material/warning:")
    with st.sidebar:  # after the page: a click on a source waits for its pane alone
        followers += show_sidebar(session, engine, count=count)
        show_collections(session)
        show_logout(user)
        listen()
    say_when_offline()
    watch_elsewhere(session, engine, was_empty=not count)
    # A dialog's clicks would wait for the end of this run; what is on its way goes on without it.
    if not is_asking and follow_all(followers):
        draw_anew()


def _show_dialog(session: Session, chat: ChatState, engine: Engine) -> bool:
    """The one that is open, if one is: Streamlit shows no two. Returns whether one is."""
    if session.is_managing_collections and may(Role.OWN):
        show_collections_dialog(session)
    elif chat.is_connecting and may(Role.OWN):
        show_connect_dialog(chat, engine)
    elif chat.managing is not None:
        show_dialog(chat, engine)
    else:
        return False
    return True


def _show_documents(session: Session, engine: Engine) -> Followers:
    """The documents, or the table of fields of some of them."""
    is_read = DOCUMENT in st.query_params
    if documents_state(engine).extracting is not None and not is_read:
        return show_extraction(engine)
    return show_documents_page(session, engine)


def _pages(session: Session, engine: Engine, followers: Followers, count: int) -> dict[str, Page]:
    """The pages by name, as the navigation shows them. Each may return what has to be followed."""

    def page(draw: Callable[[], Sequence[Follower | None] | None], name: str) -> Page:
        title, icon = PAGES[name]
        return st.Page(
            lambda: followers.extend(draw() or ()),
            title=say(title),
            icon=f":material/{icon}:",
            url_path="" if name == CHAT else name,
            default=name == CHAT,
        )

    pages = {
        CHAT: page(lambda: show_chat_page(session, engine, is_empty=not count), CHAT),
        DOCUMENTS: page(lambda: _show_documents(session, engine), DOCUMENTS),
    }
    if may(Role.ADD):
        pages[EXPLORE] = page(lambda: [show_explore_page(session, engine)], EXPLORE)
        pages[EVALUATION] = page(lambda: [show_evaluation_page(session, engine)], EVALUATION)
    return pages
