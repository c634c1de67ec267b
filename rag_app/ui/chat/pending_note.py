"""The answer that is on its way while another page is shown."""

from __future__ import annotations

import streamlit as st

from rag_app.ui.chat.ask import finish
from rag_app.ui.session.navigation import CHAT, show_link
from rag_app.ui.session.state import State
from rag_app.ui.widgets.background import Asking
from rag_app.ui.widgets.escape import escaped
from rag_app.ui.widgets.followers import Follower

# Of a question, enough to know it again.
LONGEST = 80


def show_answer_elsewhere(state: State) -> Follower | None:
    """In the sidebar: that it is being written, or that it is there, and the way to it."""
    if state.asking is not None:
        follower = _AnswerFollower(state, state.asking)
        show_link(state, CHAT, "Back to the question", icon=":material/arrow_back:")
        return follower
    if state.has_answer_elsewhere:
        st.html('<p class="rag-note-plain">Your question has been answered.</p>')
        show_link(state, CHAT, "Read the answer", icon=":material/mark_chat_read:")
    return None


class _AnswerFollower:
    """Says how long it has been going on."""

    def __init__(self, state: State, asking: Asking) -> None:
        self._state = state
        self._asking = asking
        self._place = st.empty()
        self._told = ""

    def follow(self) -> bool:
        asking = self._asking
        if asking.work.done:
            finish(self._state, asking, asking.work.result())
            self._state.has_answer_elsewhere = True
            return False
        question = asking.question
        short = question if len(question) <= LONGEST else f"{question[:LONGEST]} …"
        seconds = f" · {asking.work.seconds:.0f} s" if asking.work.seconds >= 2 else ""
        told = f'<p class="rag-doing">Answering “{escaped(short)}” …{seconds}</p>'
        if told != self._told:
            self._told = told
            self._place.html(told)
        return True
