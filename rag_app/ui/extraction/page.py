"""Fields of the documents that were chosen: a part of the documents page."""

from __future__ import annotations

import streamlit as st

from rag_app import Engine
from rag_app.messages import say, say_many
from rag_app.ui.documents.state import DocumentsState, documents_state
from rag_app.ui.extraction.fields import fields_named, show_fields
from rag_app.ui.extraction.state import Extraction, ExtractionState, extraction_state
from rag_app.ui.extraction.table import show_open_cell, show_table
from rag_app.ui.widgets.escape import escaped
from rag_app.ui.widgets.followers import Follower

MOST_NAMED = 3


def show_extraction(engine: Engine) -> list[Follower | None]:
    """Draw it. Returns what has to be followed."""
    documents, state = documents_state(engine), extraction_state(engine)
    names = documents.extracting or ()
    followers: list[Follower | None] = []
    with st.container(key="extraction"):
        _show_head(documents, names)
        is_running = state.table is not None and state.table.is_running
        show_fields(state)
        st.button(
            say("Extract"),
            key="extract-begin",
            icon=":material/table_view:",
            type="primary",
            disabled=is_running,
            on_click=_begin,
            args=(state, engine, names),
        )
        if state.wrong:
            st.warning(state.wrong, icon=":material/warning:")
        if state.table is not None:
            followers.append(show_table(state, state.table))
        with st.container(key="pane"):
            if state.table is not None:
                followers.append(show_open_cell(state, engine, state.table))
    return followers


def _show_head(documents: DocumentsState, names: tuple[str, ...]) -> None:
    st.button(
        say("All documents"),
        key="extract-close",
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=_close,
        args=(documents,),
    )
    st.title(say("Extract fields"), anchor=False)
    listed = ", ".join(names[:MOST_NAMED])
    if len(names) > MOST_NAMED:
        more = say("and {count} more", count=len(names) - MOST_NAMED)
        listed = f"{listed} {more}"
    told = say_many(
        "A table with a row for {count} document ({names}).",
        "A table with a row for each of {count} documents ({names}).",
        len(names),
        names=listed,
    )
    leads = say("Each cell leads to the words that it was read from.")
    st.html(f'<p class="rag-note-plain">{escaped(told)} {leads}</p>')


def _begin(state: ExtractionState, engine: Engine, names: tuple[str, ...]) -> None:
    fields = fields_named(state)
    if fields:
        state.open.close()
        state.table = Extraction(engine, fields, names)


def _close(documents: DocumentsState) -> None:
    documents.extracting = None
