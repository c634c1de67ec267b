"""Where questions are typed and files attached, which documents the questions are asked of, by what
and with how much effort they are answered, and the button that stops an answer."""

from __future__ import annotations

import streamlit as st

from ingest.settings import load_settings
from rag_app import Engine
from rag_app.messages import say
from rag_app.ui.chat.ask import ask, leave, stop
from rag_app.ui.chat.composer.mentions import let_documents_be_named
from rag_app.ui.chat.connect.dialog import open_dialog
from rag_app.ui.chat.effort import show_effort
from rag_app.ui.chat.filters import show_active_filter, show_filter
from rag_app.ui.chat.first_words import ask_at_end
from rag_app.ui.chat.state import LONGEST_QUESTION, ChatState
from rag_app.ui.documents.state import documents_state
from rag_app.ui.documents.uploader import take_files
from rag_app.ui.serving.roles import may
from rag_app.ui.serving.settings import Role
from rag_app.ui.widgets.escape import label
from rag_app.ui.widgets.followers import draw_anew
from rag_app.web.upload_settings import UploadSettings

QUESTION_KEY = "question"


def show_composer(chat: ChatState, engine: Engine, *, is_empty: bool, is_new: bool) -> None:
    """All of it. It stays at the end of the window."""
    with st.bottom, st.container(key="composer", gap=None):
        show_active_filter(chat)
        sent = st.chat_input(
            say("Add a document first") if is_empty else say("Ask your documents"),
            key=QUESTION_KEY,
            max_chars=LONGEST_QUESTION,
            disabled=is_empty,
            # An empty collection has its own place for them.
            accept_file="multiple" if may(Role.ADD) and not is_empty else False,
            max_upload_size=load_settings(UploadSettings).upload_megabytes,
            on_submit=_ask_typed,
            args=(chat, engine),
        )
        if sent and not chat.has_field:
            # The page is older than this session, as after a restart of the server: what was typed
            # there has come before anybody was told to listen for it.
            _ask_typed(chat, engine)
            draw_anew()
        chat.has_field = True
        if is_empty:
            return
        # Always there, and seen in the place of the one that sends while an answer is on its way
        # (conversation.css): what is drawn with the first words could not be clicked at once.
        st.button(
            say("Stop"),
            key="stop",
            icon=":material/stop_circle:",
            type="primary",
            help=say("Stop this answer"),
            on_click=stop,
            args=(chat,),
        )
        with st.container(
            horizontal=True, vertical_alignment="center", gap="small", key="composer-row"
        ):
            show_filter(chat, engine.filter_fields())
            let_documents_be_named(chat, engine)
            _show_model(chat, engine)
            show_effort(engine)
            if not is_new:
                # Seen on a phone, where the sidebar is closed (conversation.css).
                st.button(
                    say("New"),
                    key="new-here",
                    icon=":material/add_comment:",
                    type="tertiary",
                    on_click=leave,
                    args=(chat,),
                )


def _show_model(chat: ChatState, engine: Engine) -> None:
    """By what the questions are answered, and the way to change that."""
    model = say("Quotes") if engine.llm is None else engine.llm.model or say("LLM")
    st.button(
        label(model),
        key="model",
        icon=":material/format_quote:" if engine.llm is None else ":material/auto_awesome:",
        type="tertiary",
        disabled=not may(Role.OWN),
        help=say("Answers are word for word from your documents. Click to have a model write them.")
        if engine.llm is None
        else say("Answers are written by this model, and checked against your documents."),
        on_click=open_dialog,
        args=(chat,),
    )


def _ask_typed(chat: ChatState, engine: Engine) -> None:
    sent = st.session_state[QUESTION_KEY]
    question, files = (sent, ()) if isinstance(sent, str) else (sent.text or "", sent.files)
    question = question.strip()
    if files:
        documents = documents_state(engine)
        take_files(documents, engine, files)
        if question:  # it may be about them
            ask(chat, engine, question, is_reading=lambda: documents.ingestion.is_running)
    elif question:
        ask_at_end(chat, engine, question)
