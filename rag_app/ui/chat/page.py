"""The chat page: the conversation that is shown."""

from __future__ import annotations

import streamlit as st

from rag_app import Engine
from rag_app.ui.chat.ask import catch_up
from rag_app.ui.chat.composer.field import show_composer
from rag_app.ui.chat.exchanges import show_conversation
from rag_app.ui.chat.link import write_link
from rag_app.ui.chat.reading.pane import show_pane
from rag_app.ui.chat.reading.pictures import draw_ahead
from rag_app.ui.chat.reading.shelf import show_shelf
from rag_app.ui.chat.state import ChatState
from rag_app.ui.chat.welcome import show_welcome
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.followers import Follower


def show_chat_page(session: Session, engine: Engine, *, is_empty: bool) -> list[Follower | None]:
    """Draw it; ``is_empty`` is the collection. Returns what has to be followed."""
    chat = session.state_of(ChatState)
    session.has_unseen_answer = chat.is_drawn = False
    catch_up(chat, engine)
    is_new = not chat.branch
    # The place of the welcome stays when it is gone: Streamlit keeps what stood there until the end
    # of a run, hidden by the first question (page.css).
    welcome = st.container(key="welcome")
    conversation, pane = st.container(key="conversation"), st.container(key="pane")
    # First, for a click on a source waits for this alone.
    with pane:
        followers = [_show_pane(chat, engine)]
    if is_new:
        with welcome:
            followers.append(show_welcome(chat, engine, is_empty=is_empty))
    with conversation:
        followers += show_conversation(chat, engine)
    show_composer(chat, engine, is_empty=is_empty, is_new=is_new)
    write_link(chat)
    chat.is_drawn = chat.pending is None
    return followers


def _show_pane(chat: ChatState, engine: Engine) -> Follower | None:
    """The reading pane, with the source that is open, or the sources of the last answer. The pages
    that it cites are drawn meanwhile."""
    shown, opened = chat.shown(engine), chat.sources.open
    source = None
    for exchange in shown:
        if opened is not None and opened.exchange == exchange.id:
            # Its sources may be others than when it was opened, where its documents were changed.
            source = next(iter(chat.sources.of(exchange, engine)[opened.number :]), None)
    if shown and shown[-1].answer is not None:
        draw_ahead(chat.sources, engine, shown[-1])
    if opened is not None and source is not None:
        return show_pane(chat.sources, engine, source, opened)
    last = shown[-1] if shown else None
    sources = chat.sources.of(last, engine) if last is not None else ()
    show_shelf(last, sources, chat.slot(len(chat.branch) - 1))
    return None
