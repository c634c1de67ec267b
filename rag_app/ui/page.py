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
from rag_app.ui.chat.page import show_chat_page
from rag_app.ui.chat.pending_note import show_pending_answer
from rag_app.ui.collection_chooser import (
    follow_collection,
    is_collection_there,
    show_collections,
    show_collections_panel,
)
from rag_app.ui.documents.page import show_documents_page
from rag_app.ui.elsewhere import watch_elsewhere
from rag_app.ui.evaluation.page import show_evaluation_page
from rag_app.ui.serving.entry.sessions import admit
from rag_app.ui.serving.login import show_login, show_logout
from rag_app.ui.serving.roles import may
from rag_app.ui.serving.settings import Role
from rag_app.ui.session.engine import session_engine
from rag_app.ui.session.navigation import CHAT, DOCUMENTS, EVALUATION
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.escape import label
from rag_app.ui.widgets.followers import Follower, follow_all
from rag_app.ui.widgets.offline import say_when_offline
from rag_app.ui.widgets.page_script import listen

HERE = Path(__file__).parent
LOOKS = ("page.css", "conversation.css", "sources.css", "reading.css")
Followers = list[Follower | None]


def show_page() -> None:
    """Draw the page that the address names, and go on drawing while something is on its way."""
    st.set_page_config(page_title="Ask your documents", page_icon=str(HERE / "icon.svg"))
    for looks in LOOKS:
        st.html(HERE / looks)
    user = show_login()
    admit(let_in=user is not None)
    if user is None:
        return
    try:
        session = follow_collection(user.owner)
        if not is_collection_there(session):
            return
        engine = session_engine()
        is_empty = not engine.collection.document_count()
    except RagError as error:
        st.error(label(str(error)), icon=":material/error:")
        return
    followers: Followers = []
    session.pages = _pages(session, engine, followers)
    shown = st.navigation(list(session.pages.values()))
    session.go_to(next(name for name, page in session.pages.items() if page is shown))
    with st.sidebar:
        show_collections(session)
        if session.page != CHAT:
            followers.append(show_pending_answer(session))
    notice = st.container()
    show_collections_panel(session)
    try:
        shown.run()
    except RagError as error:
        st.error(label(str(error)), icon=":material/error:")
        return
    if session.notice:
        notice.warning(label(session.notice), icon=":material/warning:")
    with st.sidebar:
        show_logout(user)
        listen()
    say_when_offline()
    watch_elsewhere(session, engine, was_empty=is_empty)
    if follow_all(followers):
        # A click that has come meanwhile is followed here: a rerun would take its page from it.
        st.empty()
        st.rerun()


def _pages(session: Session, engine: Engine, followers: Followers) -> dict[str, Page]:
    """The pages by name, as the navigation shows them. Each may return what has to be followed."""

    def page(
        draw: Callable[[], Sequence[Follower | None] | None], title: str, icon: str, name: str
    ) -> Page:
        return st.Page(
            lambda: followers.extend(draw() or ()),
            title=title,
            icon=f":material/{icon}:",
            url_path="" if name == CHAT else name,
            default=name == CHAT,
        )

    pages = {
        CHAT: page(lambda: show_chat_page(session, engine), "Chat", "forum", CHAT),
        DOCUMENTS: page(
            lambda: show_documents_page(session, engine), "Documents", "folder_open", DOCUMENTS
        ),
    }
    if may(Role.ADD):
        pages[EVALUATION] = page(
            lambda: [show_evaluation_page(session, engine)], "Evaluation", "monitoring", EVALUATION
        )
    return pages
