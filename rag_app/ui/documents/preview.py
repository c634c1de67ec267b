"""One document: what is known of it, what can be done with it, and its pages to be read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from ingest import RagError
from ingest.paths import is_address
from ingest.text.wording import capital
from rag_app import Engine
from rag_app.messages import retold, say
from rag_app.ui.documents.delete import ask_to_delete, show_confirmation
from rag_app.ui.documents.entries import Entry, key_of
from rag_app.ui.documents.facts import facts_of, joined_html, name_of
from rag_app.ui.documents.in_short import show_in_short
from rag_app.ui.documents.reread import HELP, read_again
from rag_app.ui.documents.state import DocumentsState, look_at_document
from rag_app.ui.reading.document import read_document
from rag_app.ui.reading.reader import show_reader
from rag_app.ui.serving.roles import may
from rag_app.ui.serving.settings import Role
from rag_app.ui.session.navigation import ABOUT, CHAT, DOCUMENT, PAGE, show_link
from rag_app.ui.session.state import current_session
from rag_app.ui.widgets.escape import address_html, escaped, label
from rag_app.ui.widgets.followers import Follower
from rag_app.ui.widgets.scroll import scroll_to
from rag_app.ui.widgets.times import format_day
from rag_app.web.changes import is_uploaded

PANEL = "whole-document"


def show_preview(
    documents: DocumentsState, engine: Engine, entries: Sequence[Entry], name: str
) -> list[Follower | None]:
    """The document of a name. Returns what has to be followed."""
    with st.container(key="preview-top"):
        st.button(
            say("All documents"),
            icon=":material/arrow_back:",
            type="tertiary",
            on_click=_close,
            args=(documents,),
        )
    entry = next((one for one in entries if one.name == name and one.is_document), None)
    try:
        document = read_document(engine, name)
    except RagError as error:
        st.warning(label(retold(error)), icon=":material/warning:")
        return []
    if entry is None:
        return []
    st.html(_heading_html(engine, entry))
    show_confirmation(documents, engine, entries)
    with st.container(horizontal=True, key="preview-actions"):
        show_link(
            current_session(),
            CHAT,
            say("Ask about this"),
            icon=":material/forum:",
            query={ABOUT: name},
        )
        _show_download(entry)
        if may(Role.ADD):
            st.button(
                say("Read again"),
                icon=":material/refresh:",
                type="tertiary",
                help=say(HELP),
                on_click=read_again,
                args=(documents, engine, [entry]),
            )
        if may(Role.DELETE):
            st.button(
                say("Delete"),
                icon=":material/delete:",
                type="tertiary",
                on_click=ask_to_delete,
                args=(documents, [name]),
            )
    scroll_to(".st-key-preview-top", key_of(name))  # the list may have been scrolled far down
    with st.container(key="one-document"):
        finding = show_in_short(documents, current_session(), engine, name)
        with st.container(key=PANEL, gap=None):
            look = look_at_document(documents, name)
            return [finding, show_reader(engine, document, look, PANEL)]


def _show_download(entry: Entry) -> None:
    """The file as it is on disk, where it is there; one of an archive is not by itself."""
    path = Path(entry.source)
    if path.is_file():
        st.download_button(
            say("Download"),
            path.read_bytes,  # when it is asked for
            name_of(entry.name),
            key=f"download-{key_of(entry.name)}",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )


def _heading_html(engine: Engine, entry: Entry) -> str:
    facts = facts_of(entry)
    if entry.ingested:
        facts.append(say("added on {day}", day=format_day(entry.ingested)))
    is_on_disk = entry.source.endswith(entry.name) and not is_uploaded(engine, entry.source)
    title = entry.title or name_of(entry.name)
    remark = (
        f'<p class="rag-note">{escaped(capital(retold(entry.remark)))}</p>' if entry.remark else ""
    )
    where = escaped(entry.source if is_on_disk else entry.name)
    name = f'<bdi class="rag-document">{where}</bdi>'
    if is_address(entry.source):
        name = address_html(entry.source)
    return (
        f'<h2 class="rag-title"><bdi class="rag-document">{escaped(title)}</bdi></h2>'
        f'<p class="rag-caption">{name}</p>'
        f'<p class="rag-caption">{joined_html(facts)}</p>{remark}'
    )


def _close(documents: DocumentsState) -> None:
    documents.left = documents.reading
    for parameter in (DOCUMENT, PAGE):
        st.query_params.pop(parameter, None)
