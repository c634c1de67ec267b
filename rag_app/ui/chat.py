"""The conversation: questions, answers as they come, and what can be done with each."""

from __future__ import annotations

from typing import Any

import streamlit as st

from rag_app import Engine, Exchange
from rag_app.ui.actions import show_actions
from rag_app.ui.answers import show_outcome
from rag_app.ui.asking import ask, ask_again, finish, show_version, stop
from rag_app.ui.background import Asking
from rag_app.ui.connect import show_offer
from rag_app.ui.filters import filter_html
from rag_app.ui.follow import Follower
from rag_app.ui.follow_ups import show_follow_ups
from rag_app.ui.opener import LISTEN
from rag_app.ui.safe import escaped, markdown_html, printable
from rag_app.ui.scroll import focus, scroll_to
from rag_app.ui.state import WINDOW, State

QUESTION_KEY = "question"
USER_AVATAR = ":material/person:"
ANSWER_AVATAR = ":material/menu_book:"


def show_conversation(state: State, engine: Engine) -> list[Follower | None]:
    """All questions and answers, and the place of the answer that is on its way."""
    conversation = state.shown(engine)
    if earlier := len(state.conversation) - len(conversation):
        st.button(
            f"Show earlier questions ({earlier:,})",
            key="earlier",
            icon=":material/expand_less:",
            type="tertiary",
            on_click=_show_earlier,
            args=(state,),
        )
    for exchange in conversation:
        if exchange.id == state.editing:
            _show_editor(state, engine, exchange)
        else:
            _show_question(exchange.question, exchange.where)
        _show_versions(state, engine, exchange)
        with st.chat_message("assistant", avatar=ANSWER_AVATAR):
            show_outcome(state, engine, exchange)
            show_actions(state, engine, exchange)
    followers: list[Follower | None] = []
    if state.asking is not None:
        _show_question(state.asking.question, state.asking.where)
        with st.chat_message("assistant", avatar=ANSWER_AVATAR):
            followers.append(_AnswerFollower(state, state.asking, engine))
    elif conversation:
        followers.append(show_follow_ups(state, engine, state.conversation))
        if len(state.conversation) == 1:
            show_offer(state, engine)
    # Streamlit keeps those who are at the end of the page there, past the beginning of a long
    # answer, and leaves all others where they are.
    step = 2 * len(state.dialogue.exchanges) + (state.asking is not None)
    scroll_to(".rag-question", str(step), LISTEN)
    return followers


def show_question_field(state: State, engine: Engine, *, is_empty: bool) -> None:
    """Where questions are typed."""
    st.chat_input(
        "Add a document first" if is_empty else "Ask your documents",
        key=QUESTION_KEY,
        disabled=is_empty,
        on_submit=_ask_typed,
        args=(state, engine),
    )


def _show_earlier(state: State) -> None:
    state.window += WINDOW


class _AnswerFollower:
    """Shows an answer while it comes."""

    def __init__(self, state: State, asking: Asking, engine: Engine) -> None:
        self._state = state
        self._asking = asking
        self._engine = engine
        self._text = st.empty()
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            self._doing = st.empty()
            st.button(
                "Stop", icon=":material/stop_circle:", type="tertiary", on_click=stop, args=(state,)
            )

    def follow(self) -> bool:
        asking = self._asking
        if asking.work.done:
            finish(self._state, asking, asking.work.result())
            return False
        if asking.text and self._engine.llm is not None:
            self._text.html(f'<div class="rag-answer">{markdown_html(asking.text)}</div>')
        doing = "Writing, and checking each citation" if asking.text else "Reading the documents"
        seconds = f" · {asking.work.seconds:.0f} s" if asking.work.seconds >= 2 else ""
        self._doing.html(f'<p class="rag-doing">{doing} …{seconds}</p>', width="content")
        return True


def _ask_typed(state: State, engine: Engine) -> None:
    question = st.session_state[QUESTION_KEY]
    if question and question.strip():
        ask(state, engine, question.strip())


def _show_question(question: str, where: dict[str, Any] | None) -> None:
    with st.chat_message("user", avatar=USER_AVATAR):
        filtered = f'<p class="rag-filter">{filter_html(where)}</p>' if where else ""
        st.html(f'<p class="rag-question">{escaped(question)}</p>{filtered}')


def _show_editor(state: State, engine: Engine, exchange: Exchange) -> None:
    """The question, to be written anew."""
    with (
        st.chat_message("user", avatar=USER_AVATAR),
        st.form(f"edit-{exchange.id}", border=False),
    ):
        edited = st.text_area("Your question", printable(exchange.question), height="content")
        with st.container(horizontal=True):
            asked = st.form_submit_button("Ask this", type="primary")
            left = st.form_submit_button("Leave it as it was", type="tertiary")
    focus("[data-testid=stForm] textarea", f"edit-{exchange.id}")
    if left or (asked and not edited.strip()):
        state.editing = None
        st.rerun()
    if asked:
        ask_again(state, engine, exchange, edited.strip())
        st.rerun()


def _show_versions(state: State, engine: Engine, exchange: Exchange) -> None:
    """Where a question was edited or asked again: which version this is, and the way to others."""
    versions = state.dialogue.versions(exchange)
    if len(versions) < 2:
        return
    at = versions.index(exchange)
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="right", gap=None,
        key=f"versions-{exchange.id}",
    ):  # fmt: skip
        for name, icon, other in (("Earlier", "left", at - 1), ("Later", "right", at + 1)):
            st.button(
                name,
                key=f"{name}-{exchange.id}",
                icon=f":material/chevron_{icon}:",
                icon_position="left" if icon == "left" else "right",
                type="tertiary",
                disabled=not 0 <= other < len(versions),
                on_click=show_version,
                args=(state, engine, versions[other % len(versions)]),
            )
            if icon == "left":
                told = f"Version {at + 1} of {len(versions)}"
                st.html(f'<p class="rag-doing">{told}</p>', width="content")
