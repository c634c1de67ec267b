"""Several people at the same page, and what a long session leaves behind."""

from __future__ import annotations

import gc
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from streamlit.testing.v1.element_tree import Block

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.store.directory import Store
from rag_app import Conversations
from rag_app.answer.record import AnswerRecord
from rag_app.ui.chat.state import ChatState
from tests.support.browsers import (
    ANSWERS_WITHIN,
    Serve,
    answered,
    ask,
    browser,
    in_a_browser,
    page,
    serve,
)
from tests.support.llm_servers import ScriptedServer, reply, slow
from tests.ui.chat.test_page import QUESTION, WRITTEN
from tests.ui.chat.test_page import ask as ask_without_browser
from tests.ui.conftest import OpenPage

__all__ = ["browser", "page", "serve"]  # fixtures

FACTS = {
    "What does the lighthouse keeper drink?": "The lighthouse keeper drinks nettle tea.",
    "Which colour has the ferry?": "The ferry has the colour of rust.",
    "When does the bakery open?": "The bakery opens at half past five.",
    "How deep is the quarry?": "The quarry is eleven metres deep.",
    "Who repairs the church organ?": "The church organ is repaired by Ida Krall.",
    "Where are the spare oars kept?": "The spare oars are kept behind the boathouse.",
    "How often is the tram washed?": "The tram is washed every second Thursday.",
    "What is the museum's entrance fee?": "The museum's entrance fee is four crowns.",
}
PEOPLE = 4


@in_a_browser
@pytest.mark.long
def test_four_people_ask_at_once_and_each_gets_the_own_answers(
    browser: Browser, serve: Serve, embedder: Embedder, tmp_path: Path
) -> None:
    for number, fact in enumerate(FACTS.values()):
        (tmp_path / f"{number}.txt").write_text(fact, encoding="utf-8")
    store = tmp_path / "store"
    files = [tmp_path / f"{number}.txt" for number in range(len(FACTS))]
    assert ingest_paths(files, store=store, embedder=embedder).counts["added"] == len(FACTS)
    address = serve(store)
    contexts = [browser.new_context() for _ in range(PEOPLE)]
    pages = [context.new_page() for context in contexts]
    failures: list[str] = []
    for one in pages:
        one.on("pageerror", lambda error: failures.append(str(error)))
        one.goto(address)
    questions = list(FACTS)
    asked = [questions[place::PEOPLE] for place in range(PEOPLE)]
    for turn in range(len(FACTS) // PEOPLE):
        for one, own in zip(pages, asked, strict=True):
            field = one.get_by_test_id("stChatInputTextArea")
            expect(field).to_be_enabled(timeout=ANSWERS_WITHIN)
            field.fill(own[turn])
        for one in pages:
            one.get_by_test_id("stChatInputTextArea").press("Enter")
        for one, own in zip(pages, asked, strict=True):
            expect(one.locator(".rag-question")).to_have_text(own[: turn + 1])
            answered(one, FACTS[own[turn]])
            expect(one.locator(".rag-answer")).to_have_count(turn + 1)
            expect(one).to_have_url(re.compile("conversation="))
    links = [one.url for one in pages]
    assert len(set(links)) == PEOPLE
    kept = Conversations(Store(store, "default"))
    for link, own in zip(links, asked, strict=True):
        exchanges = kept.open(link.rpartition("=")[2]).branch()
        assert [exchange.question for exchange in exchanges] == own
        told = [exchange.answer.text for exchange in exchanges if exchange.answer]
        assert all(FACTS[question] in text for question, text in zip(own, told, strict=True))
    # Without a login, the conversations of a collection are everybody's; which is shown is not.
    for one, own in zip(pages, asked, strict=True):
        one.reload()
        listed = one.locator("[class*=st-key-conversation-] button")
        expect(listed).to_have_count(PEOPLE, timeout=ANSWERS_WITHIN)
        expect(one.locator("[class*=st-key-present-]")).to_have_text(re.compile(re.escape(own[0])))
        expect(one.locator(".rag-question")).to_have_text(own)
    for context in contexts:
        context.close()
    assert not failures


@in_a_browser
@pytest.mark.long
def test_a_later_answer_is_stopped_and_the_next_question_has_its_turn(
    page: Page, serve: Serve, own_store: Path
) -> None:
    with ScriptedServer(reply(WRITTEN), slow(), slow(), reply(WRITTEN)) as server:
        page.goto(serve(own_store, OPENAI_BASE_URL=server.base_url))
        ask(page, QUESTION)
        expect(page.locator(".rag-answer strong")).to_have_text("at nine", timeout=ANSWERS_WITHIN)
        # At once, when the browser may not have the conversation's address yet.
        ask(page, "Must dogs be on a lead?")
        expect(page.locator(".rag-answer").last).to_contain_text(
            "word word", timeout=ANSWERS_WITHIN
        )
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_text("What is written here was not checked.")).to_be_visible()
        assert server.disconnected.wait(10)
        ask(page, "How long may a book be kept?")
        expect(page.locator(".rag-question")).to_have_count(3)
        last = page.get_by_test_id("stChatMessage").last
        expect(last.locator(".rag-answer")).to_contain_text("word word", timeout=ANSWERS_WITHIN)
        ask(page, QUESTION)
        expect(page.get_by_text("Waiting for the answer before")).to_be_visible()
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_text("What is written here was not checked.")).to_have_count(2)
        expect(page.locator(".rag-question")).to_have_text(
            [QUESTION, "Must dogs be on a lead?", "How long may a book be kept?", QUESTION],
            timeout=ANSWERS_WITHIN,
        )
        expect(page.locator(".rag-answer strong").last).to_have_text("at nine")
        expect(page.get_by_role("button", name="Inspect")).to_have_count(2)


def test_a_session_keeps_whole_only_what_it_shows(open_page: OpenPage, small_store: Path) -> None:
    app = ask_without_browser(open_page(small_store), QUESTION)
    chat: ChatState = app.session_state["rag"].state_of(ChatState)
    chat.window = 2
    for _ in range(6):
        ask_without_browser(app, QUESTION)
    gc.collect()
    whole = {id(one) for one in gc.get_objects() if isinstance(one, AnswerRecord)}
    shown = {id(one.record) for one in chat.branch if one.record is not None}
    assert len(shown) == chat.window
    assert len(whole) <= chat.window + 1, "and that of the question before"


def test_what_is_shown_keeps_its_place_when_earlier_questions_go(
    open_page: OpenPage, small_store: Path
) -> None:
    app = ask_without_browser(open_page(small_store), "Who waters the gardens?")
    chat: ChatState = app.session_state["rag"].state_of(ChatState)
    chat.window = 3
    ask_without_browser(ask_without_browser(app, QUESTION), "Must dogs be on a lead?")
    places = [place_of(app.main, QUESTION), place_of(app.main, "Must dogs")]
    ask_without_browser(app, "How long may a book be kept?")
    assert place_of(app.main, "Who waters") == []
    assert [place_of(app.main, QUESTION), place_of(app.main, "Must dogs")] == places
    assert places[0] < places[1] < place_of(app.main, "How long may a book")


def place_of(block: Block, words: str) -> list[int]:
    """The way through the page's blocks to the question with these words: a number for each."""
    for index, child in block.children.items():
        if isinstance(child, Block):
            inside = place_of(child, words)
            if inside:
                return [index, *inside]
        elif f'"rag-question">{words}' in str(getattr(child, "value", "")):
            return [index]
    return []
