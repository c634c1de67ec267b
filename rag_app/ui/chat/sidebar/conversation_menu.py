"""What can be done with a kept conversation: rename, export and delete it, each in a dialog."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from ingest import RagError
from ingest.text.printable import printable
from rag_app import Conversations, Engine
from rag_app.conversation.export import FORMS, exported
from rag_app.conversation.records import Summary
from rag_app.messages import language_now, retold, say, speaking, to_say
from rag_app.ui.answering.desk import desk
from rag_app.ui.chat.ask import leave
from rag_app.ui.chat.state import ChatState
from rag_app.ui.serving.audited import Visitor, note, visitor
from rag_app.ui.widgets.escape import escaped, label
from rag_app.ui.widgets.followers import draw_anew

RENAME, EXPORT, DELETE = to_say("Rename"), to_say("Export"), to_say("Delete")
ICONS = {RENAME: "edit", EXPORT: "download", DELETE: "delete"}
TITLES = {
    RENAME: to_say("Rename this conversation"),
    EXPORT: to_say("Export this conversation"),
    DELETE: to_say("Delete this conversation?"),
}


def show_menu(chat: ChatState, summary: Summary) -> None:
    """The button that opens the menu."""
    key = f"menu-{summary.id}"
    st.menu_button(
        label(say("More about {title}", title=summary.title)),
        list(ICONS),
        key=key,
        type="tertiary",
        icon=":material/more_horiz:",
        format_func=lambda one: f":material/{ICONS[one]}: {say(one)}",
        on_click=_choose,
        args=(chat, summary, key),
    )


def show_dialog(chat: ChatState, engine: Engine) -> None:
    """The dialog of what was chosen in a menu, where something was."""
    if chat.managing is None:
        return
    action, summary = chat.managing
    show = {RENAME: _show_rename, EXPORT: _show_export, DELETE: _show_delete}[action]
    st.dialog(say(TITLES[action]), on_dismiss=partial(_close, chat))(show)(chat, engine, summary)


def _show_rename(chat: ChatState, engine: Engine, summary: Summary) -> None:
    with st.form("rename", border=False):
        title = st.text_input(
            say("Title"), printable(summary.title), key=f"title-{summary.id}",
            label_visibility="collapsed",
        )  # fmt: skip
        asked = st.form_submit_button(say("Rename"), type="primary")
    if asked and title.strip():
        _do(chat, lambda kept: _rename(chat, kept, summary.id, title), engine)


def _show_export(chat: ChatState, engine: Engine, summary: Summary) -> None:
    st.html(f'<p class="rag-panel">{escaped(summary.title)}</p>')
    name = re.sub(r"\W+", "-", summary.title).strip("-")[:60] or "conversation"
    with st.container(horizontal=True):
        for form, suffix, mime in FORMS:
            st.download_button(
                form,
                # Made when it is asked for.
                partial(_exported, chat, engine, summary.id, suffix, visitor(), language_now()),
                f"{name}.{suffix}",
                mime,
                key=f"export-{suffix}",
                icon=":material/download:",
                on_click="ignore",
            )


def _show_delete(chat: ChatState, engine: Engine, summary: Summary) -> None:
    what = say("Its questions and answers are deleted for good. Your documents stay.")
    st.html(
        f'<p class="rag-panel"><b>{escaped(summary.title)}</b></p><p class="rag-panel">{what}</p>'
    )
    with st.container(horizontal=True, key="danger-conversation"):
        if st.button(say("Delete"), key="delete-yes", type="primary", icon=":material/delete:"):
            _do(chat, lambda kept: _delete(chat, kept, summary.id), engine)
        if st.button(say("Cancel"), key="delete-no"):
            _close(chat)
            draw_anew()


def _do(chat: ChatState, change: Callable[[Conversations], None], engine: Engine) -> None:
    """Change what is kept, and close the dialog; on the page stands why it did not work."""
    try:
        change(chat.session.conversations(engine))
    except RagError as error:
        chat.session.notice = retold(error)
    _close(chat)
    draw_anew()


def _rename(chat: ChatState, kept: Conversations, id_: str, title: str) -> None:
    title = kept.rename(id_, title)
    if chat.conversation.id == id_:
        chat.conversation = replace(chat.conversation, title=title)


def _delete(chat: ChatState, kept: Conversations, id_: str) -> None:
    kept.delete(id_)
    desk.stop(id_)
    if chat.conversation.id == id_:
        leave(chat)


def _exported(
    chat: ChatState,
    engine: Engine,
    id_: str,
    suffix: str,
    by: Visitor,
    language: str,
) -> bytes:
    note("export", [id_], collection=engine.store.collection, by=by)
    shown = chat.conversation.id == id_
    whole = chat.whole(engine) if shown else chat.session.conversations(engine).open(id_)
    with speaking(language):  # it is made on another thread
        return exported(whole, suffix)


def _choose(chat: ChatState, summary: Summary, key: str) -> None:
    chosen = st.session_state.get(key)
    chat.managing = (chosen, summary) if chosen in ICONS else None


def _close(chat: ChatState) -> None:
    chat.managing = None
