"""A question without an answer yet: being answered, waiting for its turn, or left open."""

from __future__ import annotations

import streamlit as st

from rag_app import Engine, Exchange
from rag_app.messages import say, to_say
from rag_app.ui.answering.desk import desk
from rag_app.ui.answering.pending_answer import PendingAnswer
from rag_app.ui.chat.answers import answer_html, steps_html
from rag_app.ui.chat.ask import answer_after_all, withdraw
from rag_app.ui.chat.sources.source import marker_chips
from rag_app.ui.chat.state import ChatState
from rag_app.ui.widgets.escape import markdown_html
from rag_app.ui.widgets.followers import Follower
from rag_app.ui.widgets.times import format_seconds

WAITING = to_say("Waiting for the answer before")
READING = to_say("Reading the documents")
LEFT_OPEN = to_say("The page was shut down before this was answered.")


def show_open(chat: ChatState, engine: Engine, exchange: Exchange, slot: str) -> Follower | None:
    """What stands in the place of its answer. Returns what has to be followed."""
    pending = chat.pending_answers.get(exchange.id)
    if pending is None:
        _show_left_open(chat, engine, exchange, slot)
        return None
    if _waits(chat, pending):
        return _WaitingFollower(chat, engine, pending)
    return _AnswerFollower(chat, pending)


class Words:
    """What has come of an answer so far, and what is being done; ``beside`` is the line of that.
    It is the same for one that waits: what was drawn before stays on the page while an answer is
    followed, unless its place is taken."""

    def __init__(self, pending: PendingAnswer, doing: str = "") -> None:
        self._pending = pending
        self._text = st.empty()
        self.beside = st.container(horizontal=True, vertical_alignment="center", gap="small")
        self._doing = self.beside.empty()
        if doing:
            self._doing.html(f'<p class="rag-doing">{doing}</p>', width="content")

    def show(self) -> None:
        """Bring it up to date."""
        pending = self._pending
        if pending.answer is not None:
            self._text.html(answer_html(pending.answer, marker_chips(pending.answer)))
        elif pending.text and pending.writes:
            self._text.html(f'<div class="rag-answer">{markdown_html(pending.text)}</div>')
        if pending.waits_for_files:
            doing = say("Reading your files first")
        else:
            doing = say("Writing, and checking each citation") if pending.text else say(READING)
        if pending.steps and pending.answer is None and not pending.text:
            self._text.html(f'<div class="rag-steps">{steps_html(pending.steps)}</div>')
            doing = say("Looking further")
        if pending.steps and pending.steps[-1].tool == "section":  # of a report
            doing = pending.steps[-1].told
        seconds = f" · {format_seconds(pending.seconds)}" if pending.seconds >= 2 else ""
        self._doing.html(
            f'<p class="rag-doing rag-doing-now">{doing} …{seconds}</p>', width="content"
        )


class _AnswerFollower:
    """Shows an answer while it comes; the composer has the button that stops it."""

    def __init__(self, chat: ChatState, pending: PendingAnswer) -> None:
        self._chat = chat
        self._pending = pending
        self._words = Words(pending)

    def follow(self) -> bool:
        if self._pending.is_done:
            self._chat.take(self._pending)
            return False
        self._words.show()
        return not self._chat.is_behind_desk


class _WaitingFollower:
    """Says that a question waits, with a button that takes it back."""

    def __init__(self, chat: ChatState, engine: Engine, pending: PendingAnswer) -> None:
        self._chat = chat
        self._pending = pending
        asked = pending.exchange.id
        with Words(pending, say(WAITING)).beside:
            st.button(
                say("Withdraw"),
                # Not by its place: there the next question stands a moment later, and a second
                # click would take that back too.
                key=f"withdraw-{asked}",
                icon=":material/undo:",
                type="tertiary",
                help=say("Take this question back"),
                on_click=withdraw,
                args=(chat, engine, asked),
            )

    def follow(self) -> bool:
        return _waits(self._chat, self._pending) and not self._chat.is_behind_desk


def _waits(chat: ChatState, pending: PendingAnswer) -> bool:
    line = desk.line(chat.conversation.id)
    return pending in line[1:]


def _show_left_open(chat: ChatState, engine: Engine, exchange: Exchange, slot: str) -> None:
    body = markdown_html(exchange.partial)
    st.html(f'<div class="rag-answer">{body}</div><p class="rag-note">{say(LEFT_OPEN)}</p>')
    st.button(
        say("Answer it now"),
        key=f"after-all-{slot}",
        icon=":material/play_arrow:",
        type="tertiary",
        on_click=answer_after_all,
        args=(chat, engine, exchange.id),
    )
