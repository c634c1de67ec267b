"""A question that has just been asked, and the first words of its answer.

What is asked at the end of a conversation is drawn there alone, by a fragment of the page, so that
its answer does not wait until all that stands above it has been drawn anew. The whole page is drawn
when the answer is there, or has taken a second: controls, such as the one that stops an answer, are
never in the fragment, for Streamlit would let a click on them wait for the end of a run. Those that
were drawn before it end it, at its next look at what there is.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

from rag_app import Engine, Exchange
from rag_app.ui.chat.ask import ask
from rag_app.ui.chat.filters import filter_html
from rag_app.ui.chat.link import write_link
from rag_app.ui.chat.on_its_way import Words
from rag_app.ui.chat.state import ChatState
from rag_app.ui.widgets.escape import escaped
from rag_app.ui.widgets.followers import BETWEEN_LOOKS, FIRST_SECONDS, draw_anew
from rag_app.ui.widgets.page_script import MAKE_WAY, STAY
from rag_app.ui.widgets.scroll import scroll_once

USER_AVATAR = ":material/person:"
ANSWER_AVATAR = ":material/menu_book:"
BEGINNING = "beginning"


def ask_at_end(chat: ChatState, engine: Engine, question: str) -> None:
    """Ask a question after those that are shown, from a callback. Where the page stands as it
    should, only the question and its answer are drawn at first; where a link was clicked at once,
    the page that it leads to."""
    at_rest, count = chat.is_drawn and chat.pending is None, len(chat.branch)
    ask(chat, engine, question)
    if not chat.session.stays or _is_clicked_since():
        return
    write_link(chat)
    if at_rest and len(chat.branch) == count + 1:
        st.rerun(BEGINNING)


def _is_clicked_since() -> bool:
    """Whether the next run waits already. It draws the whole page, and one that is asked for here
    would take its place, and the page that it is for."""
    context = get_script_run_ctx()
    requests = context.script_requests if context else None
    return requests is not None and requests._state is ScriptRequestType.RERUN


@st.fragment(key=BEGINNING)
def show_first_words(chat: ChatState) -> None:
    """The question that was asked a moment ago, and the first words of the answer. Nothing, where
    the whole page is drawn."""
    # Which also removes what a run before this has drawn here, such as a question that waited.
    place, *_ = st.empty(), st.empty(), st.empty()
    context = get_script_run_ctx()
    if context is None or not context.fragment_ids_this_run:
        return
    pending = next(reversed(chat.pending_answers.values()), None)
    if pending is not None:
        with place.container():
            show_question(pending.exchange)
            with st.chat_message("assistant", avatar=ANSWER_AVATAR):
                words = Words(pending)
            show_last_question(chat)
        words.show()
        _wait(words, pending.wait_for_words)
        if _wait(words, pending.wait):
            chat.take(pending)
    draw_anew()


def _wait(words: Words, wait: Callable[[float], object]) -> bool:
    """Wait so long at most, and show what comes meanwhile; a click ends this here. Whether what is
    waited for is there."""
    for _ in range(round(FIRST_SECONDS / BETWEEN_LOOKS)):
        there = bool(wait(BETWEEN_LOOKS))
        words.show()
        if there:
            return True
    return False


def show_question(exchange: Exchange) -> None:
    """A question, with the filter that it was asked with."""
    where = exchange.where
    with st.chat_message("user", avatar=USER_AVATAR):
        filtered = f'<p class="rag-filter">{filter_html(where)}</p>' if where else ""
        st.html(f'<p class="rag-question">{escaped(exchange.question)}</p>{filtered}')


def show_last_question(chat: ChatState) -> None:
    """Bring the last question into view: Streamlit keeps those who are at the end of the page
    there, past the beginning of a long answer, and leaves all others where they are. Who has opened
    one of its sources meanwhile is looking at that."""
    opened, pending = chat.sources.open, chat.pending
    if opened and pending is None and opened.exchange == chat.branch[-1].id:
        return
    step = 2 * len(chat.conversation.exchanges) - (pending is not None)
    first = MAKE_WAY if pending else STAY
    scroll_once(".rag-question", f"{chat.conversation.id}-{step}", first)
