"""The conversation: questions, answers as they come, and what can be done with each."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from ingest.text.printable import printable
from rag_app import Engine, Exchange
from rag_app.messages import say
from rag_app.ui.chat.actions import show_actions, show_question_actions
from rag_app.ui.chat.answers import show_outcome
from rag_app.ui.chat.ask import ask_again, show_version
from rag_app.ui.chat.connect.answering import show_offer
from rag_app.ui.chat.first_words import (
    ANSWER_AVATAR,
    USER_AVATAR,
    show_first_words,
    show_last_question,
    show_question,
)
from rag_app.ui.chat.follow_ups import show_follow_ups
from rag_app.ui.chat.on_its_way import show_open
from rag_app.ui.chat.state import LONGEST_QUESTION, WINDOW, ChatState
from rag_app.ui.widgets.followers import Follower
from rag_app.ui.widgets.scroll import send_by_enter


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
    # As many as before, for one that was withdrawn would stay there while an answer is followed.
    places = range(max(count + 1, chat.places))
    chat.places = count + 1
    for first in places[::WINDOW]:
        block = places[first : first + WINDOW]
        if block[-1] < earlier:
            st.empty()
            continue
        with st.container():
            followers += [_show_place(chat, engine, at, shown) for at in block]
    if count and chat.pending is None:
        followers.append(show_follow_ups(chat, engine, chat.branch))
        if count == 1:
            show_offer(chat, engine)
    if count:
        show_last_question(chat)
    return followers


def _show_place(
    chat: ChatState, engine: Engine, at: int, shown: Mapping[int, Exchange]
) -> Follower | None:
    """What stands in a place of the conversation: an exchange if it is one of those to be shown
    and, after the last of them, where the next question begins."""
    if at in shown:
        with st.container():
            return _show_exchange(chat, engine, shown[at], chat.slot(at))
    if at == len(chat.branch):
        show_first_words(chat)
    else:
        st.empty()
    return None


def _show_exchange(
    chat: ChatState, engine: Engine, exchange: Exchange, slot: str
) -> Follower | None:
    """A question and what came of it, or will, with what can be done with both."""
    if exchange.id == chat.editing:
        _show_editor(chat, engine, exchange)
    else:
        show_question(exchange)
    _show_below_question(chat, engine, exchange, slot)
    with st.chat_message("assistant", avatar=ANSWER_AVATAR):
        if exchange.is_open:
            return show_open(chat, engine, exchange, slot)
        show_outcome(chat, engine, exchange, slot)
        show_actions(chat, engine, exchange, slot)
    return None


def _show_way_to_earlier(chat: ChatState, earlier: int) -> None:
    st.button(
        say("Show earlier questions ({count})", count=earlier),
        key="earlier",
        icon=":material/expand_less:",
        type="tertiary",
        on_click=_show_earlier,
        args=(chat,),
    )


def _show_earlier(chat: ChatState) -> None:
    chat.window += WINDOW


def _show_editor(chat: ChatState, engine: Engine, exchange: Exchange) -> None:
    """The question, to be written anew."""
    with (
        st.chat_message("user", avatar=USER_AVATAR),
        st.form(f"edit-{exchange.id}", border=False),
    ):
        question = printable(exchange.question)
        key = f"edited-{exchange.id}"
        st.text_area(
            say("Your question"),
            question,
            key=key,
            height="content",
            # One that was asked in another way may be longer, and stays as it is.
            max_chars=max(LONGEST_QUESTION, len(question)),
        )
        with st.container(horizontal=True):
            st.form_submit_button(
                say("Ask"),
                type="primary",
                on_click=_ask_edited,
                args=(chat, engine, exchange.id, key),
            )
            st.form_submit_button(
                say("Cancel"), type="tertiary", on_click=_leave_editor, args=(chat,)
            )
    send_by_enter("[data-testid=stForm] textarea", f"edit-{exchange.id}")


def _ask_edited(chat: ChatState, engine: Engine, id_: str, key: str) -> None:
    exchange, edited = chat.find(id_), str(st.session_state[key]).strip()
    if exchange is not None and edited:
        ask_again(chat, engine, exchange, edited)
    else:
        _leave_editor(chat)


def _leave_editor(chat: ChatState) -> None:
    chat.editing = None


def _show_below_question(chat: ChatState, engine: Engine, exchange: Exchange, slot: str) -> None:
    """What can be done with a question and, where it was edited or asked again: which version this
    is, and the way to others."""
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="right", gap=None,
        key=f"asked-{slot}",
    ):  # fmt: skip
        _show_versions(chat, engine, exchange, slot)
        show_question_actions(chat, exchange, slot)


def _show_versions(chat: ChatState, engine: Engine, exchange: Exchange, slot: str) -> None:
    versions = chat.conversation.versions(exchange)
    if len(versions) < 2:
        return
    at = versions.index(exchange)
    for name, told, icon, other in (
        ("Earlier", say("Earlier version"), "left", at - 1),
        ("Later", say("Later version"), "right", at + 1),
    ):
        st.button(
            told,
            key=f"{name}-{slot}",
            icon=f":material/chevron_{icon}:",
            type="tertiary",
            disabled=not 0 <= other < len(versions),
            on_click=show_version,
            args=(chat, engine, versions[other % len(versions)].id),
        )
        if icon == "left":
            version = say("Version {number} of {count}", number=at + 1, count=len(versions))
            st.html(f'<p class="rag-doing">{version}</p>', width="content")
