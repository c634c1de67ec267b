"""Suggested follow-up questions, below the last answer."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ingest import RagError
from rag_app import Answer, Engine, Exchange
from rag_app.conversation.suggestions import follow_ups
from rag_app.messages import say
from rag_app.ui.chat.first_words import ask_at_end
from rag_app.ui.chat.state import ChatState
from rag_app.ui.widgets.background import Work
from rag_app.ui.widgets.escape import label
from rag_app.ui.widgets.followers import Follower, when_done


def show_follow_ups(
    chat: ChatState, engine: Engine, conversation: Sequence[Exchange]
) -> Follower | None:
    """The questions as buttons, as soon as they are found."""
    last = conversation[-1]
    if last.answer is None or last.answer.refused:
        return None
    if last.id not in chat.follow_ups:
        chat.follow_ups[last.id] = _looking(engine, last, last.answer, conversation)
    work = chat.follow_ups[last.id]
    return when_done(work, lambda: _show_found(chat, engine, work.result()))


def _show_found(chat: ChatState, engine: Engine, found: Sequence[str]) -> None:
    if not found:
        return
    with st.container(key="follow-ups", gap=None):
        related = say("Related questions")
        st.html(f'<p class="rag-caption">{related}</p>')
        show_questions(chat, engine, found, "follow-up")


def show_questions(chat: ChatState, engine: Engine, questions: Sequence[str], key: str) -> None:
    """Questions as buttons that ask them, with keys that begin with ``key``."""
    for number, question in enumerate(questions):
        st.button(
            label(question),
            key=f"{key}-{number}",
            icon=":material/subdirectory_arrow_right:",
            type="tertiary",
            width="stretch",
            on_click=ask_at_end,
            args=(chat, engine, question),
        )


def _looking(
    engine: Engine, last: Exchange, answer: Answer, conversation: Sequence[Exchange]
) -> Work[tuple[str, ...]]:
    asked = [exchange.question for exchange in conversation]

    def look() -> tuple[str, ...]:
        try:
            return follow_ups(engine, answer, asked, last.where)
        except RagError:
            # The next question meets the same, and it is told there.
            return ()

    return Work(look)
