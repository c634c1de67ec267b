"""The conversations in the sidebar, by day: to open, and each with a menu."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from ingest import RagError
from rag_app import Engine
from rag_app.conversation.records import Summary
from rag_app.messages import retold, say
from rag_app.ui.chat.link import open_conversation
from rag_app.ui.chat.sidebar.conversation_menu import show_menu
from rag_app.ui.chat.state import ChatState
from rag_app.ui.session.navigation import CHAT
from rag_app.ui.widgets.escape import label
from rag_app.ui.widgets.times import age_of

# At first, and so many more when asked for: each takes a moment to draw.
SHOWN = 20
SEARCHED_FROM = 6  # conversations: fewer are seen at a glance
SEARCH_KEY = "search-conversations"


def show_history(chat: ChatState, engine: Engine) -> bool:
    """The list. Returns whether one was opened from another page."""
    kept = chat.session.conversations(engine)
    search = str(st.session_state.get(SEARCH_KEY, "")).strip()
    most = SHOWN * chat.lists_of_conversations
    try:
        # One more than is shown says whether there are more.
        found = kept.listed(search, most + 1)
    except RagError as error:
        st.warning(label(retold(error)), icon=":material/warning:")
        return False
    if not (found or search):
        return False
    if search or len(found) > SEARCHED_FROM:
        st.text_input(
            say("Search conversations"),
            key=SEARCH_KEY,
            placeholder=say("Search conversations"),
            icon=":material/search:",
            label_visibility="collapsed",
        )
    if not found:
        none = say("No conversation has these words.")
        st.html(f'<p class="rag-answering">{none}</p>')
    opened = False
    with st.container(key="conversations", gap=None):
        for age, summaries in groupby(found[:most], key=lambda one: age_of(one.changed)):
            st.html(f'<h3 class="rag-age">{age}</h3>')
            for summary in summaries:
                opened |= _show_row(chat, engine, summary)
        if len(found) > most:
            st.button(
                say("Show more"), key="more-conversations", type="tertiary",
                icon=":material/expand_more:", on_click=_show_more, args=(chat,),
            )  # fmt: skip
    return opened


def _show_row(chat: ChatState, engine: Engine, summary: Summary) -> bool:
    is_present = chat.is_kept and summary.id == chat.conversation.id
    is_present = is_present and chat.session.page == CHAT
    with st.container(
        horizontal=True, wrap=False, gap=None, vertical_alignment="center",
        key=f"{'present' if is_present else 'kept'}-{summary.id}",
    ):  # fmt: skip
        if is_present:  # its ground says so to those who see it
            now = say("Open now:")
            st.html(f'<span class="rag-unseen">{now}</span>', width="content")
        opened = st.button(
            label(summary.title),
            key=f"conversation-{summary.id}",
            type="tertiary",
            width="stretch",
            wrap=False,
            on_click=open_conversation,
            args=(chat, engine, summary.id),
        )
        show_menu(chat, summary)
    return opened and chat.session.page != CHAT


def _show_more(chat: ChatState) -> None:
    chat.lists_of_conversations += 1
