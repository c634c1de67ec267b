"""The conversation in the address of the page: ``?conversation=ID``."""

from __future__ import annotations

import streamlit as st

from ingest import RagError
from rag_app import Engine
from rag_app.messages import retold
from rag_app.ui.chat.ask import ask, leave
from rag_app.ui.chat.filters import ask_only
from rag_app.ui.chat.state import ChatState
from rag_app.ui.session.navigation import ABOUT, is_way_back

NAME = "conversation"


def follow_link(chat: ChatState, engine: Engine) -> None:
    """Open the conversation that the address names, if the reader has changed the address, or begin
    one about the documents that it names, or with a question that was clicked on another page.

    Who comes back from another page finds the conversation that was left: Streamlit drops what
    the address says when it changes the page.
    """
    asked = chat.session.to_ask
    about = [asked[0]] if asked else st.query_params.get_all(ABOUT)
    if about:
        st.query_params.pop(ABOUT, None)
        leave(chat)
        ask_only(chat, engine.filter_fields(), about)
    if asked:
        ask(chat, engine, asked[1])
        chat.session.to_ask = None  # not before: another click may end this run
        write_link(chat)
        return
    wanted = st.query_params.get(NAME)
    if chat.session.came_from_other_page and wanted is None:
        chat.linked = None
    if wanted == chat.linked:
        return
    if wanted == chat.linked_before and not is_way_back():
        # Asked before the browser had the address of what was shown: nobody has left it.
        _write(chat.linked)
        return
    chat.linked = chat.linked_before = wanted
    if wanted is None:
        leave(chat)
    elif wanted != chat.conversation.id:
        open_conversation(chat, engine, wanted)


def write_link(chat: ChatState) -> None:
    """Put the conversation that is shown into the address, if it is kept."""
    there = chat.conversation.id if chat.is_kept else None
    if there == chat.linked:
        return
    chat.linked_before, chat.linked = chat.linked, there
    _write(there)


def _write(id_: str | None) -> None:
    if id_ is None:
        st.query_params.pop(NAME, None)
    else:
        st.query_params[NAME] = id_


def open_conversation(chat: ChatState, engine: Engine, id_: str) -> None:
    """Show a conversation that is kept, in place of the one that is shown."""
    chat.session.notice = None
    try:
        chat.begin(chat.session.conversations(engine).open(id_))
    except RagError as error:
        chat.session.notice = retold(error)
