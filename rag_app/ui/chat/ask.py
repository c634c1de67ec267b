"""Actions on questions: ask, stop, withdraw, ask again, edit, and go between versions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ingest import RagError
from ingest.errors import UsageError
from rag_app import Engine, Exchange
from rag_app.conversation.records import title_of
from rag_app.messages import retold, say, to_say
from rag_app.ui.answering.desk import desk
from rag_app.ui.answering.pending_answer import PendingAnswer
from rag_app.ui.chat.effort import chosen_effort
from rag_app.ui.chat.filters import chosen_filter
from rag_app.ui.chat.state import NOT_KEPT, ChatState

DELETED = to_say("This conversation was deleted on another page.")


def ask(
    chat: ChatState, engine: Engine, question: str, *, is_reading: Callable[[], bool] | None = None
) -> None:
    """Send a question on its way, with the filter that is chosen, after those that are shown. It
    waits for the answer to the one before, if that is still on its way, and for as long as files
    are being read that were sent with it."""
    where, effort = chosen_filter(chat), chosen_effort(engine)
    asked = Exchange(question, where=where, parent=chat.end, effort=effort)
    _send(chat, engine, asked, is_reading=is_reading)


def ask_again(chat: ChatState, engine: Engine, exchange: Exchange, question: str = "") -> None:
    """Ask a question anew where it stood, or another in its place, with its filter. What stands
    there now, and all that came after, is kept as another version: but for the same answer to the
    same question."""
    chat.editing = None
    again = exchange if question in ("", exchange.question) else None
    asked = Exchange(
        question or exchange.question,
        where=exchange.where,
        parent=exchange.parent,
        effort=chosen_effort(engine),
    )
    _send(chat, engine, asked, again=again, at_end=False)


def answer_after_all(chat: ChatState, engine: Engine, id_: str) -> None:
    """Have a question answered that was left open when the server ended."""
    with chat.lock:
        exchange = chat.find(id_)
        if exchange is not None and desk.find(chat.conversation.id, id_) is None:
            _begin(chat, engine, replace(exchange, partial=""))


def stop(chat: ChatState, id_: str | None = None) -> None:
    """Stop the answer that is on its way, if it is that of an exchange, and keep what has come of
    it."""
    pending = chat.pending
    if pending is not None and id_ in (None, pending.exchange.id):
        pending.stop()
        chat.take(pending)


def withdraw(chat: ChatState, engine: Engine, id_: str) -> None:
    """Take back a question that waits for the answer before. Where it no longer waits, its answer
    is stopped."""
    exchange = chat.find(id_)
    if exchange is None or not desk.withdraw(chat.conversation.id, id_):
        stop(chat, id_)
        return
    chat.pending_answers.pop(id_, None)
    chat.remove(exchange)
    try:
        chat.session.conversations(engine).withdraw(id_)
    except RagError as error:
        chat.session.notice = say(
            "The question is still in the conversation: {error}", error=retold(error)
        )


def show_version(chat: ChatState, engine: Engine, id_: str) -> None:
    """Show another version of a question, with the newest of what came after it."""
    exchange = chat.find(id_)
    if exchange is None:
        return
    chat.same_again = None
    shown = chat.conversation.newest_after(exchange)
    chat.conversation = replace(chat.conversation, shown=shown)
    if chat.is_kept:
        try:
            chat.session.conversations(engine).show(chat.conversation.id, shown)
        except RagError as error:
            chat.session.notice = say("This choice is not kept: {error}", error=retold(error))


def catch_up(chat: ChatState, engine: Engine) -> None:
    """Show what has become of the conversation on other pages, or that it is there no more."""
    try:
        chat.catch_up(engine)
    except UsageError:
        leave(chat)
        chat.session.notice = say(DELETED)
    except RagError as error:
        chat.session.notice = retold(error)


def leave(chat: ChatState) -> None:
    """Begin a new conversation. What is on its way in the one before goes on."""
    chat.session.notice = None
    chat.begin()


def _send(
    chat: ChatState,
    engine: Engine,
    exchange: Exchange,
    *,
    again: Exchange | None = None,
    at_end: bool = True,
    is_reading: Callable[[], bool] | None = None,
) -> None:
    """Keep a question, show it, and have it answered."""
    exchange = replace(exchange, is_open=True)
    with chat.lock:
        chat.session.notice = chat.same_again = None
        conversation = chat.conversation
        conversation = replace(
            conversation, title=conversation.title or title_of(exchange.question)
        )
        unkept: str | None = None
        try:
            kept = chat.session.conversations(engine).put(conversation, exchange, at_end=at_end)
            chat.is_kept = True
            if kept.parent != exchange.parent:
                chat.catch_up(engine)  # another page has asked a moment ago
            exchange = kept
        except RagError as error:
            unkept = retold(error)
            chat.unkept.add(exchange.id)
            chat.session.notice = say(NOT_KEPT) + unkept
        chat.add(exchange)
        _begin(chat, engine, exchange, again=again, unkept=unkept, is_reading=is_reading)


def _begin(
    chat: ChatState,
    engine: Engine,
    exchange: Exchange,
    *,
    again: Exchange | None = None,
    unkept: str | None = None,
    is_reading: Callable[[], bool] | None = None,
) -> None:
    """Give a question that is shown to the desk."""
    before = desk.find(chat.conversation.id, exchange.parent)
    pending = PendingAnswer(
        engine,
        exchange,
        chat.history_after(exchange.parent) if before is None else (),
        None if unkept else chat.session.conversations(engine),
        before=before,
        again=again,
        unkept=unkept,
        is_reading=is_reading,
    )
    chat.pending_answers[exchange.id] = pending
    desk.add(chat.conversation.id, pending)
