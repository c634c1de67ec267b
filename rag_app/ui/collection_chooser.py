"""The chooser of the collection: show another; create, rename and delete them.

The address names it, ``?collection=NAME``, unless it is that of the settings. An address without
the name, as another page of the app has it, changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from ingest import (
    RagError,
    collection_names,
    create_collection,
    delete_collection,
    list_collections,
    rename_collection,
)
from ingest.settings import IndexSettings, load_settings
from ingest.store.collections import renamed_to
from ingest.store.directory import Store
from rag_app.conversation.records import NOBODY
from rag_app.messages import retold, say
from rag_app.messages.counts import in_documents
from rag_app.ui.chat.ask import stop
from rag_app.ui.chat.state import ChatState, continue_chat
from rag_app.ui.serving.audited import note
from rag_app.ui.serving.roles import REFUSED, may
from rag_app.ui.serving.settings import Role
from rag_app.ui.session.engine import close_engine
from rag_app.ui.session.navigation import is_way_back
from rag_app.ui.session.state import Session, begin_session, current_session
from rag_app.ui.widgets.escape import escaped, label
from rag_app.ui.widgets.followers import draw_anew

NAME = "collection"
CHOICE_KEY = "collection-choice"
CREATE_KEY = "collection-create"


def follow_collection(owner: str = NOBODY) -> Session:
    """The session of the session of a reader, in the collection that the address names, if it has
    changed. Raises UsageError for wrong settings."""
    session = current_session(owner)
    wanted = st.query_params.get(NAME)
    if wanted and wanted != session.linked_collection:
        if wanted == session.linked_collection_before and not is_way_back():
            _write_address(session)
            return session
        session.linked_collection = wanted
        if wanted != shown_collection(session):
            session = _go_to(session, wanted)
    elif wanted is None and shown_collection(session) != default_collection():
        session.linked_collection = shown_collection(session)
        _write_address(session)
    return session


def is_collection_there(session: Session) -> bool:
    """Whether the collection that is shown is still the one that it was. Else the page says what
    has become of it, and the way to others, and has nothing else to show."""
    name = shown_collection(session)
    note = Store(load_settings(IndexSettings).store, name).note
    if note is not None and session.collection_id in (None, note.id):
        session.collection_id = note.id
        return True
    was_seen = session.collection_id is not None
    if not was_seen and (name == default_collection() or name in collection_names()):
        return True  # nobody has written to it yet, or an earlier version has
    stop(session.state_of(ChatState))
    new_name = renamed_to(session.collection_id) if session.collection_id else None
    if new_name is not None:
        told = say("The collection “{old}” is called “{new}” now.", old=name, new=new_name)
    elif was_seen:
        told = say("The collection “{name}” was deleted.", name=name)
    else:
        told = say(
            "There is no collection “{name}” here: it was renamed or deleted, or the link is "
            "not whole.",
            name=name,
        )
    st.warning(label(told), icon=":material/folder_off:")
    if session.notice:
        st.warning(label(session.notice), icon=":material/warning:")
    others = dict.fromkeys((default_collection(), *collection_names_of(session)))
    for other in others if new_name is None else (new_name,):
        if other != name or was_seen:
            st.button(
                label(say("Open {name}", name=other)),
                key=f"choose-{other}",
                on_click=choose,
                args=(session, other),
            )
    return False


def show_collections(session: Session) -> None:
    """The choice of the collection, where there are several, and the way to change them."""
    there = collection_names_of(session)
    with st.container(key="collections", horizontal=True, vertical_alignment="bottom", gap="small"):
        if len(there) > 1:
            st.selectbox(
                say("Collection"),
                there,
                index=there.index(shown_collection(session)),
                key=f"{CHOICE_KEY}-{shown_collection(session)}-{len(there)}",
                on_change=_choose_selected,
                args=(session, f"{CHOICE_KEY}-{shown_collection(session)}-{len(there)}"),
            )
        if may(Role.OWN):
            st.button(
                say("Manage") if len(there) > 1 else say("Collections"),
                key="collections-open",
                icon=":material/inventory_2:",
                type="tertiary",
                help=say("Make, rename and delete collections"),
                on_click=_set_managing,
                args=(session, True),
            )


def show_collections_dialog(session: Session) -> None:
    """Where collections are made, renamed and deleted."""
    title = say("Collections")
    st.dialog(title, on_dismiss=partial(_set_managing, session, False))(_show_all)(session)


def _show_all(session: Session) -> None:
    if current_session() is not session:
        draw_anew()  # one was made, renamed or deleted, and another is shown
    name = shown_collection(session)
    if session.notice:
        st.warning(label(session.notice), icon=":material/warning:")
    try:
        found = list_collections()
    except RagError as error:
        st.error(label(retold(error)), icon=":material/error:")
        found = []
    now = say("(open now)")
    rows = "".join(
        f'<li><bdi class="rag-document">{escaped(one.name or one.directory)}'
        f"{f' {now}' * (one.name == name)}</bdi> "
        f'<span class="rag-amount">{in_documents(one.documents)}</span></li>'
        for one in found
    )
    own = say("Each has its own documents and conversations.")
    st.html(f'<ul class="rag-documents">{rows}</ul><p class="rag-answering">{own}</p>')
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(say("New collection"), key=CREATE_KEY, placeholder=say("Any name"))
        st.button(say("Create"), icon=":material/add:", on_click=_create, args=(session,))
    if any(one.name == name for one in found):
        _show_rename(session, name)
        amount = next(in_documents(one.documents) for one in found if one.name == name)
        _show_delete(session, name, amount)


def choose(session: Session, name: str) -> None:
    """Show another collection. An answer that is on its way is stopped, and kept."""
    session = _go_to(session, name)
    session.linked_collection = None if name == default_collection() else name
    st.query_params.clear()
    _write_address(session)


def _go_to(session: Session, name: str) -> Session:
    """Go on in another collection. An answer that is on its way is stopped, and kept."""
    chat = session.state_of(ChatState)
    stop(chat)
    session = begin_session(session, name)
    continue_chat(chat, session)
    return session


def _write_address(session: Session) -> None:
    """Put the collection into the address, if it is not that of the settings."""
    if session.linked_collection is None:
        st.query_params.pop(NAME, None)
    else:
        st.query_params[NAME] = session.linked_collection


def shown_collection(session: Session) -> str:
    """The name of the collection that is shown."""
    return session.collection or default_collection()


def default_collection() -> str:
    """The name of the collection of the settings. Raises UsageError for wrong ones."""
    return load_settings(IndexSettings).collection


def collection_names_of(session: Session) -> list[str]:
    """The collections that there are, and the one that is shown, which may be empty yet."""
    try:
        there = collection_names()
    except RagError:
        there = []  # the engine says what is wrong with the store
    return sorted({*there, shown_collection(session)}, key=lambda name: (name.casefold(), name))


def _show_rename(session: Session, name: str) -> None:
    typed = f"collection-rename-{name}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        new = st.text_input(
            label(say("Rename “{name}” to", name=name)), key=typed, placeholder=say("Its new name")
        ).strip()
        st.button(
            say("Rename"),
            icon=":material/edit:",
            disabled=not (new and st.session_state.get(f"sure-{typed}")),
            on_click=_rename,
            args=(session, name, typed),
        )
    st.checkbox(say("I understand that existing links will stop working"), key=f"sure-{typed}")


def _show_delete(session: Session, name: str, amount: str) -> None:
    sure = st.checkbox(
        label(
            say(
                "Delete “{name}” for good, with {documents}, uploads and conversations",
                name=name,
                documents=amount,
            )
        ),
        key=f"sure-delete-{name}",
    )
    with st.container(key="danger-collection"):
        st.button(
            say("Delete this collection"),
            key="collection-delete",
            icon=":material/delete:",
            type="primary",
            disabled=not sure,
            on_click=_delete,
            args=(session, name),
        )


def _create(session: Session) -> None:
    name = str(st.session_state[CREATE_KEY]).strip()
    if _done(session, lambda: create_collection(name), "create", name):
        st.session_state[CREATE_KEY] = ""
        choose(session, name)


def _rename(session: Session, old: str, typed: str) -> None:
    new = str(st.session_state[typed]).strip()
    stop(session.state_of(ChatState))
    if _done(session, lambda: rename_collection(old, new), "rename", old, new):
        close_engine(old)
        choose(session, new)


def _delete(session: Session, name: str) -> None:
    stop(session.state_of(ChatState))
    if _done(session, lambda: delete_collection(name), "delete", name):
        close_engine(name)
        there = [one for one in collection_names_of(session) if one != name]
        default = default_collection()
        choose(session, default if default in there or not there else there[0])
        current_session(session.owner).notice = say(
            "The collection “{name}” is deleted.", name=name
        )


def _done(session: Session, change: Callable[[], None], *what: str) -> bool:
    """Whether a change worked. Else the page says why not."""
    session.notice = None
    if not may(Role.OWN):
        session.notice = say(REFUSED)
        return False
    try:
        change()
    except RagError as error:
        session.notice = retold(error)
        return False
    note("collection", what)
    return True


def _choose_selected(session: Session, key: str) -> None:
    chosen = str(st.session_state[key])
    if chosen != shown_collection(session):
        choose(session, chosen)


def _set_managing(session: Session, managing: bool) -> None:
    session.is_managing_collections = managing
    session.notice = None
