"""What a session remembers, and the engine that all sessions share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from ingest import FileReceipt, IndexSettings
from ingest.settings import load_settings
from rag_app import Answer, Engine, Turn, open_engine
from rag_app.ui.background import Asking, Uploading, Work
from rag_app.ui.sources import Source


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what came of it: an answer, an error, or ``partial`` if it was stopped.

    ``sources`` are the passages to show with the answer, as the documents were then; ``where`` is
    the filter with which it was asked.
    """

    question: str
    answer: Answer | None = None
    sources: tuple[Source, ...] = ()
    error: str | None = None
    partial: str = ""
    where: dict[str, Any] | None = None

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The two messages that later questions may refer to; none if there is no answer."""
        if self.answer is None:
            return ()
        return Turn("user", self.question), Turn("assistant", self.answer.text)


@dataclass(slots=True)
class State:
    """One session: its conversation, its uploads, and the filter of its next questions."""

    conversation: list[Exchange] = field(default_factory=list)
    asking: Asking | None = None
    uploading: Uploading | None = None
    receipts: tuple[FileReceipt, ...] = ()
    upload_error: str | None = None
    # The uploader empties only by becoming another one.
    uploads: int = 0
    where: dict[str, Any] | None = None
    # Likewise the controls of the filter.
    filters: int = 0

    @property
    def history(self) -> tuple[Turn, ...]:
        """The conversation as the engine takes it."""
        return tuple(turn for exchange in self.conversation for turn in exchange.turns)

    def clear_filter(self) -> None:
        """Ask all documents again."""
        self.filters += 1
        self.where = None

    def forget_conversation(self) -> None:
        """Begin a new conversation."""
        if self.asking is not None:
            self.asking.stop()
        self.asking = None
        self.conversation = []


def session() -> State:
    """The state of the session that this run of the page belongs to."""
    if "rag" not in st.session_state:
        st.session_state["rag"] = State()
    state: State = st.session_state["rag"]
    return state


def engine() -> Engine:
    """The engine of the store and collection that the environment names.

    Raises UsageError and StoreError, as ``open_engine`` does.
    """
    settings = load_settings(IndexSettings)
    return _engine(str(settings.store), settings.collection)


@st.cache_resource(show_spinner=False, on_release=Engine.close)
def _engine(store: str, collection: str) -> Engine:
    opened = open_engine(store, collection=collection)
    # Loading the model takes seconds: it begins while the first question is being typed. What
    # goes wrong here goes wrong again, and is told, when the question is asked.
    Work(lambda: opened.embedder.encode(["ready"]))
    return opened
