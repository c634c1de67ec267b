"""The conversation: questions, answers as they come, and what can be done with each."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from rag_app import Engine, Exchange
from rag_app.ui.chat.actions import show_actions
from rag_app.ui.chat.answers import show_outcome
from rag_app.ui.chat.ask import ask_again, show_version
from rag_app.ui.chat.connect.dialog import show_offer
from rag_app.ui.chat.first_words import (
    ANSWER_AVATAR,
    USER_AVATAR,
    AnswerFollower,
    ask_at_end,
    show_first_words,
    show_last_question,
    show_question,
)
from rag_app.ui.chat.follow_ups import show_follow_ups
from rag_app.ui.chat.state import WINDOW, ChatState
from rag_app.ui.session.pending_answer import PendingAnswer
from rag_app.ui.widgets.escape import printable
from rag_app.ui.widgets.followers import Follower
from rag_app.ui.widgets.scroll import focus

QUESTION_KEY = "question"
# Characters. The server takes no larger message than 1 MB, and would close the connection.
LONGEST_QUESTION = 100_000


def show_conversation(chat: ChatState, engine: Engine) -> list[Follower | None]:
    """All questions and answers, and the place of the next one. Every exchange keeps its place on
    the page, also when those before it are no longer drawn: else, while the page is drawn, each
    would be seen in the place of another."""
    exchanges = chat.shown(engine)
    count = len(chat.branch)
    earlier = count - len(exchanges)
    shown = dict(enumerate(exchanges, start=earlier))
    with st.container():
        if earlier:
            _show_way_to_earlier(chat, earlier)
    followers: list[Follower | None] = []
    places = range(count + 1)
    for first in places[::WINDOW]:
        block = places[first : first + WINDOW]
        if block[-1] < earlier:
            st.empty()
            continue
        with st.container():
            followers += [_show_place(chat, engine, at, shown) for at in block]
    if chat.session.pending is None:
        followers.append(show_follow_ups(chat, engine, chat.branch))
        if count == 1:
            show_offer(chat, engine)
    show_last_question(chat)
    return followers


def _show_place(
    chat: ChatState, engine: Engine, at: int, shown: Mapping[int, Exchange]
) -> Follower | None:
    """What stands in a place of the conversation: an exchange if it is one of those to be shown
    and, after the last of them, the question that is being answered or where one begins."""
    if at in shown:
        with st.container():
            _show_exchange(chat, engine, shown[at], chat.slot(at))
    elif at < len(chat.branch):
        st.empty()
    elif chat.session.pending is None:
        show_first_words(chat, engine)
    else:
        with st.container():
            return _show_answering(chat, engine, chat.session.pending)
    return None


def _show_exchange(chat: ChatState, engine: Engine, exchange: Exchange, slot: str) -> None:
    """A question and what came of it, with what can be done with both."""
    if exchange.id == chat.editing:
        _show_editor(chat, engine, exchange)
    else:
        show_question(exchange.question, exchange.where)
    _show_versions(chat, engine, exchange, slot)
    with st.chat_message("assistant", avatar=ANSWER_AVATAR):
        show_outcome(chat, engine, exchange, slot)
        show_actions(chat, engine, exchange, slot)


def _show_answering(chat: ChatState, engine: Engine, pending: PendingAnswer) -> Follower:
    """A question whose answer is on its way."""
    show_question(pending.question, pending.where)
    with st.chat_message("assistant", avatar=ANSWER_AVATAR):
        return AnswerFollower(chat, pending, engine)


def _show_way_to_earlier(chat: ChatState, earlier: int) -> None:
    st.button(
        f"Show earlier questions ({earlier:,})",
        key="earlier",
        icon=":material/expand_less:",
        type="tertiary",
        on_click=_show_earlier,
        args=(chat,),
    )


def show_question_field(chat: ChatState, engine: Engine, *, is_empty: bool) -> None:
    """Where questions are typed."""
    st.chat_input(
        "Add a document first" if is_empty else "Ask your documents",
        key=QUESTION_KEY,
        max_chars=LONGEST_QUESTION,
        disabled=is_empty,
        on_submit=_ask_typed,
        args=(chat, engine),
    )


def _show_earlier(chat: ChatState) -> None:
    chat.window += WINDOW


def _ask_typed(chat: ChatState, engine: Engine) -> None:
    question = st.session_state[QUESTION_KEY]
    if question and question.strip():
        ask_at_end(chat, engine, question.strip())


def _show_editor(chat: ChatState, engine: Engine, exchange: Exchange) -> None:
    """The question, to be written anew."""
    with (
        st.chat_message("user", avatar=USER_AVATAR),
        st.form(f"edit-{exchange.id}", border=False),
    ):
        question = printable(exchange.question)
        edited = st.text_area(
            "Your question",
            question,
            height="content",
            # One that was asked in another way may be longer, and stays as it is.
            max_chars=max(LONGEST_QUESTION, len(question)),
        )
        with st.container(horizontal=True):
            asked = st.form_submit_button("Ask", type="primary")
            left = st.form_submit_button("Cancel", type="tertiary")
    focus("[data-testid=stForm] textarea", f"edit-{exchange.id}")
    if left or (asked and not edited.strip()):
        chat.editing = None
        st.rerun()
    if asked:
        ask_again(chat, engine, exchange, edited.strip())
        st.rerun()


def _show_versions(chat: ChatState, engine: Engine, exchange: Exchange, slot: str) -> None:
    """Where a question was edited or asked again: which version this is, and the way to others."""
    versions = chat.conversation.versions(exchange)
    if len(versions) < 2:
        return
    at = versions.index(exchange)
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="right", gap=None,
        key=f"versions-{slot}",
    ):  # fmt: skip
        for name, icon, other in (("Earlier", "left", at - 1), ("Later", "right", at + 1)):
            st.button(
                name,
                key=f"{name}-{slot}",
                icon=f":material/chevron_{icon}:",
                icon_position="left" if icon == "left" else "right",
                type="tertiary",
                disabled=not 0 <= other < len(versions),
                on_click=show_version,
                args=(chat, engine, versions[other % len(versions)].id),
            )
            if icon == "left":
                version = f"Version {at + 1} of {len(versions)}"
                st.html(f'<p class="rag-doing">{version}</p>', width="content")
