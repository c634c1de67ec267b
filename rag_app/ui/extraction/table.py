"""The table of an extraction: rows as they are done, cells that open their words, downloads."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

import streamlit as st

from ingest import RagError
from rag_app import Engine
from rag_app.extraction.output import notes_of, write_rows
from rag_app.extraction.records import Cell, ExtractedRow
from rag_app.messages import say, say_many
from rag_app.messages.places import place_of
from rag_app.ui.chat.reading.pane import show_pane
from rag_app.ui.chat.sources.quote_status import quote_status_of
from rag_app.ui.chat.sources.source import Source
from rag_app.ui.extraction.state import Extraction, ExtractionState
from rag_app.ui.widgets.escape import escaped, label
from rag_app.ui.widgets.followers import Follower
from rag_app.ui.widgets.tables import table_html

# On a page: each found cell has a button of its own.
ROWS = 20
# Seconds between two looks of the reader at the table while it fills: it is drawn anew for each.
BETWEEN = 1.0
MIME = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHORT = 16  # characters
PAGE_KEY = "extracted-page"


def show_table(state: ExtractionState, table: Extraction) -> Follower | None:
    """How far it is, the rows so far, and what can be done with them."""
    rows = list(table.rows)
    follower = _show_progress(table, len(rows))
    if table.error:
        st.error(label(table.error), icon=":material/error:")
    if not rows:
        return follower
    pages = -(-len(rows) // ROWS)
    page = st.pagination(pages, key=PAGE_KEY) if pages > 1 else 1
    first = (page - 1) * ROWS
    shown = rows[first : first + ROWS]
    st.html(_table_html(table, shown, first))
    _show_openers(state, shown, first)
    notes = [(row.document, notes_of(row)) for row in shown if notes_of(row)]
    if notes:
        lines = "".join(f"<li>{escaped(name)}: {escaped(note)}</li>" for name, note in notes)
        st.html(f'<ul class="rag-note-plain">{lines}</ul>')
    with st.container(horizontal=True, key="extracted-downloads"):
        for kind, mime in MIME.items():
            st.download_button(
                say("Download {kind}", kind=kind.upper()),
                partial(write_rows, table.fields, rows, kind),  # when it is asked for
                f"fields.{kind}",
                mime,
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
            )
    return follower


def show_open_cell(state: ExtractionState, engine: Engine, table: Extraction) -> Follower | None:
    """The words of the cell that is open, in the reading pane. Returns what has to be followed."""
    opened = state.open.open
    if opened is None:
        return None
    row = next((one for one in table.rows if one.document == opened.exchange), None)
    cell = row.cells[opened.number] if row and opened.number < len(row.cells) else None
    if cell is None or cell.source is None:
        return None
    source = cell.source
    text: str | None
    try:
        text = engine.document_text(source.document)
    except RagError:
        text = None
    status = quote_status_of(source.quote, source.start, text)
    words = Source(source.document, source.page, source.quote, status=status)
    return show_pane(state.open, engine, words, opened)


def _show_progress(table: Extraction, done: int) -> Follower | None:
    counted = say_many(
        "{done} of {count} document", "{done} of {count} documents", len(table.names), done=done
    )
    if not table.is_running:
        cells = [cell for row in table.rows for cell in row.cells]
        found = sum(cell.value is not None for cell in cells)
        text = say(
            "{documents}; {found} of {count} fields found.",
            documents=counted,
            found=found,
            count=len(cells),
        )
        if table.is_stopped:
            stopped = say("Stopped.")
            text = f"{stopped} {text}"
        st.html(f'<p class="rag-note-plain" role="status">{text}</p>')
        return None
    reading = say("Reading")
    st.progress(done / len(table.names), f"{reading} · {counted}")
    st.button(say("Stop"), icon=":material/stop:", key="stop-extraction", on_click=table.stop)
    return _Filling(table, done)


class _Filling:
    """Has the page drawn anew when there are more rows."""

    def __init__(self, table: Extraction, drawn: int) -> None:
        self._table, self._drawn, self._at = table, drawn, time.monotonic()

    def follow(self) -> bool | None:
        is_news = len(self._table.rows) > self._drawn and time.monotonic() - self._at > BETWEEN
        return not is_news and self._table.is_running


def _table_html(table: Extraction, rows: Sequence[ExtractedRow], first: int) -> str:
    heads = [say("Document"), *(escaped(one.name) for one in table.fields)]
    lines = []
    for number, row in enumerate(rows, start=first):
        name = f'<bdi class="rag-document">{escaped(row.document)}</bdi>'
        cells = [_cell_html(cell, _key(number, at)) for at, cell in enumerate(row.cells)]
        lines.append([name, *cells])
    return table_html(heads, lines)


def _cell_html(cell: Cell, key: str) -> str:
    if cell.value is None or cell.source is None:
        none = say("not found")
        return f'<span class="rag-amount">{none}</span>'
    place = place_of(cell.source.document, cell.source.page)
    told = escaped(f"{place}: “{cell.source.quote}”")
    # A date or an amount stands on one line.
    short = " rag-whole" if len(cell.value) <= SHORT else ""
    return (
        f'<button type="button" class="rag-cell{short}" data-opens="{key}" title="{told}">'
        f"{escaped(cell.value)}</button>{' *' if cell.note else ''}"
    )


def _show_openers(state: ExtractionState, rows: Sequence[ExtractedRow], first: int) -> None:
    """The buttons that the cells press (``rag_app.ui.widgets.page_script``); they are not seen."""
    with st.container(key="cell-openers"):
        for number, row in enumerate(rows, start=first):
            for at, cell in enumerate(row.cells):
                if cell.source is not None:
                    st.button(
                        label(f"{row.document}: {cell.field}"),
                        key=_key(number, at),
                        on_click=state.open.open_source,
                        args=(row.document, at),
                    )


def _key(row: int, column: int) -> str:
    return f"open-cell-{row}-{column}"
