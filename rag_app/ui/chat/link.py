"""The address of the page names the conversation that it shows: ``?conversation=ID``."""

from __future__ import annotations

import streamlit as st

from ingest import RagError
from rag_app import Engine
from rag_app.ui.chat.ask import leave, stop
from rag_app.ui.session.navigation import is_way_back
from rag_app.ui.session.state import State

NAME = "conversation"


def follow_link(state: State, engine: Engine) -> None:
    """Open the conversation that the address names, if the reader has changed the address.

    Who comes back from another page finds the conversation that was left: Streamlit drops what
    the address says when it changes the page.
    """
    wanted = st.query_params.get(NAME)
    if state.came_from_elsewhere and wanted is None:
        state.linked = None
    if wanted == state.linked:
        return
    if wanted == state.linked_before and not is_way_back():
        # Asked before the browser had the address of what was shown: nobody has left it.
        _write(state.linked)
        return
    state.linked = state.linked_before = wanted
    if wanted is None:
        leave(state)
    elif wanted != state.dialogue.id:
        open_conversation(state, engine, wanted)


def write_link(state: State) -> None:
    """Put the conversation that is shown into the address, if it is kept."""
    there = state.dialogue.id if state.is_kept else None
    if there == state.linked:
        return
    state.linked_before, state.linked = state.linked, there
    _write(there)


def _write(id_: str | None) -> None:
    if id_ is None:
        st.query_params.pop(NAME, None)
    else:
        st.query_params[NAME] = id_


def open_conversation(state: State, engine: Engine, id_: str) -> None:
    """Show a conversation that is kept, in place of the one that is shown."""
    state.notice = None
    stop(state)
    try:
        state.begin(state.kept(engine).open(id_))
    except RagError as error:
        state.notice = str(error)
