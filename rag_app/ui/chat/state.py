"""The state of the chat in a session: its conversation, and the next questions' filter."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ingest.records import FilterField
from rag_app import AnswerSettings, Conversation, Engine, Exchange, Turn
from rag_app.conversation.records import Summary, title_of
from rag_app.ui.chat.sources.state import SourcesState
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.background import Work

# So many questions are drawn at first, and so many more when asked for: each takes time.
WINDOW = 10
# So many exchanges have keys of their own, at least.
SLOTS = 40


@dataclass(slots=True, eq=False)
class ChatState:
    """``conversation`` has all its branches, and ``is_kept`` or is in memory only. ``linked`` is
    the id that stands in the page's address."""

    session: Session
    conversation: Conversation = field(default_factory=Conversation)
    is_kept: bool = False
    # How many exchanges are drawn; of which only the words are in memory, and which are not kept.
    window: int = WINDOW
    trimmed: set[str] = field(default_factory=set)
    unkept: set[str] = field(default_factory=set)
    linked: str | None = None
    # What stood there before: what the browser sends may be older than ``linked``.
    linked_before: str | None = None
    # Whether the conversation stands on the page as the last run of it drew it.
    is_drawn: bool = False
    # The exchanges whose question is being edited, and whose passages are looked at.
    editing: str | None = None
    inspecting: str | None = None
    sources: SourcesState = field(default_factory=SourcesState)
    # By exchange: what could be asked next.
    follow_ups: dict[str, Work[tuple[str, ...]]] = field(default_factory=dict)
    # The dialog about the LLM: whether it is open, what the server lists that was typed there, by
    # its address and key, the test that is on its way, the settings to be used if it works, and
    # whether it did, in words.
    is_connecting: bool = False
    models: tuple[object, Work[Sequence[str]]] | None = None
    connection_test: Work[str] | None = None
    settings_to_use: AnswerSettings | None = None
    test_result: tuple[bool, str] | None = None
    # How often more of the kept conversations were asked for, from 1; and what was chosen in the
    # menu of one of them.
    lists_of_conversations: int = 1
    managing: tuple[str, Summary] | None = None
    # What the filter's controls offer; they empty only by becoming others, of another number.
    filter_fields: tuple[FilterField, ...] = ()
    filter_number: int = 0
    # Streamlit begins a run of the page before the last one has noticed that it is to end: what
    # changes the conversation takes turns.
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def branch(self) -> tuple[Exchange, ...]:
        """The exchanges that are shown."""
        return self.conversation.branch()

    @property
    def history(self) -> tuple[Turn, ...]:
        """The conversation as the engine takes it."""
        return tuple(turn for exchange in self.branch for turn in exchange.turns)

    def add(self, exchange: Exchange) -> None:
        """Show an exchange after those that are shown, or what has become of one of them."""
        with self.lock:
            others = tuple(one for one in self.conversation.exchanges if one.id != exchange.id)
            self.conversation = replace(
                self.conversation,
                title=self.conversation.title or title_of(exchange.question),
                exchanges=(*others, exchange),
                shown=exchange.id,
            )

    def change(self, exchange: Exchange) -> None:
        """Put a changed exchange in the place of itself."""
        with self.lock:
            changed = (
                exchange if one.id == exchange.id else one for one in self.conversation.exchanges
            )
            self.conversation = replace(self.conversation, exchanges=tuple(changed))

    def find(self, id_: str) -> Exchange | None:
        """The exchange of an id, if it is of this conversation."""
        return next((one for one in self.conversation.exchanges if one.id == id_), None)

    def slot(self, position: int) -> str:
        """What the keys of buttons end with, below the exchange at a position of the conversation.
        Streamlit keeps what belongs to a key for as long as the session lasts: so the same few
        come again, never two on one page."""
        return f"{self.conversation.id}-{position % max(SLOTS, 2 * self.window)}"

    def begin(self, conversation: Conversation | None = None) -> None:
        """Begin a new conversation, or go on with one that is kept."""
        with self.lock:
            self.conversation = conversation or Conversation()
            self.is_kept = conversation is not None
            self.editing = self.inspecting = None
            self.window, self.trimmed, self.unkept = WINDOW, set(), set()
            self.sources.clear()
            self.follow_ups = {}

    def shown(self, engine: Engine) -> tuple[Exchange, ...]:
        """The last exchanges of those that are shown, whole. Of all others that are kept, only the
        words stay in memory, so that a long conversation takes little. Raises StoreError."""
        with self.lock:
            drawn = {exchange.id for exchange in self.branch[-self.window :]}
            stays = drawn | self.trimmed | self.unkept
            exchanges: list[Exchange] = []
            for exchange in self.conversation.exchanges:
                if exchange.id in drawn and exchange.id in self.trimmed:
                    self.trimmed.discard(exchange.id)
                    exchange = self.session.conversations(engine).exchange(exchange.id)
                elif exchange.id not in stays:
                    self.trimmed.add(exchange.id)
                    exchange = _words_of(exchange)
                exchanges.append(exchange)
            self.conversation = replace(self.conversation, exchanges=tuple(exchanges))
            self.sources.keep_only(drawn)
            for gone in self.follow_ups.keys() - drawn:
                del self.follow_ups[gone]
            return self.branch[-self.window :]

    def whole(self, engine: Engine) -> Conversation:
        """The conversation with all that was ever kept of it. Raises StoreError."""
        if not self.trimmed:
            return self.conversation
        opened = self.session.conversations(engine).open(self.conversation.id)
        kept = {one.id: one for one in opened.exchanges}
        exchanges = (
            kept[one.id] if one.id in self.trimmed else one for one in self.conversation.exchanges
        )
        return replace(self.conversation, exchanges=tuple(exchanges))

    def clear_filter(self) -> None:
        """Ask all documents again."""
        self.filter_number += 1


def continue_chat(before: ChatState, session: Session) -> None:
    """Begin the chat of a session that goes to another collection. Controls that have shown
    something become others, and the address of before is known."""
    chat = session.state_of(ChatState)
    chat.linked_before = before.linked
    chat.filter_number = before.filter_number + 1


def _words_of(exchange: Exchange) -> Exchange:
    """An exchange with what later questions may refer to, and no more."""
    answer = exchange.answer
    if answer is not None:
        answer = replace(answer, citations=(), hits=(), unsupported=(), checks=(), notes=())
    return replace(exchange, answer=answer, record=None)
