"""Actions on questions: ask, stop, ask again, edit, and go between versions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ingest import RagError
from rag_app import Engine, Exchange
from rag_app.conversation.records import title_of
from rag_app.ui.chat.filters import chosen_filter
from rag_app.ui.chat.state import ChatState
from rag_app.ui.session.pending_answer import PendingAnswer

NOT_KEPT = "This is not kept, and will be gone with this page: "


def ask(chat: ChatState, engine: Engine, question: str) -> None:
    """Send a question on its way, with the filter that is chosen. The answer to one that is still
    on its way is stopped."""
    stop(chat)
    _send(chat, engine, question, chosen_filter(chat))


def ask_again(chat: ChatState, engine: Engine, exchange: Exchange, question: str = "") -> None:
    """Ask a question anew where it stood, or another in its place, with its filter. What stands
    there now, and all that came after, is kept as another version."""
    stop(chat)
    chat.editing = None
    chat.conversation = replace(chat.conversation, shown=exchange.parent)
    _send(chat, engine, question or exchange.question, exchange.where)


def stop(chat: ChatState) -> None:
    """Stop the answer that is on its way, and keep what has come of it."""
    if (pending := chat.session.pending) is not None:
        finish(chat, pending, pending.stop())


def finish(chat: ChatState, pending: PendingAnswer, exchange: Exchange) -> None:
    """Show what came of a question, if no other run of the page has done so: one that Streamlit
    has ended goes on for a moment beside the next, in which another question may be on its way."""
    with chat.lock:
        if chat.session.pending is not pending:
            return
        chat.session.pending = None
        chat.add(exchange)
    if pending.unkept is None:
        chat.is_kept = True
    else:
        chat.unkept.add(exchange.id)
    chat.session.notice = pending.unkept and NOT_KEPT + pending.unkept


def show_version(chat: ChatState, engine: Engine, id_: str) -> None:
    """Show another version of a question, with the newest of what came after it."""
    exchange = chat.find(id_)
    if exchange is None:
        return
    stop(chat)
    shown = chat.conversation.newest_after(exchange)
    chat.conversation = replace(chat.conversation, shown=shown)
    if chat.is_kept:
        try:
            chat.session.conversations(engine).show(chat.conversation.id, shown)
        except RagError as error:
            chat.session.notice = f"This choice is not kept: {error}"


def leave(chat: ChatState) -> None:
    """Begin a new conversation."""
    chat.session.notice = None
    stop(chat)
    chat.begin()


def _send(chat: ChatState, engine: Engine, question: str, where: dict[str, Any] | None) -> None:
    conversation = chat.conversation
    conversation = replace(conversation, title=conversation.title or title_of(question))
    conversations = chat.session.conversations(engine)
    chat.session.pending = PendingAnswer(
        engine,
        question,
        chat.history,
        where,
        parent=conversation.shown,
        keep=lambda exchange: conversations.put(conversation, exchange),
    )
