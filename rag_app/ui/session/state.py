"""What a session remembers, and the engine that all sessions share."""

from __future__ import annotations

import gc
import threading
from dataclasses import dataclass, field, replace

import streamlit as st
from streamlit.navigation.page import Page

from ingest import IndexSettings
from ingest.records import FilterField
from ingest.settings import load_settings
from rag_app import (
    AnswerSettings,
    ConnectedLLM,
    Conversation,
    Conversations,
    Engine,
    Exchange,
    Turn,
    open_engine,
    with_collection,
    with_llm,
)
from rag_app.conversation.records import NOBODY, title_of
from rag_app.eval.report import EvalReport
from rag_app.ui.chat.quote_status import text_digests_of
from rag_app.ui.chat.source_view import Reading
from rag_app.ui.chat.sources import Source, sources_of
from rag_app.ui.session.evaluation_run import Evaluating
from rag_app.ui.widgets.background import Asking, Work

# So many questions are drawn at first, and so many more when asked for: each takes time.
WINDOW = 10
# So many exchanges have keys of their own, at least.
SLOTS = 40
# Beside that of the settings, so many collections are kept open at once.
MOST_COLLECTIONS = 32


@dataclass(slots=True)
class State:
    """One session: its conversation, its page, and the filter of its next questions.

    ``dialogue`` is the conversation with all its branches, which ``is_kept`` or is in memory only.
    ``linked`` is the id that stands in the page's address; ``notice`` is to be told once.
    """

    # Whose conversations these are; and which collection, if it is not that of the settings.
    owner: str = NOBODY
    collection: str | None = None
    collection_id: str | None = None
    linked_collection: str | None = None
    linked_collection_before: str | None = None
    managing: bool = False
    # The LLM that this session connected, and the engine that answers by it.
    connected: ConnectedLLM | None = None
    lent: tuple[Engine, Engine] | None = None
    # The evaluation page: what is being asked, what came of it, why it did not work.
    evaluating: Evaluating | None = None
    evaluated: EvalReport | None = None
    evaluation_error: str | None = None
    dialogue: Conversation = field(default_factory=Conversation)
    is_kept: bool = False
    # How many exchanges are drawn; of which only the words are in memory, and which are not kept.
    window: int = WINDOW
    light: set[str] = field(default_factory=set)
    unkept: set[str] = field(default_factory=set)
    linked: str | None = None
    # What stood there before: what the browser sends may be older than ``linked``.
    linked_before: str | None = None
    notice: str | None = None
    asking: Asking | None = None
    # Whether the conversation stands on the page as the last run of it drew it.
    stands: bool = False
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
    wanted: AnswerSettings | None = None
    tried: tuple[bool, str] | None = None
    # What the filter's controls offer; they empty only by becoming others.
    filterable: tuple[FilterField, ...] = ()
    filters: int = 0
    # Streamlit begins a run of the page before the last one has noticed that it is to end: what
    # changes the conversation takes turns.
    turns: threading.RLock = field(default_factory=threading.RLock)
    # Which page is shown ("" before the first), whether another was shown before, and all of
    # them, by the names in ``rag_app.ui.session.navigation``.
    at: str = ""
    came_from_elsewhere: bool = False
    # Whether a question was answered while another page was shown, and the answer not seen.
    has_answer_elsewhere: bool = False
    pages: dict[str, Page] = field(default_factory=dict)

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
        with self.turns:
            others = tuple(one for one in self.dialogue.exchanges if one.id != exchange.id)
            self.dialogue = replace(
                self.dialogue,
                title=self.dialogue.title or title_of(exchange.question),
                exchanges=(*others, exchange),
                shown=exchange.id,
            )

    def change(self, exchange: Exchange) -> None:
        """Put a changed exchange in the place of itself."""
        with self.turns:
            changed = (
                exchange if one.id == exchange.id else one for one in self.dialogue.exchanges
            )
            self.dialogue = replace(self.dialogue, exchanges=tuple(changed))

    def find(self, id_: str) -> Exchange | None:
        """The exchange of an id, if it is of this conversation."""
        return next((one for one in self.dialogue.exchanges if one.id == id_), None)

    def slot(self, at: int) -> str:
        """What the keys of buttons end with, below the exchange at a place of the conversation.
        Streamlit keeps what belongs to a key for as long as the session lasts: so the same few
        come again, never two on one page."""
        return f"{self.dialogue.id}-{at % max(SLOTS, 2 * self.window)}"

    def begin(self, dialogue: Conversation | None = None) -> None:
        """Begin a new conversation, or go on with one that is kept."""
        with self.turns:
            self.dialogue = dialogue or Conversation()
            self.is_kept = dialogue is not None
            self.editing = self.inspecting = self.reading = None
            self.window, self.light, self.unkept = WINDOW, set(), set()
            self.sources, self.follow_ups = {}, {}

    def shown(self, engine: Engine) -> tuple[Exchange, ...]:
        """The last exchanges of those that are shown, whole. Of all others that are kept, only the
        words stay in memory, so that a long conversation takes little. Raises StoreError."""
        with self.turns:
            drawn = {exchange.id for exchange in self.conversation[-self.window :]}
            stays = drawn | self.light | self.unkept
            exchanges: list[Exchange] = []
            for exchange in self.dialogue.exchanges:
                if exchange.id in drawn and exchange.id in self.light:
                    self.light.discard(exchange.id)
                    exchange = self.kept(engine).exchange(exchange.id)
                elif exchange.id not in stays:
                    self.light.add(exchange.id)
                    exchange = _words_of(exchange)
                exchanges.append(exchange)
            self.dialogue = replace(self.dialogue, exchanges=tuple(exchanges))
            for seen in (self.sources, self.follow_ups):
                for gone in seen.keys() - drawn:
                    del seen[gone]
            return self.conversation[-self.window :]

    def whole(self, engine: Engine) -> Conversation:
        """The conversation with all that was ever kept of it. Raises StoreError."""
        if not self.light:
            return self.dialogue
        kept = {one.id: one for one in self.kept(engine).open(self.dialogue.id).exchanges}
        exchanges = (
            kept[one.id] if one.id in self.light else one for one in self.dialogue.exchanges
        )
        return replace(self.dialogue, exchanges=tuple(exchanges))

    def sources_of(self, exchange: Exchange, engine: Engine) -> tuple[Source, ...]:
        """The passages to show with an answer, as the documents were when it was first shown."""
        if exchange.answer is None:
            return ()
        if exchange.id not in self.sources:
            self.sources[exchange.id] = sources_of(
                exchange.answer, engine, text_digests_of(exchange.record)
            )
        return self.sources[exchange.id]

    def kept(self, engine: Engine) -> Conversations:
        """The conversations of this session's reader, in the collection that is shown."""
        return Conversations(engine.store, self.owner, collection_id=self.collection_id)

    def lend(self, shared: Engine) -> Engine:
        """The engine that all share, or one of the same collection by this session's LLM."""
        if self.connected is None:
            return shared
        if self.lent is None or self.lent[0] is not shared:
            self.lent = shared, with_llm(shared, self.connected)
        return self.lent[1]

    def go_to(self, page: str) -> None:
        """Note which page is shown now."""
        self.came_from_elsewhere = self.at not in ("", page)
        self.at = page

    def clear_filter(self) -> None:
        """Ask all documents again."""
        self.filters += 1


def _words_of(exchange: Exchange) -> Exchange:
    """An exchange with what later questions may refer to, and no more."""
    answer = exchange.answer
    if answer is not None:
        answer = replace(answer, citations=(), hits=(), unsupported=(), notes=())
    return replace(exchange, answer=answer, record=None)


def session(owner: str | None = None) -> State:
    """The state of the session that this run of the page belongs to. Where an ``owner`` is given
    who is another than before, it is a new one."""
    state: State | None = st.session_state.get("rag")
    if state is None or owner not in (None, state.owner):
        state = st.session_state["rag"] = State(owner=owner or NOBODY)
    return state


def begin_session(before: State, collection: str | None) -> State:
    """The state of a session that goes to another collection: nothing of the one before, but who
    is there, and by which LLM. Controls that have shown something become others."""
    state = State(
        owner=before.owner,
        collection=collection,
        connected=before.connected,
        linked_collection=before.linked_collection,
        linked_collection_before=before.linked_collection,
        linked_before=before.linked,
        filters=before.filters + 1,
    )
    st.session_state["rag"] = state
    return state


def engine() -> Engine:
    """The engine of the session's collection, and of the store that the environment names.

    Raises UsageError and StoreError, as ``open_engine`` does.
    """
    settings, state = load_settings(IndexSettings), session()
    store, own = str(settings.store), settings.collection
    if state.collection in (None, own):
        return state.lend(_engine(store, own))
    return state.lend(_other_engine(store, own, state.collection))


def forget_engine(collection: str) -> None:
    """Close what is open of a collection that is no more."""
    settings = load_settings(IndexSettings)
    _other_engine.clear(str(settings.store), settings.collection, collection)


@st.cache_resource(show_spinner=False, on_release=Engine.close)
def _engine(store: str, collection: str) -> Engine:
    opened = open_engine(store, collection=collection)
    Work(lambda: _warm(opened))
    return opened


def _warm(opened: Engine) -> None:
    """Loading the model takes seconds: it begins while the first question is being typed. What
    goes wrong here goes wrong again, and is told, when the question is asked."""
    opened.embedder.encode(["ready"])
    # Streamlit collects garbage after each run of the page. To look each time at all that has
    # been loaded for good took 70 ms, in which nothing else could run, four times a question.
    gc.collect()
    gc.freeze()


@st.cache_resource(show_spinner=False, max_entries=MOST_COLLECTIONS, on_release=Engine.close)
def _other_engine(store: str, own: str, collection: str) -> Engine:
    return with_collection(_engine(store, own), collection)
