"""The dialog that connects an LLM: its kind, its address and key, a model of its list, and a test.

What is typed here is used for the answers of this session. A key stays in the memory of the session
and goes to the endpoint that was typed with it; the key of the settings goes there never. On this
computer the reader may have it remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from urllib.parse import urlsplit

import streamlit as st

from ingest import RagError
from rag_app import AnswerSettings, ConnectedLLM, Engine
from rag_app.llm.from_settings import list_models, try_connection
from rag_app.messages import retold, say, to_say
from rag_app.ui.chat.connect.kinds import KINDS, check_typed, kind_of, kinds_offered, typed_settings
from rag_app.ui.chat.state import ChatState
from rag_app.ui.serving.audited import note
from rag_app.ui.serving.loopback import is_local
from rag_app.ui.serving.roles import REFUSED, may
from rag_app.ui.serving.settings import Role
from rag_app.ui.session.llm_file import delete_saved_llm, save_llm, saved_llm
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.background import Work
from rag_app.ui.widgets.escape import label
from rag_app.ui.widgets.followers import draw_anew
from rag_app.ui.widgets.times import format_seconds

WHY = to_say(
    "Without one, answers are quotes: the passages of your documents that answer best, word for "
    "word. With one, answers are written for you from the same passages, and every sentence is "
    "checked against them."
)
# A list of models that has not come by then is not waited for.
LIST_SECONDS = 4.0
REMEMBER_KEY = "connect-remember"


def connect_remembered(session: Session, engine: Engine) -> bool:
    """Use the LLM that is remembered on this computer, once a session, where none is set.
    Returns whether there is one."""
    if session.has_looked_for_llm or engine.llm is not None or not (is_local() and may(Role.OWN)):
        return False
    session.has_looked_for_llm = True
    settings = saved_llm(engine.answer_settings)
    if settings is None:
        return False
    try:
        session.connect(ConnectedLLM(settings, quoted=True))
    except RagError as error:
        session.notice = say(
            "The AI model that was remembered cannot be used: {error}", error=retold(error)
        )
        return False
    return True


def show_connect_dialog(chat: ChatState, engine: Engine) -> None:
    """The dialog, where it is open."""
    title = say("Connect an AI model") if engine.llm is None else say("The AI model")
    st.dialog(title, on_dismiss=partial(_close, chat))(_show_form)(chat, engine)


def _show_form(chat: ChatState, engine: Engine) -> None:
    answers, connected = engine.answer_settings, chat.session.connected
    if engine.llm is None:
        st.html(f'<p class="rag-panel">{say(WHY)}</p>')
    offered = kinds_offered(answers)
    now = kind_of(answers) if connected else KINDS[0]
    name = st.segmented_control(
        say("Where it runs"),
        list(offered),
        format_func=say,
        default=now.name if now.name in offered else KINDS[0].name,
        required=True,
        key="connect-kind",
        label_visibility="collapsed",
    )
    kind = offered[name or KINDS[0].name]
    st.html(f'<p class="rag-answering">{say(kind.help)}</p>')
    own = answers if connected and now == kind else None
    url = key = model = path = ""
    if kind.is_file:
        path = st.text_input(
            say("File"),
            own.llm_path or "" if own else "",
            key="connect-path",
            placeholder="/models/model.gguf",
        )
    if kind.asks_url:
        url = st.text_input(
            say("Address"),
            own.openai_base_url or "" if own else kind.url,
            key=f"connect-url-{name}",
        )
    if kind.asks_key:
        asked = say("Key (if it needs one)") if kind.asks_url else say("Key")
        secret = own.openai_api_key if own else None
        key = st.text_input(
            asked,
            key=f"connect-key-{name}",
            type="password",
            autocomplete="off",
            placeholder=say("Unchanged") if secret else "",
        )
        # One that is in use does not go back to the browser, nor to another address.
        if secret and not key and (url.strip() or None) == answers.openai_base_url:
            key = secret.get_secret_value()
    typed = typed_settings(answers, url=url, key=key, path=path)
    if not kind.is_file:
        is_own = own is not None and own.openai_base_url == typed.openai_base_url
        model = _show_models(chat, typed, answers.llm_model if is_own else None)
    typed = typed_settings(answers, url=url, key=key, model=model, path=path)
    if is_local():
        st.checkbox(
            say("Remember it on this computer"),
            saved_llm(answers) is not None,
            key=REMEMBER_KEY,
            help=say("In a file that only you can read."),
        )
    _show_buttons(chat, engine, typed)
    _show_test(chat)


def _show_models(chat: ChatState, typed: AnswerSettings, now: str | None) -> str:
    """A model of the server's list, or one that is typed; "" leaves it to the server. The only one
    of a list is chosen already."""
    names = _models_of(chat, typed)
    if now and now not in names:
        names = [now, *names]
    if len(names) == 1:
        now = names[0]
    chosen = st.selectbox(
        say("Model"),
        names,
        index=names.index(now) if now else None,
        key=f"connect-model-{typed.openai_base_url}",  # what one server has, another has not
        placeholder=say("Choose or type a model")
        if names
        else say("Type its name, or leave it empty"),
        accept_new_options=True,
    )
    return chosen or ""


def _models_of(chat: ChatState, typed: AnswerSettings) -> list[str]:
    """What the server lists, asked once for each address and key that was typed."""
    if not (typed.openai_base_url or typed.openai_api_key) or not may(Role.OWN):
        return []
    at = (typed.openai_base_url, typed.openai_api_key)
    if chat.models is None or chat.models[0] != at:

        def ask() -> Sequence[str]:
            check_typed(typed)
            return list_models(typed, quoted=is_local())

        chat.models = at, Work(ask)
    work = chat.models[1]
    try:
        # One that does not answer is told of by the test; a name can be typed all the same.
        return list(work.result()) if work.wait(LIST_SECONDS) else []
    except RagError:
        return []


def _show_buttons(chat: ChatState, engine: Engine, typed: AnswerSettings) -> None:
    """Not by callbacks: those run before what was typed a moment ago has been read."""
    with st.container(horizontal=True):
        if st.button(say("Use it"), key="connect-use", type="primary", icon=":material/check:"):
            _try(chat, typed, use=True)
        if st.button(
            say("Test the connection"), key="connect-test", icon=":material/network_check:"
        ):
            _try(chat, typed)
        if chat.session.connected is not None and st.button(
            say("Back to quotes"),
            key="disconnect",
            icon=":material/format_quote:",
            type="tertiary",
            help=say("Forget this model and its key"),
            on_click=_disconnect,
            args=(chat,),
        ):
            draw_anew()
    if chat.session.connected is None and engine.llm is not None:
        st.button(
            say("Test the model in use"),
            key="connect-test-own",
            icon=":material/network_check:",
            type="tertiary",
            on_click=_try,
            args=(chat, engine.answer_settings),
            kwargs={"typed": False},
        )


def _show_test(chat: ChatState) -> None:
    """How far a test is, and what came of it, below the button that was clicked."""
    place = st.empty()
    work = chat.connection_test
    while work is not None and not work.wait(0.2):
        trying = say("Trying …")
        place.html(f'<p class="rag-doing">{trying} {format_seconds(work.seconds)}</p>')
    if work is not None and _finish(chat, work):
        draw_anew()
    if chat.test_result is not None:
        works, text = chat.test_result
        (place.success if works else place.error)(label(text))


def _finish(chat: ChatState, work: Work[str]) -> bool:
    """Take what came of a test. Whether the LLM is used from now on: the dialog closes then."""
    chat.connection_test, settings = None, chat.settings_to_use
    chat.settings_to_use = None
    try:
        model = work.result()
        chat.test_result = True, _it_works(model, work.seconds)
        if settings is None:
            return False
        chat.session.connect(ConnectedLLM(settings, quoted=is_local()))
    except RagError as error:
        chat.test_result = False, say("It does not work: {error}", error=retold(error))
        return False
    note("endpoint", [urlsplit(settings.openai_base_url or "").hostname or model])
    _keep(chat, settings if st.session_state.get(REMEMBER_KEY) else None)
    _close(chat)
    told = say("Answers are written by {model} now.", model=label(model))
    st.toast(told, icon=":material/auto_awesome:")
    return True


def _it_works(model: str, seconds: float) -> str:
    time = format_seconds(seconds, 1)
    return say("It works: {model} answered in {time}.", model=model, time=time)


def _try(
    chat: ChatState, settings: AnswerSettings, *, use: bool = False, typed: bool = True
) -> None:
    """Ask the LLM for a word, and, where that works, ``use`` it from then on."""
    chat.test_result = None
    if not may(Role.OWN):
        chat.test_result = False, say(REFUSED)
        return
    chat.settings_to_use = settings if use else None

    def ask() -> str:
        if typed:
            check_typed(settings)
        return try_connection(settings, quoted=is_local())

    chat.connection_test = Work(ask)


def _disconnect(chat: ChatState) -> None:
    chat.session.connect(None)
    _keep(chat, None)
    _close(chat)


def _keep(chat: ChatState, settings: AnswerSettings | None) -> None:
    """Have an LLM remembered on this computer, or none; on the page stands why it cannot be."""
    if not is_local():
        return
    try:
        delete_saved_llm() if settings is None else save_llm(settings)
    except RagError as error:
        chat.session.notice = retold(error)


def open_dialog(chat: ChatState) -> None:
    """Open the dialog, from a callback."""
    chat.is_connecting = True
    chat.test_result = None


def _close(chat: ChatState) -> None:
    chat.is_connecting = False
    chat.connection_test = chat.test_result = chat.settings_to_use = chat.models = None
