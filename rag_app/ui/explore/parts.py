"""What the places of the page share: passages with their links, small print, CSV, the filter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from ingest import RagError
from rag_app import Engine
from rag_app.insights.base.csv_table import to_csv
from rag_app.insights.base.records import Place
from rag_app.messages import say, to_say
from rag_app.messages.places import place_of
from rag_app.ui.session.navigation import ABOUT, CHAT, DOCUMENT, DOCUMENTS, PAGE, show_link
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.escape import escaped, label

MOST_SHOWN = 25  # items of a list; the CSV file has all
FILTERED = {
    "folder": to_say("Folders"),
    "type": to_say("Types"),
    "document": to_say("Documents"),
}


def show_filter(engine: Engine) -> dict[str, Any] | None:
    """The control of the filter, and what is chosen there; as ``--folder`` and the like have it."""
    fields = {one.name: one for one in engine.filter_fields() if not one.own}
    parts: list[dict[str, Any]] = []
    with st.popover(say("Filter"), icon=":material/filter_list:", type="tertiary"):
        small(say("Look only at:"))
        for name, title in FILTERED.items():
            if name in fields and len(fields[name].values) > 1:
                chosen = st.multiselect(
                    say(title), fields[name].values, key=f"explore-{name}", placeholder=say("All"),
                    format_func=lambda value: str(value) or say("(in no folder)"),
                    persist_state="session",
                )  # fmt: skip
                parts += [{name: {"$in": chosen}}] if chosen else []
    return {"$and": parts} if len(parts) > 1 else (parts[0] if parts else None)


def upload(told: str, key: str, read: Callable[[bytes], None]) -> None:
    """The way to send a CSV file; ``read`` is called once for each with its bytes, and raises
    RagError for what is none."""
    sent = st.file_uploader(told, type="csv", key=key)
    done = f"{key}-done"
    if sent is None or st.session_state.get(done) == sent.file_id:
        return
    try:
        read(sent.getvalue())
        st.session_state[done] = sent.file_id
    except RagError as error:
        st.warning(label(str(error)), icon=":material/warning:")


def look_only_at(documents: Sequence[str]) -> None:
    """Set the filter to documents, whatever it was."""
    for name in FILTERED:
        st.session_state[f"explore-{name}"] = []
    st.session_state["explore-document"] = list(documents)


def show_passage(session: Session, place: Place, *, note: str = "") -> None:
    """A passage with its links; ``note`` stands above it."""
    show_words(session, place.document, place.page, place.text, note=note)


def show_words(
    session: Session, document: str, page: int | None, text: str, *, note: str = ""
) -> None:
    """The words, and the ways to the document and to a question about it."""
    with st.container(border=True):
        if note:
            small(note)
        st.html(f'<p class="rag-passage">{escaped(text)}</p>')
        with st.container(horizontal=True):
            show_document(session, document, page)
            show_link(
                session, CHAT, say("Ask about it"), icon=":material/forum:", query={ABOUT: document}
            )


def show_document(session: Session, name: str, page: int | None = None) -> None:
    """The way to a document, at a page of it if one is named."""
    show_link(
        session,
        DOCUMENTS,
        place_of(name, page),
        icon=":material/description:",
        query={DOCUMENT: name} | ({PAGE: str(page)} if page else {}),
    )


def small(text: str) -> None:
    """Small print, if there is any."""
    if text:
        st.html(f'<p class="rag-answering">{escaped(text)}</p>')


def show_rest(count: int) -> None:
    """That more was found than is shown."""
    if count > MOST_SHOWN:
        told = say(
            "The first {shown} of {count} are shown; the CSV file has all.",
            shown=MOST_SHOWN,
            count=count,
        )
        small(told)


def download(name: str, rows: Callable[[], Sequence[Mapping[str, object]]]) -> None:
    """A button for rows as CSV."""
    st.download_button(
        say("Download as CSV"),
        lambda: to_csv(rows()),
        file_name=name,
        mime="text/csv",
        icon=":material/download:",
        key=f"download-{name}",
        on_click="ignore",
    )
