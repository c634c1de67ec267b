"""What a session remembers, and the engine that all sessions share."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from ingest import FileReceipt, IndexSettings
from ingest.settings import load_settings
from rag_app import Conversation, Engine, Exchange, Turn, open_engine
from rag_app.dialogue import title_of
from rag_app.ui.background import Asking, Uploading, Work
from rag_app.ui.reading import Reading
from rag_app.ui.sources import Source, sources_of
from rag_app.ui.standing import text_digests_of


@dataclass(slots=True)
class State:
    """One session: its conversation, its uploads, and the filter of its next questions.

    ``dialogue`` is the conversation with all its branches, which ``is_kept`` or is in memory only.
    ``linked`` is the id that stands in the page's address; ``notice`` is to be told once.
    """

    dialogue: Conversation = field(default_factory=Conversation)
    is_kept: bool = False
    linked: str | None = None
    notice: str | None = None
    asking: Asking | None = None
    # The exchanges whose question is being edited, and whose passages are looked at.
    editing: str | None = None
    inspecting: str | None = None
    # The source that is open.
    reading: Reading | None = None
    # By exchange: what its answer shows, and what could be asked next.
    sources: dict[str, tuple[Source, ...]] = field(default_factory=dict)
    follow_ups: dict[str, Work[tuple[str, ...]]] = field(default_factory=dict)
    # The panel about the LLM: whether it is open, what is being tried there, what came of it.
    connecting: bool = False
    trying: Work[str] | None = None
    tried: tuple[bool, str] | None = None
    uploading: Uploading | None = None
    receipts: tuple[FileReceipt, ...] = ()
    upload_error: str | None = None
    # The uploader empties only by becoming another one.
    uploads: int = 0
    where: dict[str, Any] | None = None
    # Likewise the controls of the filter.
    filters: int = 0

    @property
    def conversation(self) -> tuple[Exchange, ...]:
        """The exchanges that are shown."""
        return self.dialogue.branch()

    @property
    def history(self) -> tuple[Turn, ...]:
        """The conversation as the engine takes it."""
        return tuple(turn for exchange in self.conversation for turn in exchange.turns)

    def add(self, exchange: Exchange) -> None:
        """Show an exchange after those that are shown, or what has become of one of them."""
        others = tuple(one for one in self.dialogue.exchanges if one.id != exchange.id)
        self.dialogue = replace(
            self.dialogue,
            title=self.dialogue.title or title_of(exchange.question),
            exchanges=(*others, exchange),
            shown=exchange.id,
        )

    def change(self, exchange: Exchange) -> None:
        """Put a changed exchange in the place of itself."""
        changed = (exchange if one.id == exchange.id else one for one in self.dialogue.exchanges)
        self.dialogue = replace(self.dialogue, exchanges=tuple(changed))

    def begin(self, dialogue: Conversation | None = None) -> None:
        """Begin a new conversation, or go on with one that is kept."""
        self.dialogue = dialogue or Conversation()
        self.is_kept = dialogue is not None
        self.editing = self.inspecting = self.reading = None
        self.sources, self.follow_ups = {}, {}

    def sources_of(self, exchange: Exchange, engine: Engine) -> tuple[Source, ...]:
        """The passages to show with an answer, as the documents were when it was first shown."""
        if exchange.answer is None:
            return ()
        if exchange.id not in self.sources:
            self.sources[exchange.id] = sources_of(
                exchange.answer, engine, text_digests_of(exchange.record)
            )
        return self.sources[exchange.id]

    def clear_filter(self) -> None:
        """Ask all documents again."""
        self.filters += 1
        self.where = None


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
