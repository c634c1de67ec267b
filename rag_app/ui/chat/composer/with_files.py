"""A question that was sent with files: it is asked when they have been read."""

from __future__ import annotations

import streamlit as st

from rag_app import Engine
from rag_app.ui.chat.ask import ask
from rag_app.ui.chat.state import ChatState
from rag_app.ui.documents.jobs.job_queue import Ingestion
from rag_app.ui.documents.state import documents_state
from rag_app.ui.widgets.escape import escaped
from rag_app.ui.widgets.followers import Follower

# Of the question, enough to know it again.
LONGEST = 80


def show_waiting(chat: ChatState, engine: Engine) -> Follower | None:
    """That a question waits for its files. Returns what asks it then."""
    question = chat.asked_with_files
    if not question:
        return None
    short = question if len(question) <= LONGEST else f"{question[:LONGEST]} …"
    st.html(f'<p class="rag-doing" role="status">Reading your files, then: “{escaped(short)}”</p>')
    return _Waiting(chat, engine, documents_state(engine).ingestion)


class _Waiting:
    """Asks the question as soon as no file is being read any more."""

    def __init__(self, chat: ChatState, engine: Engine, ingestion: Ingestion) -> None:
        self._chat, self._engine, self._ingestion = chat, engine, ingestion

    def follow(self) -> bool:
        """True while files are being read; then the page has to be drawn anew."""
        if self._ingestion.is_running:
            return True
        with self._chat.lock:
            question, self._chat.asked_with_files = self._chat.asked_with_files, ""
        if question:
            ask(self._chat, self._engine, question)
        return False
