"""The list of sources below an answer, each with a button that opens its document."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from rag_app import Engine, Exchange
from rag_app.ui.chat.sources.source import Source, is_open_at_first, source_html
from rag_app.ui.chat.sources.state import SourcesState
from rag_app.ui.chat.sources.view import open_source, show_opened


def opens(slot: str) -> str:
    """The keys of the buttons that open the sources of an exchange, but for their numbers."""
    return f"open-{slot}-"


def show_sources(
    state: SourcesState, engine: Engine, exchange: Exchange, sources: Sequence[Source], slot: str
) -> None:
    """What an answer cites, or what is nearest to a question that was refused."""
    is_refused = exchange.answer is not None and exchange.answer.refused
    opened = state.open if state.open and state.open.exchange == exchange.id else None
    with st.container(gap=None, key=f"sources-{slot}"):
        for number, source in enumerate(sources):
            is_read = opened is not None and opened.number == number
            is_open = not is_refused and is_open_at_first(number, source)
            if is_read and not source.is_in_doubt:
                is_open = False  # the words stand in the document now
            with st.container(horizontal=True, gap="small", key=f"source-{slot}-{number}"):
                st.html(f'<div class="rag-sources">{source_html(source, is_open=is_open)}</div>')
                st.button(
                    "Close" if is_read else _open_label(source),
                    key=f"{opens(slot)}{number}",
                    icon=":material/close:" if is_read else ":material/plagiarism:",
                    type="tertiary",
                    help="Close the document" if is_read else "Open the document at these words",
                    on_click=open_source,
                    args=(state, exchange.id, number),
                )
            if is_read:
                show_opened(state, engine, source)


def _open_label(source: Source) -> str:
    if source.status.start is None:
        return "As it was"
    return "Open" if source.page is None else f"Open page {source.page}"
