"""Which collection is shown: choosing another, and making, renaming and deleting them.

The address names it, ``?collection=NAME``, unless it is that of the settings. An address without
the name, as another page of the app has it, changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable

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
from ingest.text.wording import many
from rag_app.conversation.records import NOBODY
from rag_app.ui.chat.ask import stop
from rag_app.ui.session.navigation import is_way_back
from rag_app.ui.session.state import State, begin_session, forget_engine, session
from rag_app.ui.widgets.escape import escaped, label
from rag_app.ui.widgets.scroll import scroll_to

NAME = "collection"
CHOICE_KEY = "collection-choice"
CREATE_KEY = "collection-create"


def follow_collection(owner: str = NOBODY) -> State:
    """The state of the session of a reader, in the collection that the address names, if it has
    changed. Raises UsageError for wrong settings."""
    state = session(owner)
    wanted = st.query_params.get(NAME)
    if wanted and wanted != state.linked_collection:
        if wanted == state.linked_collection_before and not is_way_back():
            _write_address(state)
            return state
        state.linked_collection = wanted
        if wanted != shown(state):
            stop(state)
            state = begin_session(state, wanted)
    elif wanted is None and shown(state) != own():
        state.linked_collection = shown(state)
        _write_address(state)
    return state


def is_there(state: State) -> bool:
    """Whether the collection that is shown is still the one that it was. Else the page says what
    has become of it, and the way to others, and has nothing else to show."""
    name = shown(state)
    note = Store(load_settings(IndexSettings).store, name).note
    if note is not None and state.collection_id in (None, note.id):
        state.collection_id = note.id
        return True
    was_seen = state.collection_id is not None
    if not was_seen and (name == own() or name in collection_names()):
        return True  # nobody has written to it yet, or an earlier version has
    stop(state)
    new_name = renamed_to(state.collection_id) if state.collection_id else None
    if new_name is not None:
        told = f"The collection “{name}” is called “{new_name}” now."
    elif was_seen:
        told = f"The collection “{name}” was deleted."
    else:
        told = f"There is no collection “{name}” here: it was renamed or deleted, or the link is \
not whole."
    st.warning(label(told), icon=":material/folder_off:")
    if state.notice:
        st.warning(label(state.notice), icon=":material/warning:")
    for other in [new_name] if new_name is not None else [*dict.fromkeys((own(), *names(state)))]:
        if other != name or was_seen:
            st.button(
                label(f"Open {other}"), key=f"choose-{other}", on_click=choose, args=(state, other)
            )
    return False


def show_collections(state: State) -> None:
    """The choice of the collection, where there are several, and the way to change them."""
    there = names(state)
    with st.container(key="collections", horizontal=True, vertical_alignment="bottom", gap="small"):
        if len(there) > 1:
            st.selectbox(
                "Collection",
                there,
                index=there.index(shown(state)),
                key=f"{CHOICE_KEY}-{shown(state)}-{len(there)}",
                on_change=_choose_selected,
                args=(state, f"{CHOICE_KEY}-{shown(state)}-{len(there)}"),
            )
        st.button(
            "Change" if len(there) > 1 else "Collections",
            key="collections-open",
            icon=":material/folder_managed:" if len(there) > 1 else ":material/folder:",
            type="tertiary",
            help="Make, rename and delete collections",
            on_click=_set_managing,
            args=(state, True),
        )


def show_collections_panel(state: State) -> None:
    """Where collections are made, renamed and deleted."""
    if not state.managing:
        return
    name = shown(state)
    with st.container(border=True, key="collections-panel"):
        scroll_to(".st-key-collections-panel", "collections")
        st.html('<h3 class="rag-heading">Collections</h3>')
        try:
            found = list_collections()
        except RagError as error:
            st.error(label(str(error)), icon=":material/error:")
            found = []
        rows = "".join(
            f'<li><bdi class="rag-document">{escaped(one.name or one.directory)}'
            f"{' (shown)' * (one.name == name)}</bdi> "
            f'<span class="rag-amount">{many(one.documents, "document")}</span></li>'
            for one in found
        )
        st.html(
            f'<ul class="rag-documents">{rows}</ul>'
            '<p class="rag-answering">Each has its own documents, conversations and answers.</p>'
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input("New collection", key=CREATE_KEY, placeholder="Any name")
            st.button("Create", icon=":material/add:", on_click=_create, args=(state,))
        if any(one.name == name for one in found):
            _show_rename(state, name)
            amount = next(many(one.documents, "document") for one in found if one.name == name)
            _show_delete(state, name, amount)
        st.button("Close", key="collections-close", type="tertiary",
                  on_click=_set_managing, args=(state, False))  # fmt: skip


def choose(state: State, name: str) -> None:
    """Show another collection. An answer that is on its way is stopped, and kept."""
    stop(state)
    state = begin_session(state, name)
    state.linked_collection = None if name == own() else name
    st.query_params.clear()
    _write_address(state)


def _write_address(state: State) -> None:
    """Put the collection into the address, if it is not that of the settings."""
    if state.linked_collection is None:
        st.query_params.pop(NAME, None)
    else:
        st.query_params[NAME] = state.linked_collection


def shown(state: State) -> str:
    """The name of the collection that is shown."""
    return state.collection or own()


def own() -> str:
    """The name of the collection of the settings. Raises UsageError for wrong ones."""
    return load_settings(IndexSettings).collection


def names(state: State) -> list[str]:
    """The collections that there are, and the one that is shown, which may be empty yet."""
    try:
        there = collection_names()
    except RagError:
        there = []  # the engine says what is wrong with the store
    return sorted({*there, shown(state)}, key=lambda name: (name.casefold(), name))


def _show_rename(state: State, name: str) -> None:
    typed = f"collection-rename-{name}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        new = st.text_input(
            label(f"Rename “{name}” to"), key=typed, placeholder="Its new name"
        ).strip()
        st.button(
            "Rename",
            icon=":material/edit:",
            disabled=not (new and st.session_state.get(f"sure-{typed}")),
            on_click=_rename,
            args=(state, name, typed),
        )
    st.checkbox("Links to it will no longer lead there", key=f"sure-{typed}")


def _show_delete(state: State, name: str, amount: str) -> None:
    sure = st.checkbox(
        label(f"Delete “{name}” for good: {amount}, its uploads and all its conversations"),
        key=f"sure-delete-{name}",
    )
    st.button(
        "Delete this collection",
        key="collection-delete",
        icon=":material/delete:",
        disabled=not sure,
        on_click=_delete,
        args=(state, name),
    )


def _create(state: State) -> None:
    name = str(st.session_state[CREATE_KEY]).strip()
    if _done(state, lambda: create_collection(name)):
        st.session_state[CREATE_KEY] = ""
        choose(state, name)


def _rename(state: State, old: str, typed: str) -> None:
    new = str(st.session_state[typed]).strip()
    stop(state)
    if _done(state, lambda: rename_collection(old, new)):
        forget_engine(old)
        choose(state, new)


def _delete(state: State, name: str) -> None:
    stop(state)
    if _done(state, lambda: delete_collection(name)):
        forget_engine(name)
        there = [one for one in names(state) if one != name]
        choose(state, own() if own() in there or not there else there[0])
        session(state.owner).notice = f"The collection “{name}” is deleted."


def _done(state: State, change: Callable[[], None]) -> bool:
    """Whether a change worked. Else the page says why not."""
    state.notice = None
    try:
        change()
    except RagError as error:
        state.notice = str(error)
        return False
    return True


def _choose_selected(state: State, key: str) -> None:
    choose(state, str(st.session_state[key]))


def _set_managing(state: State, managing: bool) -> None:
    state.managing = managing
    state.notice = None
