"""The panel about the LLM: what quotes are, how to connect one, and a test that says what is."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from rag_app import AnswerSettings
from rag_app.ui.chat.connect.dialog import KINDS, setting_lines, typed_settings
from tests.support.llm_servers import ScriptedServer, reply, status
from tests.ui.chat.test_page import buttons, connect, press, read, shown
from tests.ui.conftest import OpenPage

__all__ = ["connect"]  # a fixture


@pytest.fixture
def panel(open_page: OpenPage, small_store: Path, connect: pytest.MonkeyPatch) -> AppTest:
    """The open panel, where no LLM is connected."""
    assert connect
    return press(open_page(small_store), "Connect an LLM")


def choose(page: AppTest, kind: str) -> AppTest:
    return page.segmented_control(key="connect-kind").set_value(kind).run()


def test_it_says_what_quotes_are_and_how_to_connect(panel: AppTest) -> None:
    assert "word for word, each with its place" in shown(panel)
    for kind, line in (
        ("OpenAI", "OPENAI_API_KEY=…your key…"),
        ("Ollama", "OPENAI_BASE_URL=http://localhost:11434/v1"),
        ("Another server", "OPENAI_BASE_URL=http://localhost:8080/v1"),
        ("A GGUF file", "RAG_LLM_PATH=…the path of the file…"),
    ):
        assert line in choose(panel, kind).code[0].value
    press(panel, "Close")
    assert not panel.code


def test_a_connection_is_tested_with_what_was_typed(
    panel: AppTest, connect: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    connect.setenv("OPENAI_API_KEY", "the-key-of-the-settings")
    with ScriptedServer(reply("OK"), models=("only-one",)) as server:
        choose(panel, "Another server")
        panel.text_input(key="connect-url-Another server").set_value(server.base_url).run()
        panel.text_input(key="connect-key-Another server").set_value("typed-secret").run()
        press(panel, "Test the connection")
        assert "It works: only-one" in read(panel.success[0].value)
        assert server.requests[0].headers["authorization"] == "Bearer typed-secret"
        panel.text_input(key="connect-key-Another server").set_value("").run()
        press(panel, "Test the connection")
        assert "settings" not in server.requests[-1].headers.get("authorization", "")
    assert "typed-secret" not in panel.code[0].value
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert written and not any(b"typed-secret" in content for content in written)


@pytest.mark.parametrize(
    ("kind", "field", "typed", "told"),
    [
        ("OpenAI", "connect-key-OpenAI", " ", "no LLM is set"),
        ("Ollama", "connect-url-Ollama", "nonsense", "must be a URL"),
        ("Ollama", "connect-url-Ollama", "http://127.0.0.1:9/v1", "127.0.0.1:9"),
        ("A GGUF file", "connect-path", "/nowhere.gguf", "cannot be read"),
    ],
)
def test_what_is_wrong_is_said(
    panel: AppTest, kind: str, field: str, typed: str, told: str
) -> None:
    choose(panel, kind)
    panel.text_input(key=field).set_value(typed).run()
    press(panel, "Test the connection")
    assert "It does not work" in panel.error[0].value
    assert told in read(panel.error[0].value)


def test_the_llm_that_is_set_is_tested_by_one_click(
    open_page: OpenPage, small_store: Path, connect: pytest.MonkeyPatch
) -> None:
    with ScriptedServer(reply("OK"), status(401, {"error": {"message": "no"}})) as server:
        connect.setenv("OPENAI_BASE_URL", server.base_url)
        connect.setenv("RAG_LLM_MODEL", "mine")
        page = press(open_page(small_store), "Test the connection")
        assert "It works" in page.success[0].value
        assert "Connect an LLM" not in buttons(page)
        press(page, "Test the connection", 1)
        assert "refused the key" in page.error[0].value


def test_nothing_of_the_llm_that_is_set_reaches_the_one_that_is_typed() -> None:
    answers = AnswerSettings(openai_api_key="sk-own", llm_path="/own.gguf", llm_model="own")
    typed = typed_settings(answers, url="http://elsewhere/v1")
    assert (typed.openai_api_key, typed.llm_path, typed.llm_model) == (None, None, None)
    assert "'$(x)'" in setting_lines(KINDS[1], "$(x)", "", ""), "is not run by a shell"


@pytest.fixture
def for_others(connect: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The page is served beyond this machine."""
    connect.setattr("rag_app.ui.chat.connect.dialog.is_local", lambda: False)
    return connect


def test_visitors_type_no_address(
    for_others: pytest.MonkeyPatch, open_page: OpenPage, small_store: Path
) -> None:
    assert for_others
    page = press(open_page(small_store), "Connect an LLM")
    assert page.segmented_control(key="connect-kind").options == ["OpenAI"]


def test_visitors_reach_the_hosts_that_the_owner_allows_and_read_no_foreign_answer(
    for_others: pytest.MonkeyPatch, open_page: OpenPage, small_store: Path
) -> None:
    said = {"error": {"message": "an inner secret"}}
    with ScriptedServer(status(403, said), reply("OK"), models=("only",)) as server:
        for_others.setenv("RAG_LLM_HOSTS", f"127.0.0.1:{server.server_port}")
        page = choose(press(open_page(small_store), "Connect an LLM"), "Another server")
        field = page.text_input(key="connect-url-Another server")
        field.set_value(server.base_url.replace("127.0.0.1", "localhost")).run()
        press(page, "Test the connection")
        assert "RAG_LLM_HOSTS" in read(page.error[0].value) and not server.requests
        page.text_input(key="connect-url-Another server").set_value(server.base_url).run()
        press(page, "Test the connection")
        assert "403" in page.error[0].value or "refused" in page.error[0].value
        assert "inner secret" not in page.error[0].value
        press(page, "Test the connection")
        assert "It works" in page.success[0].value
