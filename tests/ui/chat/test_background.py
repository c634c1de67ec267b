"""Answers go on in the background, whatever page or tab is looked at, and nothing asked is lost."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from benchmarks.page.served import free_port
from tests.support.browsers import ANSWERS_WITHIN, MARKS, answered, ask, browser, drawn, page
from tests.support.llm_servers import Behaviour, Exchange, ScriptedServer, reply
from tests.support.served import serving
from tests.ui.chat.test_page import QUESTION, QUOTE

__all__ = ["browser", "page"]  # fixtures
pytestmark = MARKS

SECOND, THIRD = "Must dogs be kept on a lead?", "How long may a book be kept?"
WORDS = "The gate is locked"
KEYS = "(all) => all.map((one) => one.className.match(/st-key-\\S+/)[0])"


class Writer:
    """An LLM's answers, which come as far as a test lets them."""

    def __init__(self) -> None:
        self.goes_on = threading.Event()

    def answer(self, rest: str) -> Behaviour:
        def play(exchange: Exchange) -> None:
            exchange.begin()
            exchange.send_delta({"content": f"{WORDS} every evening"})  # the last word is held back
            while not self.goes_on.is_set():
                if not exchange.wait(0.02):
                    return
            exchange.send_delta({"content": f" {rest}"})
            exchange.send_delta({}, "stop")
            exchange.end()

        return Behaviour(play)


@pytest.fixture
def writer() -> Writer:
    return Writer()


@pytest.fixture(scope="module")
def served(
    made_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, ScriptedServer]]:
    """A page with an LLM, for all of these tests."""
    store = Path(shutil.copytree(made_store, tmp_path_factory.mktemp("background") / "store"))
    with ScriptedServer() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", server.base_url)
        with serving(store, tmp_path_factory.mktemp("elsewhere")) as page:
            yield page.address, server


def script(server: ScriptedServer, *behaviours: Behaviour) -> None:
    """What the LLM does from now on."""
    server.behaviours, server.requests = behaviours, []


def writing(page: Page) -> None:
    """Wait until an answer is being written."""
    expect(page.locator(".rag-answer").last).to_contain_text(WORDS)
    expect(page.get_by_role("button", name="Stop")).to_be_visible()


def ask_slowly(page: Page, served: tuple[str, ScriptedServer], writer: Writer) -> None:
    """Ask a question whose answer is being written until the writer goes on."""
    address, server = served
    script(server, writer.answer("at nine in the evening [1]."))
    page.goto(address)
    ask(page, QUESTION)
    writing(page)


def test_a_reload_in_the_middle_of_an_answer_loses_nothing(
    page: Page, served: tuple[str, ScriptedServer], writer: Writer
) -> None:
    ask_slowly(page, served, writer)
    page.reload()
    expect(page.locator(".rag-question")).to_have_text(QUESTION, timeout=ANSWERS_WITHIN)
    writing(page)
    writer.goes_on.set()
    answered(page, "at nine in the evening")
    assert len(served[1].requests) == 1


def test_another_conversation_leaves_an_answer_alone(
    page: Page, served: tuple[str, ScriptedServer], writer: Writer
) -> None:
    ask_slowly(page, served, writer)
    link = page.url
    page.get_by_role("button", name="New conversation").click()
    expect(page).not_to_have_url(re.compile("conversation="))
    ask(page, SECOND)
    writing(page)
    expect(page.locator(".rag-question")).to_have_text([SECOND])
    page.go_back()
    page.go_back()
    expect(page.locator(".rag-question")).to_have_text([QUESTION])
    writing(page)
    assert page.url == link
    writer.goes_on.set()
    answered(page, "at nine in the evening")


def test_further_questions_wait_in_line(
    page: Page, served: tuple[str, ScriptedServer], writer: Writer
) -> None:
    address, server = served
    other = Writer()
    script(server, writer.answer("at nine [1]."), other.answer("for three weeks [1]."))
    page.goto(address)
    ask(page, QUESTION)
    writing(page)
    ask(page, SECOND)
    # Without a wait: what is sent while the page has not yet taken the one before is not lost.
    ask(page, THIRD)
    expect(page.locator(".rag-question")).to_have_text([QUESTION, SECOND, THIRD])
    expect(page.get_by_text("Waiting for the answer before")).to_have_count(2)
    page.reload()
    expect(page.get_by_text("Waiting for the answer before")).to_have_count(2)
    withdraw = page.get_by_role("button", name="Withdraw")
    expect(withdraw).to_have_count(2)  # one comes after the other where a page is just loading
    second, third = page.locator(".stElementContainer").filter(has=withdraw).evaluate_all(KEYS)
    withdraw.first.click()
    expect(page.locator(".rag-question")).to_have_text([QUESTION, THIRD])
    expect(withdraw).to_have_count(1)
    left = page.locator(".stElementContainer").filter(has=withdraw).evaluate_all(KEYS)
    assert left == [third] != [second], "a second click would have taken back the other too"
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("What is written here was not checked.")).to_be_visible()
    expect(page.locator(".rag-answer").first).to_contain_text(WORDS)
    writing(page)
    expect(page.get_by_text("Waiting for the answer before")).to_have_count(0)
    other.goes_on.set()
    answered(page, "for three weeks")
    expect(page.locator(".rag-question")).to_have_text([QUESTION, THIRD])
    assert QUESTION not in str(server.requests[-1].body["messages"]), "it had no answer"


@pytest.mark.long
def test_two_tabs_of_a_conversation_go_on_from_each_other(
    page: Page, served: tuple[str, ScriptedServer], writer: Writer
) -> None:
    address, server = served
    script(server, writer.answer("at nine [1]."))
    page.goto(address)
    ask(page, QUESTION)
    writing(page)
    other = page.context.new_page()
    other.goto(page.url)
    writing(other)
    ask(other, SECOND)
    expect(page.locator(".rag-question")).to_have_text([QUESTION, SECOND])
    expect(page.get_by_text("Waiting for the answer before")).to_have_count(1)
    writer.goes_on.set()
    for tab in (page, other):
        expect(tab.get_by_role("button", name="Edit")).to_have_count(2, timeout=ANSWERS_WITHIN)
    ask(page, THIRD)
    ask(other, "When is watering allowed?")
    for tab in (page, other):
        expect(tab.get_by_role("button", name="Edit")).to_have_count(4, timeout=ANSWERS_WITHIN)
        expect(tab.get_by_text("Version")).to_have_count(0)
    assert page.locator(".rag-question").all_inner_texts() == (
        other.locator(".rag-question").all_inner_texts()
    )


def test_a_question_asked_after_a_restart_is_answered_and_one_before_is_still_there(
    page: Page, made_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writer: Writer
) -> None:
    store, port = Path(shutil.copytree(made_store, tmp_path / "store")), free_port()
    with ScriptedServer(writer.answer("at nine [1].")) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        with serving(store, tmp_path, port=port) as first:
            page.goto(first.address)
            ask(page, QUESTION)
            writing(page)
    monkeypatch.delenv("OPENAI_BASE_URL")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("rag-app cannot be reached")
    expect(dialog.get_by_text("Streamlit").filter(visible=True)).to_have_count(0)
    with serving(store, tmp_path, port=port):
        ask(page, THIRD)  # as soon as the field takes it, by a tab that was open all the time
        field, both = page.get_by_test_id("stChatInputTextArea"), page.locator(".rag-question")
        try:
            expect(both).to_have_text([QUESTION, THIRD])
        except AssertionError:  # on a busy machine it may reach nobody: then it is not lost
            expect(field).to_have_value(THIRD)
            field.press("Enter")
        expect(both).to_have_text([QUESTION, THIRD], timeout=ANSWERS_WITHIN)
        answered(page, "three weeks")
        expect(page.locator(".rag-answer").first).to_contain_text(WORDS)
        page.get_by_role("button", name="Answer it now").click()
        expect(page.locator(".rag-answer").first).to_contain_text(QUOTE, timeout=ANSWERS_WITHIN)
        expect(page.locator(".rag-question")).to_have_text([QUESTION, THIRD])
        expect(page).to_have_url(re.compile("conversation="))


def test_a_question_that_reaches_nobody_comes_back_to_its_field(
    page: Page, made_store: Path, tmp_path: Path
) -> None:
    page.add_init_script("""(send => {
      WebSocket.prototype.send = function(told) {
        if (!window.loses) return send.call(this, told);
      };
    })(WebSocket.prototype.send)""")
    with serving(Path(shutil.copytree(made_store, tmp_path / "store")), tmp_path) as served:
        page.goto(served.address)
        field = page.get_by_test_id("stChatInputTextArea").first
        expect(field).to_be_enabled(timeout=ANSWERS_WITHIN)
        drawn(page)
        page.evaluate("window.loses = true")
        ask(page, THIRD)
        expect(field).to_have_value("")
        expect(field).to_have_value(THIRD)
        page.evaluate("window.loses = false")
        field.press("Enter")
        answered(page, "three weeks")
        expect(page.locator(".rag-question")).to_have_text([THIRD])
        expect(field).to_have_value("")


@pytest.mark.long
def test_an_llm_that_was_connected_is_still_there_after_a_reload(
    page: Page, made_store: Path, tmp_path: Path
) -> None:
    store = Path(shutil.copytree(made_store, tmp_path / "store"))
    replies = (reply("OK"), reply("The gate is locked at nine in the evening [1]."))
    with ScriptedServer(*replies) as server, serving(store, tmp_path) as served:
        page.goto(served.address)
        connect = page.get_by_role("button", name="Connect an AI model", exact=True)
        connect.click(timeout=ANSWERS_WITHIN)
        page.get_by_text("Another server").click()
        page.get_by_label("Address").fill(server.base_url)
        page.get_by_label("Key (if it needs one)").fill("a-secret")
        page.get_by_role("button", name="Use it").click()
        change = page.get_by_role("button", name="Change the model")
        expect(change).to_be_visible(timeout=ANSWERS_WITHIN)
        page.reload()
        expect(change).to_be_visible()
        ask(page, QUESTION)
        answered(page, "locked at nine in the evening")
        assert len(server.requests) == 2
        stranger = page.context.browser.new_page() if page.context.browser else page
        stranger.goto(served.address)
        expect(stranger.get_by_text("Answers are quotes")).to_be_visible()
        stranger.close()
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(b"a-secret" in content for content in written)
