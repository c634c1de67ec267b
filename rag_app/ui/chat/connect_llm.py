"""The panel that connects an LLM and tests the connection.

What is typed here is used for the test and, if the reader says so, for the answers in this browser.
It is written nowhere: a key stays in the memory of the server and goes to the endpoint that was
typed with it, and the key of the settings goes there never.
"""

from __future__ import annotations

import shlex
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit

import streamlit as st
from pydantic import SecretStr

from ingest import RagError
from ingest.errors import UsageError
from rag_app import AnswerSettings, ConnectedLLM, Engine
from rag_app.llm.from_settings import try_connection
from rag_app.ui.chat.state import ChatState
from rag_app.ui.serving.audited import note
from rag_app.ui.serving.loopback import is_local
from rag_app.ui.serving.roles import REFUSED, may
from rag_app.ui.serving.settings import Role
from rag_app.ui.widgets.background import Work
from rag_app.ui.widgets.escape import escaped, label
from rag_app.ui.widgets.followers import Follower
from rag_app.ui.widgets.scroll import scroll_to

QUOTES_MODE = (
    "No LLM is connected, so answers are <b>quotes</b>: the sentences of your documents that "
    "answer best, word for word, each with its place. Nothing is made up, and nothing leaves this "
    "machine. An LLM writes answers in its own words instead, from the same passages, and each of "
    "its sentences is checked against them."
)


class Kind(NamedTuple):
    """A way to an LLM: what is asked for it, and a word of help."""

    name: str
    help: str
    url: str = ""
    asks_url: bool = False
    asks_key: bool = False
    is_file: bool = False


KINDS = (
    Kind("OpenAI", "Questions and passages are sent to OpenAI.", asks_key=True),
    Kind(
        "Ollama",
        "Start it with <code>ollama serve</code>; <code>ollama list</code> names its models.",
        url="http://localhost:11434/v1",
        asks_url=True,
    ),
    Kind(
        "Another server",
        "Any that speaks OpenAI's protocol: llama.cpp, vLLM, LM Studio, LocalAI, or a service. "
        "The model may be left out where there is only one.",
        url="http://localhost:8080/v1",
        asks_url=True,
        asks_key=True,
    ),
    Kind(
        "A GGUF file",
        "llama.cpp serves the file on this machine. It needs "
        "<code>pip install 'rag-app[local-llm]'</code>.",
        is_file=True,
    ),
)


def show_answering(chat: ChatState, engine: Engine) -> None:
    """By what the questions are answered, and the way to change that."""
    if engine.llm is None:
        text = "Answers are quotes from the documents, word for word."
    else:
        model = engine.llm.model or "the model"
        text = f"Answers are written by {escaped(model)} at {escaped(str(engine.llm.endpoint))}"
        text += ", in this session only." if chat.session.connected else "."
    st.html(f'<p class="rag-answering">{text}</p>')
    if chat.session.connected is not None:
        st.button(
            "Back to quotes",
            key="disconnect",
            icon=":material/format_quote:",
            type="tertiary",
            help="Forget this LLM and its key",
            on_click=_disconnect,
            args=(chat,),
        )
    if not may(Role.OWN):
        return
    st.button(
        "Connect an LLM" if engine.llm is None else "Test the connection",
        key="connect",
        icon=":material/cable:",
        type="tertiary",
        on_click=open_panel,
        args=(chat, engine),
    )


def show_offer(chat: ChatState, engine: Engine) -> None:
    """The way to an LLM beside what is read, where answers are quotes."""
    if engine.llm is None and not chat.is_connecting and may(Role.OWN):
        st.button(
            "Have answers written by an LLM",
            key="connect-offer",
            icon=":material/cable:",
            type="tertiary",
            on_click=open_panel,
            args=(chat, engine),
        )


def show_panel(chat: ChatState, engine: Engine) -> Follower | None:
    """What quotes are, how to connect an LLM, and a test; of the one that is set, if one is."""
    with st.container(border=True, key="connect-panel"):
        scroll_to(".st-key-connect-panel", "connect")
        if chat.session.connected is not None:
            pass  # what has just come of it stands below
        elif engine.llm is None:
            st.html(f'<p class="rag-panel">{QUOTES_MODE}</p>')
            _show_kinds(chat, engine.answer_settings)
        elif chat.connection_test is None:
            _test_button(chat, engine.answer_settings)
        follower = None if chat.connection_test is None else _Trying(chat, chat.connection_test)
        if chat.test_result is not None:
            works, text = chat.test_result
            (st.success if works else st.error)(label(text))
        st.button("Close", key="connect-close", type="tertiary", on_click=_close, args=(chat,))
    return follower


def _show_kinds(chat: ChatState, answers: AnswerSettings) -> None:
    by_name = {kind.name: kind for kind in KINDS if _is_offered(kind, answers)}
    name = st.segmented_control(
        "Which LLM", list(by_name), default=KINDS[0].name, required=True, key="connect-kind"
    )
    kind = by_name[name or KINDS[0].name]
    st.html(f'<p class="rag-answering">{kind.help}</p>')
    url = key = model = path = ""
    if kind.is_file:
        path = st.text_input("File", key="connect-path", placeholder="/models/model.gguf")
    if kind.asks_url:
        url = st.text_input("Address", kind.url, key=f"connect-url-{kind.name}")
    if kind.asks_key:
        optional = " (if it wants one)" if kind.asks_url else ""
        key = st.text_input(
            f"Key{optional}", key=f"connect-key-{kind.name}", type="password", autocomplete="off"
        )
    if not kind.is_file:
        model = st.text_input("Model", key=f"connect-model-{kind.name}")
    st.html(
        '<p class="rag-answering">To use it always, put these lines into a file '
        "<code>.env</code> where you start rag-app, and start it again:</p>"
    )
    lines = setting_lines(kind, url, model, path)
    st.code(lines, language=None, wrap_lines=True)
    if chat.connection_test is None:
        typed = typed_settings(answers, url=url, key=key, model=model, path=path)
        with st.container(horizontal=True):
            st.button(
                "Use it for this session",
                key="connect-use",
                icon=":material/play_arrow:",
                type="primary",
                help="Until you go back to quotes, or rag-app is stopped. Nothing that is typed "
                "is written to the disk.",
                on_click=_try,
                args=(chat, typed),
                kwargs={"use": True, "typed": True},
            )
            _test_button(chat, typed, typed=True)


def _is_offered(kind: Kind, answers: AnswerSettings) -> bool:
    """Who reads this from another machine is asked neither for files of this one nor for addresses
    that only this one reaches, but for those that its owner allows."""
    return is_local() or not (kind.is_file or (kind.asks_url and not answers.llm_hosts))


def check_typed(answers: AnswerSettings) -> None:
    """Raise UsageError for what somebody on another machine may not connect."""
    if is_local():
        return
    if answers.llm_path:
        raise UsageError("a file of this machine is connected from this machine only")
    if answers.openai_base_url is not None:
        with suppress(ValueError):
            address = urlsplit(answers.openai_base_url)
            host = address.hostname or ""
            if {host, f"{host}:{address.port}"} & {name.lower() for name in answers.llm_hosts}:
                return
        raise UsageError("this address is not among RAG_LLM_HOSTS, which the page's owner sets")


def typed_settings(
    answers: AnswerSettings, *, url: str = "", key: str = "", model: str = "", path: str = ""
) -> AnswerSettings:
    """The settings with the LLM that was typed, and nothing of the one that is set: above all not
    its key."""
    typed = {
        "openai_api_key": SecretStr(key.strip()) if key.strip() else None,
        "openai_base_url": url.strip() or None,
        "llm_model": model.strip() or None,
        "llm_path": path.strip() or None,
    }
    return answers.model_copy(update=typed)


def setting_lines(kind: Kind, url: str, model: str, path: str) -> str:
    """The settings as lines of ``.env``. A key is never among them."""
    if kind.is_file:
        return f"RAG_LLM_PATH={_quoted(path) or '…the path of the file…'}"
    lines = [f"OPENAI_BASE_URL={_quoted(url)}"] if kind.asks_url else []
    if kind.asks_key:
        lines.append(f"OPENAI_API_KEY=…your key{', if it wants one' if kind.asks_url else ''}…")
    return "\n".join([*lines, f"RAG_LLM_MODEL={_quoted(model) or '…the name of its model…'}"])


def _quoted(value: str) -> str:
    return shlex.quote(value.strip()) if value.strip() else ""


def _test_button(chat: ChatState, settings: AnswerSettings, *, typed: bool = False) -> None:
    st.button(
        "Test the connection",
        key="connect-test",
        icon=":material/network_check:",
        on_click=_try,
        args=(chat, settings),
        kwargs={"typed": typed},
    )


class _Trying:
    """Waits for what comes of a test."""

    def __init__(self, chat: ChatState, work: Work[str]) -> None:
        self._chat = chat
        self._work = work
        self._doing = st.empty()

    def follow(self) -> bool:
        if not self._work.done:
            self._doing.html(f'<p class="rag-doing">Trying … {self._work.seconds:.0f} s</p>')
            return True
        self._chat.connection_test = None
        try:
            model = self._work.result()
            text = f"It works: {model} answered in {self._work.seconds:.1f} s."
            if self._chat.settings_to_use is not None:
                self._chat.session.connect(
                    ConnectedLLM(self._chat.settings_to_use, quoted=is_local())
                )
                address = urlsplit(self._chat.settings_to_use.openai_base_url or "")
                note("endpoint", [address.hostname or model])
                text = f"Your next answers are written by {model}, in this session only."
            self._chat.test_result = True, text
        except RagError as error:
            self._chat.test_result = False, f"It does not work: {error}"
        self._chat.settings_to_use = None
        return False


def _try(
    chat: ChatState, settings: AnswerSettings, *, use: bool = False, typed: bool = False
) -> None:
    """Ask the LLM for a word, and, where that works, ``use`` it from then on."""
    chat.test_result = None
    if not may(Role.OWN):
        chat.test_result = False, REFUSED
        return
    chat.settings_to_use = settings if use else None

    def ask() -> str:
        if typed:
            check_typed(settings)
        return try_connection(settings, quoted=is_local())

    chat.connection_test = Work(ask)


def _disconnect(chat: ChatState) -> None:
    chat.session.connect(None)
    _close(chat)


def open_panel(chat: ChatState, engine: Engine) -> None:
    chat.is_connecting = True
    chat.test_result = None
    if engine.llm is not None:
        _try(chat, engine.answer_settings)


def _close(chat: ChatState) -> None:
    chat.is_connecting = False
    chat.connection_test = chat.test_result = chat.settings_to_use = None
