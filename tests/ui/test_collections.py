"""Collections in the page: chosen, made, renamed and deleted; links; and the LLM of a session."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ingest import collection_names, delete_collection, ingest_paths, rename_collection
from ingest.embed.embedder import Embedder
from ingest.settings import IndexSettings
from ingest.store.directory import Store
from rag_app import AnswerSettings, ConnectedLLM, Conversations, open_engine, with_llm
from rag_app.ui.chat.state import ChatState
from tests.support.llm_servers import ScriptedServer, reply
from tests.ui.chat.test_connect_llm import choose
from tests.ui.chat.test_page import (
    EMPTY,
    QUESTION,
    ask,
    buttons,
    connect,
    links,
    press,
    read,
    shown,
)
from tests.ui.conftest import OpenPage

__all__ = ["connect"]  # a fixture

OTHER = "Étude <b>1</b>"
LAMP = "Who keeps the lamp?"


@pytest.fixture
def two(own_store: Path, tmp_path: Path, embedder: Embedder) -> Path:
    """A store with two collections."""
    (tmp_path / "lamp.txt").write_text("The lamp is kept by Edda Storm.\n")
    settings = IndexSettings(store=own_store, collection=OTHER)
    ingest_paths([tmp_path / "lamp.txt"], settings=settings, embedder=embedder)
    return own_store


def select(page: AppTest, name: str) -> AppTest:
    return next(one for one in page.selectbox if one.label == "Collection").select(name).run()


def address(page: AppTest) -> str:
    """The collection in the page's address. AppTest gives what a click has put there in a list."""
    value = page.query_params["collection"]
    return value if isinstance(value, str) else value[0]


def test_collections_are_chosen_and_each_has_its_own_conversations(
    open_page: OpenPage, two: Path
) -> None:
    page = ask(open_page(two), QUESTION)
    assert "collection" not in page.query_params
    select(page, OTHER)
    assert address(page) == OTHER
    assert "conversation" not in page.query_params
    assert not page.chat_message
    ask(page, LAMP)
    assert "The lamp is kept by Edda Storm." in shown(page)
    assert "gardens.md" not in shown(page)
    assert [len(Conversations(Store(two, name)).listed()) for name in ("default", OTHER)] == [1, 1]
    [kept] = Conversations(Store(two, OTHER)).listed()

    # Its address opens it for another reader, who is not led astray by one of a page without it.
    other = AppTest.from_file(page._script_path, default_timeout=60)
    other.query_params["collection"] = OTHER
    other.query_params["conversation"] = kept.id
    assert len(other.run().chat_message) == 2
    del other.query_params["collection"]
    other.run()
    assert address(other) == OTHER
    select(page, "default")
    assert "Documents · 2" in links(page)
    assert "collection" not in page.query_params


def test_a_click_with_the_address_of_before_stays_where_it_was_made(
    open_page: OpenPage, two: Path
) -> None:
    page = ask(open_page(two), QUESTION)
    select(page, OTHER)
    ask(page, LAMP)
    of_other = {
        "collection": OTHER,
        "conversation": str(page.session_state["rag"].state_of(ChatState).conversation.id),
    }
    select(page, "default")
    # The browser did not know yet that the page shows another collection.
    for name, value in of_other.items():
        page.query_params[name] = value
    press(page, "Manage")
    assert "Documents · 2" in links(page)
    assert "no such conversation" not in str(page.warning)
    assert "collection" not in page.query_params


def test_a_collection_is_made_renamed_and_deleted(open_page: OpenPage, small_store: Path) -> None:
    page = open_page(small_store)
    assert not page.selectbox
    press(page, "Collections")
    page.text_input(key="collection-create").set_value(OTHER)
    press(page, "Create")
    assert collection_names(small_store) == ["default", OTHER]
    assert EMPTY in shown(page)
    press(page, "Manage")
    page.text_input(key="collection-create").set_value("default")
    press(page, "Create")
    assert "There is a collection 'default' already" in read(page.warning[0].value)

    typed = f"collection-rename-{OTHER}"
    rename = next(one for one in page.button if one.label == "Rename")
    assert rename.disabled
    page.text_input(key=typed).set_value("garden").run()
    assert next(one for one in page.button if one.label == "Rename").disabled, "it asks first"
    page.checkbox(key=f"sure-{typed}").check().run()
    press(page, "Rename")
    assert collection_names(small_store) == ["default", "garden"]
    assert address(page) == "garden"

    press(page, "Manage")
    delete = next(one for one in page.button if one.label == "Delete this collection")
    assert delete.disabled
    with Store(small_store, "garden").write_lock(0):
        page.checkbox(key="sure-delete-garden").check().run()
        press(page, "Delete this collection")
        assert "is writing to the collection" in read(page.warning[0].value)
    press(page, "Delete this collection")
    assert collection_names(small_store) == ["default"]
    assert "is deleted" in read(page.warning[0].value)
    assert "Documents · 2" in links(page)


def test_an_open_page_says_what_has_become_of_its_collection(
    open_page: OpenPage, two: Path
) -> None:
    page = ask(select(open_page(two), OTHER), LAMP)
    rename_collection(OTHER, "lamps", store=two)
    # What is asked meanwhile is not kept under the old name.
    ask(page, LAMP)
    assert "is called “lamps” now" in read(page.warning[0].value)
    assert collection_names(two) == ["default", "lamps"]
    assert not Store(two, OTHER).directory.exists()
    press(page, "Open lamps")
    assert "Documents · 1" in links(page)
    delete_collection("lamps", store=two)
    page.run()
    assert "was deleted" in read(page.warning[0].value)
    assert not page.chat_input
    press(page, "Open default")
    assert "Documents · 2" in links(page)
    page.query_params["collection"] = "none <b>"
    page.run()
    assert "There is no collection “none <b>” here" in read(page.warning[0].value)
    assert not Store(two, "none <b>").directory.exists()


def use(page: AppTest, server: ScriptedServer, key: str) -> AppTest:
    choose(press(page, "Connect an AI model"), "Another server")
    page.text_input(key="connect-url-Another server").set_value(server.base_url).run()
    page.text_input(key="connect-key-Another server").set_value(key).run()
    return press(page, "Use it")


def test_the_llm_of_a_session_is_nobody_elses(
    open_page: OpenPage, two: Path, connect: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert connect
    first, second, third = open_page(two), open_page(two), open_page(two)
    answer = "The gate is locked at nine in the evening [1]."
    with (
        ScriptedServer(reply("OK"), reply(answer), models=("ours",)) as ours,
        ScriptedServer(reply("OK"), reply(answer), models=("theirs",)) as theirs,
    ):
        use(first, ours, "key-one")
        assert "Answers are written by ours" in read(first.toast[0].value)
        assert "connect-kind" not in [one.key for one in first.segmented_control], "it is closed"
        use(second, theirs, "key-two")
        for page in (first, second, third):
            ask(page, QUESTION)
        assert ours.base_url in shown(first)
        assert theirs.base_url in shown(second)
        assert "Answers are quotes" in shown(third)
        for server, key in ((ours, "key-one"), (theirs, "key-two")):
            assert len(server.requests) == 2
            assert {one.headers["authorization"] for one in server.requests} == {f"Bearer {key}"}
        # It goes along to another collection, and is given up by one click.
        assert ours.base_url in shown(select(first, OTHER))
        press(press(first, "Change the model"), "Back to quotes")
        assert "Answers are quotes" in shown(first)
        ask(first, LAMP)
        assert len(ours.requests) == 2
        assert theirs.base_url in shown(second.run())
    assert first.session_state["rag"].connected is None
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(b"key-one" in content or b"key-two" in content for content in written)


def test_an_llm_that_does_not_work_is_not_used(
    open_page: OpenPage, small_store: Path, connect: pytest.MonkeyPatch
) -> None:
    assert connect
    page = choose(press(open_page(small_store), "Connect an AI model"), "Ollama")
    page.text_input(key="connect-url-Ollama").set_value("http://127.0.0.1:9/v1").run()
    press(page, "Use it")
    assert "It does not work" in page.error[0].value
    assert "Answers are quotes" in shown(page)
    assert "Back to quotes" not in buttons(page)


def test_an_engine_that_lends_stays_as_it_is(small_store: Path) -> None:
    with ScriptedServer(reply("OK"), models=("m",)) as server:
        closed: list[bool] = []
        llm = ConnectedLLM(AnswerSettings(openai_base_url=server.base_url, passages=3))
        llm.llm.close = lambda: closed.append(True)  # type: ignore[method-assign]
        with open_engine(small_store, answers=AnswerSettings()) as engine:
            lent = with_llm(engine, llm)
            assert lent.llm is llm.llm and lent.answer_settings.passages == 3
            assert lent.embedder is engine.embedder
            lent.close()
            assert engine.llm is None and engine.answer_settings.passages == 8
            assert engine.search("gate", mode="keyword"), "closing what was lent closes nothing"
