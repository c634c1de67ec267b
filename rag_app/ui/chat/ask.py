"""What a reader does with questions: ask, stop, ask again, edit, and go between versions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ingest import RagError
from rag_app import Engine, Exchange
from rag_app.conversation.records import title_of
from rag_app.ui.chat.filters import chosen_filter
from rag_app.ui.session.state import State
from rag_app.ui.widgets.background import Asking

NOT_KEPT = "This is not kept, and will be gone with this page: "


def ask(state: State, engine: Engine, question: str) -> None:
    """Send a question on its way, with the filter that is chosen. The answer to one that is still
    on its way is stopped."""
    stop(state)
    _send(state, engine, question, chosen_filter(state))


def ask_again(state: State, engine: Engine, exchange: Exchange, question: str = "") -> None:
    """Ask a question anew where it stood, or another in its place, with its filter. What stands
    there now, and all that came after, is kept as another version."""
    stop(state)
    state.editing = None
    state.dialogue = replace(state.dialogue, shown=exchange.parent)
    _send(state, engine, question or exchange.question, exchange.where)


def stop(state: State) -> None:
    """Stop the answer that is on its way, and keep what has come of it."""
    if (asking := state.asking) is not None:
        finish(state, asking, asking.stop())


def finish(state: State, asking: Asking, exchange: Exchange) -> None:
    """Show what came of a question, if no other run of the page has done so: one that Streamlit
    has ended goes on for a moment beside the next, in which another question may be on its way."""
    with state.turns:
        if state.asking is not asking:
            return
        state.asking = None
        state.add(exchange)
    if asking.unkept is None:
        state.is_kept = True
    else:
        state.unkept.add(exchange.id)
    state.notice = asking.unkept and NOT_KEPT + asking.unkept


def show_version(state: State, engine: Engine, id_: str) -> None:
    """Show another version of a question, with the newest of what came after it."""
    exchange = state.find(id_)
    if exchange is None:
        return
    stop(state)
    shown = state.dialogue.newest_after(exchange)
    state.dialogue = replace(state.dialogue, shown=shown)
    if state.is_kept:
        try:
            state.kept(engine).show(state.dialogue.id, shown)
        except RagError as error:
            state.notice = f"This choice is not kept: {error}"


def leave(state: State) -> None:
    """Begin a new conversation."""
    state.notice = None
    stop(state)
    state.begin()


def _send(state: State, engine: Engine, question: str, where: dict[str, Any] | None) -> None:
    dialogue = state.dialogue
    dialogue = replace(dialogue, title=dialogue.title or title_of(question))
    conversations = state.kept(engine)
    state.asking = Asking(
        engine,
        question,
        state.history,
        where,
        parent=dialogue.shown,
        keep=lambda exchange: conversations.put(dialogue, exchange),
    )
