"""The composer at the end of the page: where questions are typed, which documents they are asked
of, by what they are answered, and the button that stops an answer."""

from __future__ import annotations

import streamlit as st

from rag_app import Engine
from rag_app.ui.chat.ask import leave, stop
from rag_app.ui.chat.connect_llm import open_panel
from rag_app.ui.chat.filters import show_active_filter, show_filter
from rag_app.ui.chat.first_words import ask_at_end
from rag_app.ui.chat.state import LONGEST_QUESTION, ChatState
from rag_app.ui.serving.roles import may
from rag_app.ui.serving.settings import Role
from rag_app.ui.widgets.escape import label

QUESTION_KEY = "question"


def show_composer(chat: ChatState, engine: Engine, *, is_empty: bool, is_new: bool) -> None:
    """All of it. It stays at the end of the window."""
    with st.bottom, st.container(key="composer", gap=None):
        show_active_filter(chat)
        st.chat_input(
            "Add a document first" if is_empty else "Ask your documents",
            key=QUESTION_KEY,
            max_chars=LONGEST_QUESTION,
            disabled=is_empty,
            on_submit=_ask_typed,
            args=(chat, engine),
        )
        if is_empty:
            return
        # Always there, and seen in the place of the one that sends while an answer is on its way
        # (conversation.css): what is drawn with the first words could not be clicked at once.
        st.button(
            "Stop",
            key="stop",
            icon=":material/stop_circle:",
            type="primary",
            help="Stop this answer",
            on_click=stop,
            args=(chat,),
        )
        with st.container(
            horizontal=True, vertical_alignment="center", gap="small", key="composer-row"
        ):
            show_filter(chat, engine.filter_fields())
            _show_model(chat, engine)
        if not is_new:
            # Seen on a phone, where the sidebar is closed (conversation.css).
            st.button(
                "New conversation",
                key="new-here",
                icon=":material/add_comment:",
                type="tertiary",
                on_click=leave,
                args=(chat,),
            )


def _show_model(chat: ChatState, engine: Engine) -> None:
    """By what the questions are answered, and the way to change that."""
    model = "Quotes" if engine.llm is None else engine.llm.model or "LLM"
    st.button(
        label(model),
        key="model",
        icon=":material/format_quote:" if engine.llm is None else ":material/auto_awesome:",
        type="tertiary",
        disabled=not may(Role.OWN),
        help="Answers are word for word from your documents. Click to have a model write them."
        if engine.llm is None
        else "Answers are written by this model, and checked against your documents.",
        on_click=open_panel,
        args=(chat, engine),
    )


def _ask_typed(chat: ChatState, engine: Engine) -> None:
    question = st.session_state[QUESTION_KEY]
    if question and question.strip():
        ask_at_end(chat, engine, question.strip())
