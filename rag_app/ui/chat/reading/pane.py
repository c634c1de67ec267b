"""The reading pane: a document at the words that a source cites.

It stands beside the answer where there is room, and above the question field where there is not
(reading.css). It is drawn before the conversation, whose place is kept: a click on a marker draws
the whole page anew, and the reader waits only for this.
"""

from __future__ import annotations

from pathlib import PurePosixPath

import streamlit as st

from ingest import RagError
from ingest.errors import UsageError
from ingest.paths import is_address
from rag_app import Engine
from rag_app.messages import retold, say
from rag_app.ui.chat.sources.chips import READ_BY_OCR, icon_of
from rag_app.ui.chat.sources.quote_status import CHANGED, DELETED
from rag_app.ui.chat.sources.source import Source
from rag_app.ui.chat.sources.state import OpenSource, SourcesState
from rag_app.ui.reading.document import ReadDocument, read_document
from rag_app.ui.reading.reader import look_into, show_reader
from rag_app.ui.reading.sheet import Cited, note_html, region_html
from rag_app.ui.widgets.escape import address_html, escaped, quoted_as
from rag_app.ui.widgets.followers import Follower

PANEL = "reading"


def show_pane(
    state: SourcesState, engine: Engine, source: Source, opened: OpenSource
) -> Follower | None:
    """The source that is open. Returns what has to be followed."""
    with st.container(key=PANEL, gap=None):
        _show_head(state, source)
        document, start = _document(engine, source), source.status.start
        became = say(source.status.note) if source.status.note else ""
        if document is None or start is None:
            st.html(note_html(became or _what_became(engine, source)) + _words_html(source))
            look_into(PANEL, str(opened.look.opened))
            return None
        by_ocr = f"{say(READ_BY_OCR)}." if source.by_ocr else ""
        return show_reader(
            engine,
            document,
            opened.look,
            PANEL,
            cited=Cited(start, source.quote),
            notes=[one for one in (became, source.doubt, by_ocr) if one],
        )


def _show_head(state: SourcesState, source: Source) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="pane-head"):
        path = PurePosixPath(source.document)
        folder = "" if str(path.parent) == "." else f"<small>{escaped(str(path.parent))}</small>"
        name = f'<bdi class="rag-document">{escaped(path.name)}</bdi>{folder}'
        if is_address(source.document):
            name = address_html(source.document)
        icon = f'<span class="rag-symbol" aria-hidden="true">{icon_of(source.document)}</span>'
        st.html(f'<h2 class="rag-pane-title" title="{escaped(source.document)}">{icon}{name}</h2>')
        st.button(
            say("Close"),
            key="pane-close",
            icon=":material/close:",
            type="tertiary",
            help=say("Close (Esc)"),
            on_click=state.close,
        )


def _document(engine: Engine, source: Source) -> ReadDocument | None:
    """The document as it is now; None if the words are not there any more."""
    start = source.status.start
    if start is None:
        return None
    try:
        document = read_document(engine, source.document)
    except RagError:
        return None
    is_there = document.text[start : start + len(source.quote)] == source.quote
    return document if is_there else None


def _what_became(engine: Engine, source: Source) -> str:
    """Why words are no longer where they were when their answer was first shown."""
    try:
        engine.document_text(source.document)
    except UsageError:
        return say(DELETED)
    except RagError as error:
        return retold(error)
    return say(CHANGED)


def _words_html(source: Source) -> str:
    """The words as they were."""
    words = f"<blockquote{quoted_as(source.language)}>{escaped(source.quote)}</blockquote>"
    return region_html(source.document, f'<div class="rag-text">{words}</div>')
