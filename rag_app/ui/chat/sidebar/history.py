"""The conversations in the sidebar: a list to open, and the one that is shown."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import streamlit as st

from ingest import RagError
from rag_app import Conversations, Engine
from rag_app.conversation.export import FORMS, exported
from rag_app.ui.answering.desk import desk
from rag_app.ui.chat.ask import leave
from rag_app.ui.chat.link import open_conversation
from rag_app.ui.chat.state import ChatState
from rag_app.ui.serving.audited import Visitor, note, visitor
from rag_app.ui.widgets.escape import label, printable

# Without a search; with one, more.
RECENT = 8
MOST_FOUND = 50
SEARCH_KEY = "search-conversations"
NEW_SHORTCUT = "Alt+N"


def show_history(chat: ChatState, engine: Engine, *, is_new: bool) -> None:
    """The way to a new conversation, and to those that are kept."""
    kept = chat.session.conversations(engine)
    if not is_new:
        _show_new(chat)
    search = str(st.session_state.get(SEARCH_KEY, "")).strip()
    try:
        # One more than is shown says whether there are more.
        found = kept.listed(search, (MOST_FOUND if search else RECENT) + 1)
    except RagError as error:
        st.warning(label(str(error)), icon=":material/warning:")
        return
    if not (found or search):
        return
    st.html('<h3 class="rag-heading">Conversations</h3>')
    st.text_input(
        "Search conversations",
        key=SEARCH_KEY,
        placeholder="Search",
        icon=":material/search:",
        label_visibility="collapsed",
    )
    shown = found[: MOST_FOUND if search else RECENT]
    with st.container(key="conversations", gap=None):
        for summary in shown:
            present = chat.is_kept and summary.id == chat.conversation.id
            st.button(
                label(summary.title) + (" (shown)" if present else ""),
                key=f"{'present' if present else 'conversation'}-{summary.id}",
                icon=f":material/{'chat' if present else 'chat_bubble'}:",
                type="secondary" if present else "tertiary",
                width="stretch",
                wrap=False,
                on_click=open_conversation,
                args=(chat, engine, summary.id),
            )
    if not shown:
        st.html('<p class="rag-answering">No conversation has these words.</p>')
    elif len(found) > len(shown):
        st.html('<p class="rag-answering">Search finds the earlier ones.</p>')
    if chat.is_kept:
        _show_present(chat, engine, kept)


def _show_new(chat: ChatState) -> None:
    st.button(
        "New conversation",
        key="new",
        icon=":material/add_comment:",
        on_click=leave,
        args=(chat,),
        width="stretch",
        shortcut=NEW_SHORTCUT,
    )


def _show_present(chat: ChatState, engine: Engine, kept: Conversations) -> None:
    """Title, export and deletion of the conversation that is shown."""
    dialogue = chat.conversation
    with st.popover("This conversation", icon=":material/more_horiz:", width="stretch"):
        st.text_input(
            "Title",
            printable(dialogue.title),
            key=f"title-{dialogue.id}",
            on_change=_rename,
            args=(chat, kept),
        )
        name = re.sub(r"\W+", "-", dialogue.title).strip("-")[:60] or "conversation"
        for form, suffix, mime in FORMS:
            st.download_button(
                f"Export as {form}",
                partial(_exported, chat, engine, suffix, visitor()),  # made when it is asked for
                f"{name}.{suffix}",
                mime,
                key=f"export-{suffix}",
                icon=":material/download:",
                on_click="ignore",
                width="stretch",
            )
        sure = st.checkbox("Delete it for good", key=f"sure-{dialogue.id}")
        st.button(
            "Delete this conversation",
            key="delete",
            icon=":material/delete:",
            disabled=not sure,
            width="stretch",
            on_click=_delete,
            args=(chat, kept),
        )


def _exported(chat: ChatState, engine: Engine, suffix: str, by: Visitor) -> bytes:
    note("export", [chat.conversation.id], collection=engine.store.collection, by=by)
    return exported(chat.whole(engine), suffix)


def _rename(chat: ChatState, kept: Conversations) -> None:
    id_ = chat.conversation.id
    try:
        title = kept.rename(id_, str(st.session_state[f"title-{id_}"]))
    except RagError as error:
        chat.session.notice = str(error)
        return
    chat.conversation = replace(chat.conversation, title=title)


def _delete(chat: ChatState, kept: Conversations) -> None:
    try:
        kept.delete(chat.conversation.id)
    except RagError as error:
        chat.session.notice = str(error)
        return
    desk.stop(chat.conversation.id)
    leave(chat)
