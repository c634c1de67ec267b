"""The dialog that connects an LLM: a model of its list, a test, and what is remembered."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from rag_app import AnswerSettings
from rag_app.ui.chat.connect.kinds import KINDS, kind_of, typed_settings
from rag_app.ui.session import engine as engines
from rag_app.ui.session.llm_file import llm_file
from tests.support.llm_servers import ScriptedServer, reply, status
from tests.ui.chat.test_page import QUESTION, ask, buttons, connect, press, read, shown
from tests.ui.conftest import OpenPage

__all__ = ["connect"]  # a fixture

SERVER = "Another server"
URL, KEY = (f"connect-{what}-{SERVER}" for what in ("url", "key"))
SECRET = "typed-secret"


@pytest.fixture
def opened(open_page: OpenPage, small_store: Path, connect: pytest.MonkeyPatch) -> AppTest:
    """The open dialog, where no LLM is connected."""
    assert connect
    return press(open_page(small_store), "Connect an AI model")


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A configuration folder for each test: nothing is remembered yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return llm_file().parent


def choose(page: AppTest, kind: str) -> AppTest:
    return page.segmented_control(key="connect-kind").set_value(kind).run()


def models(page: AppTest) -> Selectbox:
    return next(one for one in page.selectbox if one.label == "Model")


def connect_to(page: AppTest, url: str, *, key: str = "", remember: bool = False) -> AppTest:
    """Fill in the dialog for a server and use its only model."""
    choose(page, SERVER)
    page.text_input(key=URL).set_value(url).run()
    page.text_input(key=KEY).set_value(key).run()
    if remember:
        page.checkbox(key="connect-remember").check().run()
    return press(page, "Use it")


def test_it_says_what_quotes_are_and_what_each_way_is(opened: AppTest) -> None:
    assert "Without one, answers are quotes" in shown(opened)
    for kind in KINDS:
        assert kind.help in shown(choose(opened, kind.name))
        asked = {one.label for one in opened.text_input if (one.key or "").startswith("connect-")}
        assert ("Address" in asked, "File" in asked) == (kind.asks_url, kind.is_file)
        assert any(one.startswith("Key") for one in asked) == kind.asks_key


def test_a_connection_is_tested_with_what_was_typed(
    opened: AppTest, connect: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    connect.setenv("OPENAI_API_KEY", "the-key-of-the-settings")
    with ScriptedServer(reply("OK"), models=("only-one",)) as server:
        choose(opened, SERVER)
        opened.text_input(key=URL).set_value(server.base_url).run()
        opened.text_input(key=KEY).set_value(SECRET).run()
        press(opened, "Test the connection")
        assert "It works: only-one" in read(opened.success[0].value)
        assert server.requests[0].headers["authorization"] == f"Bearer {SECRET}"
        opened.text_input(key=KEY).set_value("").run()
        press(opened, "Test the connection")
        assert "settings" not in server.requests[-1].headers.get("authorization", "")
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert written and not any(SECRET.encode() in content for content in written)


def test_a_model_is_chosen_from_the_servers_list_and_changed_later(opened: AppTest) -> None:
    there = ("small", "large", "text-embedding-3")
    with ScriptedServer(reply("OK"), models=there) as server:
        choose(opened, SERVER)
        opened.text_input(key=URL).set_value(server.base_url).run()
        assert models(opened).options == ["large", "small"], "those that write"
        models(opened).set_value("large").run()
        press(opened, "Use it")
        assert server.requests[-1].body["model"] == "large"
        assert "<b>large</b>" in shown(opened)

        press(opened, "Change the model")
        assert opened.segmented_control(key="connect-kind").value == SERVER
        assert models(opened).value == "large"
        models(opened).set_value("small").run()
        press(opened, "Use it")
        assert server.requests[-1].body["model"] == "small"
        assert "<b>small</b>" in shown(opened)


def test_a_server_that_does_not_answer_holds_nothing_up(opened: AppTest) -> None:
    choose(opened, SERVER)
    opened.text_input(key=URL).set_value("http://127.0.0.1:9/v1").run()
    assert models(opened).options == []
    assert not opened.error and not opened.exception


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
    opened: AppTest, kind: str, field: str, typed: str, told: str
) -> None:
    choose(opened, kind)
    opened.text_input(key=field).set_value(typed).run()
    press(opened, "Test the connection")
    assert "It does not work" in opened.error[0].value
    assert told in read(opened.error[0].value)


def test_the_llm_that_is_set_is_tested_by_one_click(
    open_page: OpenPage, small_store: Path, connect: pytest.MonkeyPatch
) -> None:
    with ScriptedServer(reply("OK"), status(401, {"error": {"message": "no"}})) as server:
        connect.setenv("OPENAI_BASE_URL", server.base_url)
        connect.setenv("RAG_LLM_MODEL", "mine")
        page = press(open_page(small_store), "Change the model")
        press(page, "Test the model in use")
        assert "It works" in page.success[0].value
        assert "Connect an AI model" not in buttons(page)
        press(page, "Test the model in use")
        assert "refused the key" in page.error[0].value


def test_what_is_remembered_is_used_by_the_next_page_until_it_is_forgotten(
    opened: AppTest, open_page: OpenPage, small_store: Path
) -> None:
    answer = "The gate is locked at nine in the evening [1]."
    with ScriptedServer(reply("OK"), reply(answer), models=("mine",)) as server:
        connect_to(opened, server.base_url, key=SECRET, remember=True)
        file = llm_file()
        assert json.loads(file.read_text())["openai_base_url"] == server.base_url
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700

        again = ask(open_page(small_store), QUESTION)
        assert "Written by mine" in shown(again)
        assert server.requests[-1].headers["authorization"] == f"Bearer {SECRET}"
        press(again, "Change the model")
        assert again.checkbox(key="connect-remember").value
        press(again, "Back to quotes")
        assert not file.exists() and "Answers are quotes" in shown(again)
        assert "Answers are quotes" in shown(open_page(small_store))


def test_a_key_in_use_goes_neither_to_the_browser_nor_to_another_address(opened: AppTest) -> None:
    with (
        ScriptedServer(reply("OK"), models=("mine",)) as mine,
        ScriptedServer(reply("OK"), models=("theirs",)) as theirs,
    ):
        connect_to(opened, mine.base_url, key=SECRET)
        press(opened, "Change the model")
        assert opened.text_input(key=KEY).value == ""
        assert opened.text_input(key=KEY).placeholder == "Unchanged"
        assert SECRET not in str(opened._tree)
        press(opened, "Test the connection")
        assert mine.requests[-1].headers["authorization"] == f"Bearer {SECRET}"
        opened.text_input(key=URL).set_value(theirs.base_url).run()
        press(opened, "Test the connection")
        sent = [*(one.headers for one in theirs.requests), *theirs.listings]
        assert sent and not any(SECRET in str(headers) for headers in sent)


def test_where_nothing_can_be_remembered_the_llm_is_used_and_that_is_said(
    opened: AppTest, own_folder: Path
) -> None:
    own_folder.parent.mkdir()
    own_folder.write_text("a file where the folder should be")
    with ScriptedServer(reply("OK"), models=("mine",)) as server:
        connect_to(opened, server.base_url, remember=True)
    assert opened.session_state["rag"].connected is not None
    assert "cannot be remembered in" in read(opened.warning[0].value)
    assert "<b>mine</b>" in shown(opened) and not opened.exception


@pytest.mark.parametrize("content", ["", "no JSON", "[]", '{"llm_model": 3}', '{"llm_path": ""}'])
def test_a_file_that_says_nothing_of_use_is_as_none(
    open_page: OpenPage, small_store: Path, own_folder: Path, content: str
) -> None:
    own_folder.mkdir(parents=True)
    llm_file().write_text(content)
    page = open_page(small_store)
    assert "Answers are quotes" in shown(page) and not page.error


def test_nothing_of_the_llm_that_is_set_reaches_the_one_that_is_typed() -> None:
    answers = AnswerSettings(openai_api_key="sk-own", llm_path="/own.gguf", llm_model="own")
    typed = typed_settings(answers, url="http://elsewhere/v1")
    assert (typed.openai_api_key, typed.llm_path, typed.llm_model) == (None, None, None)
    assert kind_of(answers).name == "A GGUF file" and kind_of(typed).name == SERVER


@pytest.fixture
def for_others(connect: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The page is served beyond this machine."""
    for module in ("dialog", "kinds"):
        connect.setattr(f"rag_app.ui.chat.connect.{module}.is_local", lambda: False)
    return connect


def test_visitors_type_no_address_and_nothing_is_remembered_for_them(
    for_others: pytest.MonkeyPatch, open_page: OpenPage, small_store: Path, own_folder: Path
) -> None:
    own_folder.mkdir(parents=True)
    kept = '{"openai_base_url": "http://127.0.0.1:9/v1", "openai_api_key": "of the owner"}'
    llm_file().write_text(kept)
    page = open_page(small_store)
    assert "Answers are quotes" in shown(page), "what the owner has remembered is not theirs"
    press(page, "Connect an AI model")
    assert page.segmented_control(key="connect-kind").options == ["OpenAI"]
    assert not [one for one in page.checkbox if one.key == "connect-remember"]
    with ScriptedServer(reply("OK"), models=("only",)) as server:
        for_others.setenv("RAG_LLM_HOSTS", f"127.0.0.1:{server.server_port}")
        engines._engine.clear()  # as a new server
        page = choose(press(open_page(small_store), "Connect an AI model"), SERVER)
        page.text_input(key=URL).set_value(server.base_url).run()
        press(press(press(page, "Use it"), "Change the model"), "Back to quotes")
    assert llm_file().read_text() == kept


def test_visitors_reach_the_hosts_that_the_owner_allows_and_read_no_foreign_answer(
    for_others: pytest.MonkeyPatch, open_page: OpenPage, small_store: Path
) -> None:
    said = {"error": {"message": "an inner secret"}}
    with ScriptedServer(status(403, said), reply("OK"), models=("only",)) as server:
        for_others.setenv("RAG_LLM_HOSTS", f"127.0.0.1:{server.server_port}")
        page = choose(press(open_page(small_store), "Connect an AI model"), SERVER)
        field = page.text_input(key=URL)
        field.set_value(server.base_url.replace("127.0.0.1", "localhost")).run()
        assert not server.listings, "nor asked for its models"
        press(page, "Test the connection")
        assert "not among those that the page's owner allows" in read(page.error[0].value)
        assert not server.requests
        page.text_input(key=URL).set_value(server.base_url).run()
        press(page, "Test the connection")
        assert "403" in page.error[0].value or "refused" in page.error[0].value
        assert "inner secret" not in page.error[0].value
        press(page, "Test the connection")
        assert "It works" in page.success[0].value
