"""Who answers: quotes or an LLM, as the sidebar tells it, and the ways to the dialog."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from rag_app import Engine
from rag_app.messages import say
from rag_app.ui.chat.connect.dialog import open_dialog
from rag_app.ui.chat.state import ChatState
from rag_app.ui.serving.roles import may
from rag_app.ui.serving.settings import Role
from rag_app.ui.widgets.escape import escaped


def show_answering(chat: ChatState, engine: Engine) -> None:
    """By what the questions are answered, and the way to change that."""
    if engine.llm is None:
        text, button = say("Answers are quotes, word for word."), say("Connect an AI model")
    else:
        model = engine.llm.model or say("the model")
        place = _place_html(str(engine.llm.endpoint))
        model = f"<b>{escaped(model)}</b>"
        text = say("Answers by {model}, {place}", model=model, place=place)
        button = say("Change the model")
    st.html(f'<p class="rag-answering">{text}</p>')
    if may(Role.OWN):
        st.button(
            button, key="connect", icon=":material/auto_awesome:", type="tertiary",
            on_click=open_dialog, args=(chat,),
        )  # fmt: skip


def _place_html(endpoint: str) -> str:
    """On which machine a model answers."""
    host = urlsplit(endpoint).hostname or "localhost"
    is_here = host in ("localhost", "127.0.0.1", "::1")
    place = say("on this computer") if is_here else say("at {host}", host=host)
    return f'<span title="{escaped(endpoint)}">{escaped(place)}</span>'


def show_offer(chat: ChatState, engine: Engine) -> None:
    """The way to an LLM beside what is read, where answers are quotes."""
    if engine.llm is None and may(Role.OWN):
        st.button(
            say("Connect an AI model for written answers"),
            key="connect-offer",
            icon=":material/auto_awesome:",
            type="tertiary",
            on_click=open_dialog,
            args=(chat,),
        )
