"""The list of documents: searched, filtered, sorted, in pages; with a selection."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import streamlit as st

from ingest.text.printable import printable
from ingest.text.wording import capital
from rag_app import Engine
from rag_app.messages import retold, say, say_many, to_say
from rag_app.messages.counts import in_documents
from rag_app.ui.documents.delete import ask_to_delete, show_confirmation
from rag_app.ui.documents.entries import ORDERS, STATUSES, TOLD, Entry, found, key_of
from rag_app.ui.documents.facts import facts_of, icon_of, joined_html, name_of
from rag_app.ui.documents.folders import show_folders
from rag_app.ui.documents.reread import HELP, read_again
from rag_app.ui.documents.state import DocumentsState
from rag_app.ui.serving.roles import may
from rag_app.ui.serving.settings import Role
from rag_app.ui.session.navigation import ABOUT, CHAT, open_document, show_link
from rag_app.ui.session.state import current_session
from rag_app.ui.widgets.checkbox import show_selection_box
from rag_app.ui.widgets.escape import escaped, label
from rag_app.ui.widgets.scroll import scroll_to_middle

ON_A_PAGE = 25
# Stands for no choice: no type, folder or status is called so.
ALL = ""
WORD = re.compile(r"[^\W_]+")


def show_list(documents: DocumentsState, engine: Engine, entries: Sequence[Entry]) -> None:
    """All of it."""
    shown = _show_controls(documents, entries)
    names = {entry.name for entry in entries}
    documents.selected &= names
    show_confirmation(documents, engine, entries)
    _show_selection(documents, engine, entries, shown)
    if not shown:
        none = say("No documents match.")
        st.html(f'<p class="rag-promise">{none}</p>')
        return
    pages = -(-len(shown) // ON_A_PAGE)
    page = 1
    if pages > 1:
        # Another key for another result: the first page of what was just found.
        page = st.pagination(
            pages, key=f"list-page-{documents.lists}-{_digest(shown)}", persist_state="session"
        )
    first = (page - 1) * ON_A_PAGE
    changeable = may(Role.ADD)
    with st.container(key="document-list", gap=None):
        for entry in shown[first : first + ON_A_PAGE]:
            _show_row(documents, engine, entry, changeable=changeable)
    if documents.left is not None:
        scroll_to_middle(f".st-key-row-{key_of(documents.left)}", "left")
        documents.left = None


def _show_controls(documents: DocumentsState, entries: Sequence[Entry]) -> list[Entry]:
    search = st.text_input(
        say("Search documents"),
        key=f"list-search-{documents.lists}",
        placeholder=say("Search documents"),
        icon=":material/search:",
        label_visibility="collapsed",
        persist_state="session",
    )
    kinds = sorted({entry.kind for entry in entries} - {""})
    show_folders(documents, entries)
    with st.container(horizontal=True, key="list-controls"):
        kind = _choice(documents, to_say("Type"), kinds, say("All types"))
        status = _choice(documents, to_say("Status"), STATUSES, say("Any status"), TOLD)
        order = _choice(documents, to_say("Sort by"), ORDERS[1:], say(ORDERS[0]), ORDERS[1:])
    return found(
        entries,
        search=search,
        kind=kind,
        folder=documents.folder,
        status=next((one for one in STATUSES if one == status), None),
        order=order or ORDERS[0],
    )


def _choice(
    documents: DocumentsState,
    name: str,
    options: Sequence[str],
    everything: str,
    ours: Collection[str] = (),
) -> str | None:
    """One of some options, or None for what comes first; ``ours`` are messages."""
    key = f"list-{name}-{documents.lists}"
    # What was chosen stays, also when its last document has just been deleted.
    before = st.session_state.get(key)
    if before and before not in options:
        options = [*options, before]

    def told(option: str) -> str:
        if not option:
            return everything
        return say(option) if option in ours else printable(option)

    chosen = st.selectbox(
        say(name),
        [ALL, *options],
        format_func=told,
        key=key,
        label_visibility="collapsed",
        width=164,
        persist_state="session",
    )
    return chosen or None


def _show_selection(
    documents: DocumentsState, engine: Engine, entries: Sequence[Entry], shown: Sequence[Entry]
) -> None:
    """How many there are, and what can be done with those that are ticked."""
    count = len(documents.selected)
    selected = [entry for entry in entries if entry.name in documents.selected]
    unread = [entry for entry in shown if entry.status == "not read"]
    with st.container(horizontal=True, vertical_alignment="center", key="list-selection"):
        counted = in_documents(len(shown))
        if count:
            counted = say("{count} selected", count=count)
        st.html(f'<p class="rag-filter">{counted}</p>', width="content")
        readable = [one.name for one in (selected or shown) if one.is_document]
        if readable:
            st.button(
                say("Extract fields"),
                key="extract-selected",
                icon=":material/table_view:",
                type="tertiary",
                help=say_many(
                    "A table of what you want to know of {count} document.",
                    "A table of what you want to know of {count} documents.",
                    len(readable),
                ),
                on_click=_extract,
                args=(documents, tuple(readable)),
            )
        if not may(Role.ADD):
            return
        everything = {entry.name for entry in shown}
        if everything - documents.selected:
            st.button(
                say("Select all {count}", count=len(shown)) if len(shown) > 1 else say("Select it"),
                key="select-all",
                type="tertiary",
                on_click=documents.selected.update,
                args=(everything,),
            )
        if count:
            st.button(say("Select none"), type="tertiary", on_click=documents.selected.clear)
            st.button(
                say("Read {count} again", count=count),
                key="again-selected",
                icon=":material/refresh:",
                type="tertiary",
                help=say(HELP),
                on_click=read_again,
                args=(documents, engine, selected),
            )
            if may(Role.DELETE):
                st.button(
                    say("Delete {count}", count=count),
                    key="delete-selected",
                    icon=":material/delete:",
                    type="tertiary",
                    on_click=ask_to_delete,
                    args=(documents, sorted(documents.selected)),
                )
        elif len(unread) > 1:
            st.button(
                say("Retry {count} failed", count=len(unread)),
                key="try-all-again",
                icon=":material/refresh:",
                type="tertiary",
                disabled=documents.ingestion.is_running,
                on_click=read_again,
                args=(documents, engine, unread),
            )


def _extract(documents: DocumentsState, names: tuple[str, ...]) -> None:
    documents.extracting = names


def _show_row(documents: DocumentsState, engine: Engine, entry: Entry, *, changeable: bool) -> None:
    key, session = key_of(entry.name), current_session()
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", wrap=False, key=f"row-{key}"
    ):
        # Only its words: as a label that is not shown, it is read out with all signs. And without
        # underscores, between which words would be slanted.
        name = say("Select {name}", name=" ".join(WORD.findall(printable(entry.name))))
        if changeable:
            show_selection_box(documents.selected, entry.name, name, key)
        with st.container(gap=None):
            if entry.is_document:
                st.button(
                    label(entry.title or name_of(entry.name)),
                    key=f"read-{key}",
                    icon=icon_of(entry.kind),
                    type="tertiary",
                    on_click=open_document,
                    args=(entry.name,),
                )
            st.html(_row_html(entry))
        if entry.is_document:
            show_link(
                session,
                CHAT,
                say("Ask about this"),
                icon=":material/forum:",
                query={ABOUT: entry.name},
            )
        if entry.status == "not read" and changeable:
            st.button(
                say("Retry"),
                key=f"again-{key}",
                icon=":material/refresh:",
                type="tertiary",
                disabled=documents.ingestion.is_running,
                on_click=read_again,
                args=(documents, engine, [entry]),
            )


def _row_html(entry: Entry) -> str:
    facts = facts_of(entry)
    told = say(TOLD[entry.status])
    status = f'<span class="rag-status">{told}</span> ' if entry.status == "not read" else ""
    words = escaped(capital(retold(entry.remark or "")))
    remark = f'<div class="rag-remark">{words}</div>' if words else ""
    kind = "rag-failed" if entry.status == "not read" else "rag-row"
    icon = ""
    if not entry.is_document:
        icon = '<span class="rag-symbol" aria-hidden="true">error</span> '
    return (
        f'<div class="{kind}">{icon}<bdi class="rag-document rag-path">{escaped(entry.name)}</bdi> '
        f'<span class="rag-amount">{joined_html(facts)}</span> {status}{remark}</div>'
    )


def _digest(entries: Sequence[Entry]) -> str:
    return key_of(f"{len(entries)}\n{entries[0].name}\n{entries[-1].name}")
