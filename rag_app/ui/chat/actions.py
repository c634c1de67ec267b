"""Buttons below an answer: ask again, edit, copy, inspect, and rate."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ingest import RagError
from ingest.text.printable import printable
from rag_app import Engine, Exchange, Feedback
from rag_app.conversation.export import cited_text
from rag_app.messages import retold, say, to_say
from rag_app.ui.chat.answers import caption_html, refusal_of
from rag_app.ui.chat.ask import ask_again
from rag_app.ui.chat.sources.inspector import show_inspector
from rag_app.ui.chat.state import ChatState
from rag_app.ui.widgets.escape import escaped

SAME_AGAIN = to_say("Asked again just now: the answer is the same.")
LONGEST_COMMENT = 2000


def show_question_actions(chat: ChatState, exchange: Exchange, slot: str) -> None:
    """What can be done with a question, in the row below it."""
    st.button(
        say("Edit"),
        key=f"edit-button-{slot}",
        icon=":material/edit:",
        type="tertiary",
        help=say("Edit the question and go on from there. What is here stays, as another version."),
        on_click=_edit,
        args=(chat, exchange.id),
    )


def show_actions(chat: ChatState, engine: Engine, exchange: Exchange, slot: str) -> None:
    """The row below an answer, and what is opened from it."""
    id_ = exchange.id
    if id_ == chat.same_again:
        st.html(f'<p class="rag-caption">{say(SAME_AGAIN)}</p>')
    with st.container(
        horizontal=True, vertical_alignment="center", gap=None, key=f"actions-{slot}"
    ):
        if exchange.answer is not None:
            answer = exchange.answer
            copied = refusal_of(answer) if answer.refused else cited_text(answer)
            st.html(copy_html(copied), width="content")
        st.button(
            say("Again"),
            key=f"again-{slot}",
            icon=":material/refresh:",
            type="tertiary",
            help=say("Answer this question again. This answer stays, as another version."),
            on_click=_again,
            args=(chat, engine, id_),
        )
        if exchange.answer is None:
            return
        st.button(
            say("Inspect"),
            key=f"inspect-{slot}",
            icon=":material/troubleshoot:",
            type="tertiary",
            help=say("Which passages were found, and how; time and tokens."),
            on_click=_inspect,
            args=(chat, id_),
        )
        with st.container(key=f"thumbs-of-{id_}", width="content"):
            st.feedback(
                "thumbs",
                key=f"thumbs-{id_}",
                default=_thumb(exchange),
                on_change=_rate,
                args=(chat, engine, id_),
            )
        st.html(caption_html(exchange.answer), width="content")
    if exchange.feedback is not None:
        _show_comment(chat, engine, exchange, exchange.feedback)
    if chat.inspecting == id_:
        show_inspector(engine, exchange, exchange.answer)


def copy_html(text: str) -> str:
    """A button that copies a text (``rag_app.ui.widgets.page_script``)."""
    name, done = escaped(say("Copy with sources")), escaped(say("Copied"))
    return (
        f'<button type="button" class="rag-icon" aria-label="{name}" title="{name}"'
        f' data-copied="{done}" data-copies="{escaped(text)}">content_copy</button>'
    )


def _show_comment(chat: ChatState, engine: Engine, exchange: Exchange, feedback: Feedback) -> None:
    good = feedback.verdict == "up"
    st.text_input(
        say("What was good about it?") if good else say("What is wrong with it?"),
        printable(feedback.comment),
        key=f"comment-{exchange.id}",
        max_chars=LONGEST_COMMENT,
        placeholder=say("Optional; press Enter to keep it"),
        on_change=_comment,
        args=(chat, engine, exchange.id),
    )
    if feedback.comment:
        thanks = say("Thank you. It is kept with the answer.")
        st.html(f'<p class="rag-caption">{thanks}</p>')


# Streamlit remembers the arguments of a callback for as long as the session lasts, also when its
# control is no longer drawn: so they are ids, and not exchanges with all that belongs to them.


def _again(chat: ChatState, engine: Engine, id_: str) -> None:
    exchange = chat.find(id_)
    if exchange is not None:
        ask_again(chat, engine, exchange)


def _edit(chat: ChatState, id_: str) -> None:
    chat.editing = None if chat.editing == id_ else id_


def _inspect(chat: ChatState, id_: str) -> None:
    chat.inspecting = None if chat.inspecting == id_ else id_


def _thumb(exchange: Exchange) -> int | None:
    return None if exchange.feedback is None else int(exchange.feedback.verdict == "up")


def _rate(chat: ChatState, engine: Engine, id_: str) -> None:
    exchange = chat.find(id_)
    if exchange is None:
        return
    thumb: int | None = st.session_state[f"thumbs-{id_}"]
    comment = exchange.feedback.comment if exchange.feedback else ""
    feedback = None if thumb is None else Feedback("up" if thumb else "down", comment)
    _keep(chat, engine, exchange, feedback)


def _comment(chat: ChatState, engine: Engine, id_: str) -> None:
    exchange = chat.find(id_)
    if exchange is not None and exchange.feedback is not None:
        comment: str = st.session_state[f"comment-{id_}"]
        _keep(chat, engine, exchange, replace(exchange.feedback, comment=comment.strip()))


def _keep(chat: ChatState, engine: Engine, exchange: Exchange, feedback: Feedback | None) -> None:
    chat.change(replace(exchange, feedback=feedback))
    try:
        chat.session.conversations(engine).rate(exchange.id, feedback)
    except RagError as error:
        chat.session.notice = say("Your opinion is not kept: {error}", error=retold(error))
