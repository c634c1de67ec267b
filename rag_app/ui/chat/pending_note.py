"""The note on other pages that an answer is on its way."""

from __future__ import annotations

import streamlit as st

from rag_app.messages import say
from rag_app.ui.answering.pending_answer import PendingAnswer
from rag_app.ui.chat.state import ChatState
from rag_app.ui.session.navigation import CHAT, show_link
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.escape import escaped
from rag_app.ui.widgets.followers import Follower
from rag_app.ui.widgets.times import format_seconds

# Of a question, enough to know it again.
LONGEST = 80


def show_pending_answer(session: Session) -> Follower | None:
    """In the sidebar: that it is being written, or that it is there, and the way to it."""
    chat = session.state_of(ChatState)
    pending = chat.pending  # before those that are done: one that is, a moment later, is followed
    if chat.take_done():
        session.has_unseen_answer = True
    if pending is not None:
        follower = _AnswerFollower(pending)
        show_link(session, CHAT, say("Back to the question"), icon=":material/arrow_back:")
        return follower
    if session.has_unseen_answer:
        answered = say("Your question has been answered.")
        st.html(f'<p class="rag-note-plain">{answered}</p>')
        show_link(session, CHAT, say("Read the answer"), icon=":material/mark_chat_read:")
    return None


class _AnswerFollower:
    """Says how long it has been going on."""

    def __init__(self, pending: PendingAnswer) -> None:
        self._pending = pending
        self._place = st.empty()
        self._drawn = ""

    def follow(self) -> bool:
        pending = self._pending
        if pending.is_done:
            return False
        question = pending.exchange.question
        short = question if len(question) <= LONGEST else f"{question[:LONGEST]} …"
        seconds = f" · {format_seconds(pending.seconds)}" if pending.seconds >= 2 else ""
        answering = say("Answering “{question}” …", question=escaped(short))
        html = f'<p class="rag-doing">{answering}{seconds}</p>'
        if html != self._drawn:
            self._drawn = html
            self._place.html(html)
        return True
