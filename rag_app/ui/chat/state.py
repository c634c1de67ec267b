"""The state of the chat in a session: its conversation, and the next questions' filter."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ingest.errors import UsageError
from ingest.records import FilterField
from rag_app import AnswerSettings, Conversation, Engine, Exchange, Turn
from rag_app.conversation.records import Mark, Summary, title_of
from rag_app.messages import to_say
from rag_app.ui.answering.desk import desk
from rag_app.ui.answering.pending_answer import PendingAnswer
from rag_app.ui.chat.sources.state import SourcesState
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.background import Work

NOT_KEPT = to_say("This is not kept, and will be gone with this page: ")
# So many questions are drawn at first, and so many more when asked for: each takes time.
WINDOW = 10
# Characters. The server takes no larger message than 1 MB, and would close the connection.
LONGEST_QUESTION = 100_000
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
    places: int = 0
    trimmed: set[str] = field(default_factory=set)
    unkept: set[str] = field(default_factory=set)
    linked: str | None = None
    # How far the conversation was read from the store, and what is on its way in it, by exchange.
    mark: Mark = field(default=Mark())
    pending_answers: dict[str, PendingAnswer] = field(default_factory=dict)
    # The exchange that was asked again, and got the same answer.
    same_again: str | None = None
    # What stood there before: what the browser sends may be older than ``linked``.
    linked_before: str | None = None
    # Whether the conversation stands on the page as the last run of it drew it.
    is_drawn: bool = False
    # Whether this session has drawn the field for questions.
    has_field: bool = False
    # The exchanges whose question is being edited, and whose passages are looked at.
    editing: str | None = None
    inspecting: str | None = None
    sources: SourcesState = field(default_factory=SourcesState)
    # What could be asked to begin with; by exchange, what could be asked next.
    first_questions: Work[tuple[str, ...]] | None = None
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
    # What the field for questions offers after "@", as of a version of the collection.
    mentionable: tuple[tuple[object, ...], str] | None = None
    # Streamlit begins a run of the page before the last one has noticed that it is to end: what
    # changes the conversation takes turns.
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def branch(self) -> tuple[Exchange, ...]:
        """The exchanges that are shown."""
        return self.conversation.branch()

    @property
    def end(self) -> str | None:
        """The exchange that the next question goes on from."""
        return self.conversation.shown

    @property
    def history(self) -> tuple[Turn, ...]:
        """The conversation as the engine takes it."""
        return self.history_after(self.end)

    def history_after(self, id_: str | None) -> tuple[Turn, ...]:
        """The same up to one of its exchanges."""
        branch = replace(self.conversation, shown=id_).branch()
        return tuple(turn for exchange in branch for turn in exchange.turns)

    @property
    def pending(self) -> PendingAnswer | None:
        """What is being answered in the conversation that is shown."""
        return next((one for one in self.pending_answers.values() if not one.is_done), None)

    def catch_up(self, engine: Engine) -> None:
        """Bring in what was asked on other pages of this conversation, what is on its way there,
        and what has come of it. Raises UsageError where it was deleted; StoreError."""
        with self.lock:
            for pending in self._done_or_gone():
                self.take(pending)
            # Before the store is read: what is kept after that is news of the next time.
            line = desk.line(self.conversation.id)
            if self.is_kept:
                self._read_news(engine)
            for pending in line:
                self.pending_answers.setdefault(pending.exchange.id, pending)

    @property
    def is_behind_desk(self) -> bool:
        """Whether something is on its way that is not shown, or no longer is."""
        line = desk.line(self.conversation.id)
        return bool(self._done_or_gone()) or any(
            one.exchange.id not in self.pending_answers for one in line
        )

    def _done_or_gone(self) -> list[PendingAnswer]:
        """What is no longer on its way: answered, or withdrawn on another page."""
        line = desk.line(self.conversation.id)
        return [
            one
            for one in self.pending_answers.values()
            if one.is_done or (one.settled is None and one not in line)
        ]

    def has_news(self, engine: Engine) -> bool:
        """Whether ``catch_up`` would find anything. Raises StoreError."""
        if self.is_behind_desk:
            return True
        if not self.is_kept:
            return False
        try:
            kept = self.session.conversations(engine)
            return kept.news(self.conversation.id, self.mark) is not None
        except UsageError:
            return True  # it was deleted

    def take_done(self) -> bool:
        """Show what came of all that is answered: whether there was anything."""
        with self.lock:
            done = [one for one in self.pending_answers.values() if one.is_done]
            for pending in done:
                self.take(pending)
            return bool(done)

    def take(self, pending: PendingAnswer) -> None:
        """Show what came of a question. Another run of the page may have done so already."""
        with self.lock:
            mine = self.pending_answers.pop(pending.exchange.id, None)
            there = self.find(pending.exchange.id)
            if mine is not pending or there is None or pending.settled is None:
                return
            if pending.is_same and pending.again is not None:
                self.remove(there, instead=pending.again.id)
                self.same_again = pending.again.id
                self.conversation = replace(
                    self.conversation, shown=self.conversation.newest_after(pending.again)
                )
                return
            self.change(replace(pending.settled, parent=there.parent))
            if pending.unkept is not None:
                self.unkept.add(there.id)
                self.session.notice = NOT_KEPT + pending.unkept

    def remove(self, exchange: Exchange, *, instead: str | None = None) -> None:
        """Show no more of an exchange: what went on from it goes on from its parent."""
        with self.lock:
            instead = instead or exchange.parent
            others = tuple(
                replace(one, parent=instead) if one.parent == exchange.id else one
                for one in self.conversation.exchanges
                if one.id != exchange.id
            )
            shown = self.conversation.shown
            self.conversation = replace(
                self.conversation,
                exchanges=others,
                shown=instead if shown == exchange.id else shown,
            )

    def _read_news(self, engine: Engine) -> None:
        waiting = [one.id for one in self.conversation.exchanges if one.is_open]
        kept = self.session.conversations(engine)
        news = kept.news(self.conversation.id, self.mark, waiting)
        if news is None:
            return
        for id_ in news.gone:
            pending = self.pending_answers.get(id_)
            if pending is not None and pending.is_same:  # gone from the store a moment before done
                self.take(pending)
            elif (gone := self.find(id_)) is not None:
                self.remove(gone)
        by_id = {one.id: one for one in self.conversation.exchanges}
        by_id |= {one.id: one for one in news.exchanges}
        self.trimmed -= {one.id for one in news.exchanges}
        self.mark = news.mark
        conversation = replace(self.conversation, title=news.title, exchanges=tuple(by_id.values()))
        shown = conversation.find(conversation.shown)
        if shown is not None:  # at the end of what is shown, it goes on
            conversation = replace(conversation, shown=conversation.newest_after(shown))
        self.conversation = conversation

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
        return self.conversation.find(id_)

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
            self.mark = self.conversation.mark
            self.pending_answers = {}
            self.editing = self.inspecting = self.same_again = None
            self.places = 0
            self.window, self.trimmed, self.unkept = WINDOW, set(), set()
            self.sources.clear()
            self.follow_ups = {}

    def shown(self, engine: Engine) -> tuple[Exchange, ...]:
        """The last exchanges of those that are shown, whole. Of all others that are kept, only the
        words stay in memory, so that a long conversation takes little. Raises StoreError."""
        with self.lock:
            drawn = {exchange.id for exchange in self.branch[-self.window :]}
            stays = drawn | self.trimmed | self.unkept | self.pending_answers.keys()
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
        answer = replace(
            answer, citations=(), closest=(), hits=(), unsupported=(), checks=(), notes=()
        )
    return replace(exchange, answer=answer, record=None)
