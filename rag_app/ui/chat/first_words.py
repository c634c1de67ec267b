"""A question that has just been asked, and the first words of its answer.

What is asked at the end of a conversation is drawn there alone, by a fragment of the page, so that
its answer does not wait until all that stands above it has been drawn anew. The whole page is drawn
when the answer is there, or has taken a second: controls, such as the one that stops an answer, are
never in the fragment, for Streamlit would let a click on them wait for the end of a run. Those that
were drawn before it end it, at its next look at what there is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from rag_app import Engine
from rag_app.ui.chat.answers import answer_html
from rag_app.ui.chat.ask import ask, finish
from rag_app.ui.chat.filters import filter_html
from rag_app.ui.chat.sources.source import marker_chips
from rag_app.ui.chat.state import ChatState
from rag_app.ui.session.pending_answer import PendingAnswer
from rag_app.ui.widgets.escape import escaped, markdown_html
from rag_app.ui.widgets.followers import BETWEEN_LOOKS, FIRST_SECONDS
from rag_app.ui.widgets.page_script import MAKE_WAY, STAY
from rag_app.ui.widgets.scroll import scroll_once

USER_AVATAR = ":material/person:"
ANSWER_AVATAR = ":material/menu_book:"
BEGINNING = "beginning"


def ask_at_end(chat: ChatState, engine: Engine, question: str) -> None:
    """Ask a question after those that are shown, from a callback. Where the page stands as it
    should, only the question and its answer are drawn at first."""
    at_rest = chat.is_drawn and chat.session.pending is None
    ask(chat, engine, question)
    if at_rest:
        st.rerun(BEGINNING)


@st.fragment(key=BEGINNING)
def show_first_words(chat: ChatState, engine: Engine) -> None:
    """The question that was asked a moment ago, and the first words of the answer. Nothing, where
    the whole page is drawn."""
    place = st.empty()  # which also removes what a run before this has drawn here
    context = get_script_run_ctx()
    if context is None or not context.fragment_ids_this_run:
        return
    pending = chat.session.pending
    if pending is not None:
        with place.container():
            show_question(pending.question, pending.where)
            with st.chat_message("assistant", avatar=ANSWER_AVATAR):
                words = _Words(pending, engine)
            show_last_question(chat)
        words.show()
        _wait(words, pending.wait_for_words)
        if _wait(words, pending.work.wait):
            finish(chat, pending, pending.work.result())
    st.rerun()


def _wait(words: _Words, wait: Callable[[float], object]) -> bool:
    """Wait so long at most, and show what comes meanwhile; a click ends this here. Whether what is
    waited for is there."""
    for _ in range(round(FIRST_SECONDS / BETWEEN_LOOKS)):
        there = bool(wait(BETWEEN_LOOKS))
        words.show()
        if there:
            return True
    return False


def show_question(question: str, where: dict[str, Any] | None) -> None:
    """A question, with the filter that it was asked with."""
    with st.chat_message("user", avatar=USER_AVATAR):
        filtered = f'<p class="rag-filter">{filter_html(where)}</p>' if where else ""
        st.html(f'<p class="rag-question">{escaped(question)}</p>{filtered}')


def show_last_question(chat: ChatState) -> None:
    """Bring the last question into view: Streamlit keeps those who are at the end of the page
    there, past the beginning of a long answer, and leaves all others where they are. Who has opened
    one of its sources meanwhile is looking at that."""
    opened, pending = chat.sources.open, chat.session.pending
    if opened and pending is None and opened.exchange == chat.branch[-1].id:
        return
    step = 2 * len(chat.conversation.exchanges) + (pending is not None)
    first = MAKE_WAY if pending else STAY
    scroll_once(".rag-question", f"{chat.conversation.id}-{step}", first)


class AnswerFollower:
    """Shows an answer while it comes."""

    def __init__(self, chat: ChatState, pending: PendingAnswer, engine: Engine) -> None:
        self._chat = chat
        self._pending = pending
        self._words = _Words(pending, engine)

    def follow(self) -> bool:
        if self._pending.work.done:
            finish(self._chat, self._pending, self._pending.work.result())
            return False
        self._words.show()
        return True


class _Words:
    """What has come of an answer so far, and what is being done."""

    def __init__(self, pending: PendingAnswer, engine: Engine) -> None:
        self._pending = pending
        self._engine = engine
        self._text = st.empty()
        self._doing = st.empty()

    def show(self) -> None:
        """Bring it up to date."""
        pending = self._pending
        if pending.answer is not None:
            self._text.html(answer_html(pending.answer, marker_chips(pending.answer)))
        elif pending.text and self._engine.llm is not None:
            self._text.html(f'<div class="rag-answer">{markdown_html(pending.text)}</div>')
        doing = "Writing, and checking each citation" if pending.text else "Reading the documents"
        seconds = f" · {pending.work.seconds:.0f} s" if pending.work.seconds >= 2 else ""
        self._doing.html(
            f'<p class="rag-doing rag-doing-now">{doing} …{seconds}</p>', width="content"
        )
