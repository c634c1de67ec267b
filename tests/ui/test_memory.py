"""Conversations that are kept, and what a reader does with questions and answers."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextInput

from ingest.store.directory import Store
from rag_app import Conversation, Conversations, Exchange
from rag_app.conversation.records import News, new_id
from rag_app.ui.answering.pending_answer import PendingAnswer
from rag_app.ui.chat.actions import SAME_AGAIN
from rag_app.ui.chat.sidebar import history
from rag_app.ui.chat.state import ChatState
from rag_app.ui.session import engine as engines
from rag_app.ui.session.state import Session
from tests.support.llm_servers import ScriptedServer, reply, slow
from tests.ui.chat.test_page import (
    QUESTION,
    QUOTE,
    ask,
    buttons,
    connect,
    press,
    read,
    shown,
    wait_for_text,
)
from tests.ui.conftest import OpenPage

__all__ = ["connect"]  # a fixture

SECOND = "How long may a book be kept?"
NOTHING = "What is the capital of Australia?"


def kept_in(store: Path) -> Conversations:
    return Conversations(Store(store, "default"))


def link(page: AppTest) -> str:
    told = page.query_params["conversation"]
    return told if isinstance(told, str) else str(told[0])


def field(page: AppTest, name: str) -> TextInput:
    return next(one for one in page.text_input if one.label == name)


def choose_in_menu(page: AppTest, what: str, title: str = "") -> AppTest:
    """Choose something in the menu of a conversation; without a title, of the first."""
    menu = next(one for one in page.menu_button if title in read(one.label))
    return menu.click(what).run()


def test_a_conversation_outlives_its_page_and_its_server(
    open_page: OpenPage, small_store: Path
) -> None:
    page = ask(ask(open_page(small_store), QUESTION), NOTHING)
    before = [value for value in shown(page).splitlines() if "rag-answer" in value]
    engines._engine.clear()  # as a new server
    again = open_page(small_store, link(page))
    assert [value for value in shown(again).splitlines() if "rag-answer" in value] == before
    assert f"<strong>{QUOTE}" in shown(again)
    assert '<div class="rag-refusal">' in shown(again)
    ask(again, SECOND)
    assert len(kept_in(small_store).open(link(page)).branch()) == 3, "it goes on"


def test_a_link_to_nothing_says_so(open_page: OpenPage, small_store: Path) -> None:
    page = open_page(small_store, "nobody")
    assert "no such conversation" in page.warning[0].value
    assert "conversation" not in page.query_params
    assert page.title, "it is a new one"


def test_the_address_follows_the_conversation(open_page: OpenPage, small_store: Path) -> None:
    page = open_page(small_store)
    assert "conversation" not in page.query_params
    first = link(ask(page, QUESTION))
    press(page, "New conversation")
    assert "conversation" not in page.query_params
    second = link(ask(page, SECOND))
    assert second != first
    page.query_params["conversation"] = first  # as by the browser's way back
    page.run()
    assert QUOTE in shown(page) and SECOND not in shown(page)


def test_conversations_are_listed_searched_and_opened(
    open_page: OpenPage, small_store: Path
) -> None:
    page = ask(open_page(small_store), QUESTION)
    press(page, "New conversation")
    ask(page, SECOND)
    assert SECOND in buttons(page) and QUESTION in buttons(page)
    assert shown(page).count("Open now:") == 1 and ">Today</h3>" in shown(page)
    assert "Search conversations" not in [one.label for one in page.text_input], "two are seen"
    for number in range(history.SEARCHED_FROM - 1):
        kept_in(small_store).put(
            Conversation(id=new_id()), Exchange(f"What is {number}?", id=new_id())
        )
    page.run()
    field(page, "Search conversations").set_value("NINE gate").run()
    assert QUESTION in buttons(page) and SECOND not in buttons(page)
    press(page, QUESTION)
    assert f"<strong>{QUOTE}" in shown(page)
    field(page, "Search conversations").set_value("zanzibar").run()
    assert "No conversation has these words." in shown(page)


def test_a_conversation_is_renamed_and_deleted(open_page: OpenPage, small_store: Path) -> None:
    page = ask(open_page(small_store), QUESTION)
    id_ = link(page)
    choose_in_menu(page, "Rename")
    assert field(page, "Title").value == QUESTION
    field(page, "Title").set_value("<b>Gates</b>")
    press(page, "Rename")
    assert kept_in(small_store).open(id_).title == "<b>Gates</b>"
    assert "<b>Gates</b>" in buttons(page)
    choose_in_menu(page, "Delete")
    assert len(kept_in(small_store).listed()) == 1, "not by one click"
    press(page, "Cancel")
    assert len(kept_in(small_store).listed()) == 1 and "Cancel" not in buttons(page)
    choose_in_menu(page, "Delete")
    press(page, "Delete")
    assert kept_in(small_store).listed() == []
    assert page.title and "conversation" not in page.query_params


def test_another_conversation_than_the_open_one_is_exported_and_deleted(
    open_page: OpenPage, small_store: Path
) -> None:
    page = ask(open_page(small_store), QUESTION)
    press(page, "New conversation")
    ask(page, SECOND)
    choose_in_menu(page, "Export", QUESTION)
    assert [one.label for one in page.get("download_button")] == ["Markdown", "JSON", "Word", "PDF"]
    choose_in_menu(page, "Delete", QUESTION)
    press(page, "Delete")
    assert [one.title for one in kept_in(small_store).listed()] == [SECOND]
    assert "three weeks" in shown(page), "the open one stays"


def test_again_keeps_the_answer_that_was_there(
    open_page: OpenPage, small_store: Path, connect: pytest.MonkeyPatch
) -> None:
    replies = (reply("At nine [1]."), reply("Three weeks [1]."), reply("Locked at nine [1]."))
    with ScriptedServer(*replies) as server:
        connect.setenv("OPENAI_BASE_URL", server.base_url)
        page = ask(ask(open_page(small_store), QUESTION), SECOND)
        press(page, "Again", 0)
    assert len(page.chat_message) == 2, "what came after is with the earlier version"
    assert "Version 2 of 2" in shown(page)
    press(page, "Earlier version")
    assert "Version 1 of 2" in shown(page)
    assert len(page.chat_message) == 4
    again = open_page(small_store, link(page))
    assert "Version 1 of 2" in shown(again), "the choice is kept"


def test_the_same_answer_again_is_no_other_version(open_page: OpenPage, small_store: Path) -> None:
    page = ask(ask(open_page(small_store), QUESTION), SECOND)
    press(page, "Again", 0)
    assert len(page.chat_message) == 4, "all is as it was"
    assert SAME_AGAIN in shown(page) and "Version" not in shown(page)
    kept = kept_in(small_store).open(link(page))
    assert len(kept.branch()) == len(kept.exchanges) == 2
    ask(page, NOTHING)
    assert SAME_AGAIN not in shown(page)


def test_the_same_answer_again_loses_nothing_while_the_store_is_ahead_of_the_page(
    open_page: OpenPage, small_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = ask(ask(open_page(small_store), QUESTION), SECOND)
    is_withdrawn, is_read = threading.Event(), threading.Event()
    withdraw, news = Conversations.withdraw, Conversations.news

    def withdraw_and_wait(kept: Conversations, exchange: str, *, instead: str | None) -> None:
        withdraw(kept, exchange, instead=instead)
        is_withdrawn.set()
        assert is_read.wait(30)

    def wait_and_read(kept: Conversations, id_: str, *about: Any) -> News | None:
        assert is_withdrawn.wait(30)
        found = news(kept, id_, *about)
        is_read.set()
        return found

    monkeypatch.setattr(Conversations, "withdraw", withdraw_and_wait)
    monkeypatch.setattr(Conversations, "news", wait_and_read)
    press(page, "Again", 0)
    assert SAME_AGAIN in shown(page) and len(page.chat_message) == 4


def test_a_question_is_edited_and_goes_on_from_there(
    open_page: OpenPage, small_store: Path
) -> None:
    page = ask(ask(open_page(small_store), QUESTION), NOTHING)
    press(page, "Edit", 1)
    assert page.text_area[0].value == NOTHING
    press(page, "Cancel")
    assert not page.text_area
    press(page, "Edit", 1)
    page.text_area[0].set_value(SECOND)
    press(page, "Ask")
    assert "three weeks" in shown(page) and NOTHING not in shown(page)
    branch = page.session_state["rag"].state_of(ChatState).branch
    assert [one.question for one in branch] == [QUESTION, SECOND]
    assert len(kept_in(small_store).open(link(page)).exchanges) == 3, "nothing is lost"


def test_thumbs_and_a_comment_are_kept_with_the_answer(
    open_page: OpenPage, small_store: Path
) -> None:
    page = ask(open_page(small_store), QUESTION)
    page.feedback[0].set_value(0).run()
    field(page, "What is wrong with it?").set_value(" It is ten. ").run()
    (rated,) = kept_in(small_store).rated()
    assert rated.feedback is not None
    assert (rated.feedback.verdict, rated.feedback.comment) == ("down", "It is ten.")
    assert rated.answer is not None and rated.answer.citations
    again = open_page(small_store, link(page))
    assert again.feedback[0].value == 0
    again.feedback[0].set_value(None).run()
    assert kept_in(small_store).rated() == []


def test_what_comes_of_a_question_is_kept_without_its_page(
    small_store: Path, connect: pytest.MonkeyPatch
) -> None:
    """The state alone: the page is closed while the answer is on its way."""
    from rag_app.ui.chat.ask import ask as send

    connect.setenv("RAG_STORE", str(small_store))
    chat = ChatState(Session())
    send(chat, engines.session_engine(), QUESTION)
    assert chat.pending is not None
    chat.pending.wait()
    (kept,) = kept_in(small_store).open(chat.conversation.id).exchanges
    assert kept.answer is not None and QUOTE in kept.answer.text


def test_a_stopped_answer_is_kept_as_far_as_it_came(
    small_store: Path, connect: pytest.MonkeyPatch
) -> None:
    from rag_app.ui.chat.ask import ask as send
    from rag_app.ui.chat.ask import stop

    with ScriptedServer(slow()) as server:
        connect.setenv("OPENAI_BASE_URL", server.base_url)
        connect.setenv("RAG_STORE", str(small_store))
        chat = ChatState(Session())
        send(chat, engines.session_engine(), QUESTION)
        wait_for_text(chat)
        asking = chat.pending
        stop(chat)
        assert isinstance(asking, PendingAnswer)
        asking.wait()
        (kept,) = kept_in(small_store).open(chat.conversation.id).exchanges
        assert kept == chat.branch[0]
        assert kept.partial.startswith("word") and kept.answer is None


def test_an_error_is_kept(open_page: OpenPage, small_store: Path) -> None:
    page = ask(open_page(small_store), "gate " * 2_000)
    again = open_page(small_store, link(page))
    assert "characters" in again.error[0].value


def test_where_nothing_can_be_kept_the_chat_works_and_says_so(
    open_page: OpenPage, small_store: Path
) -> None:
    kept_in(small_store).path.mkdir()
    page = ask(open_page(small_store), QUESTION)
    assert f"<strong>{QUOTE}" in shown(page)
    assert any("This is not kept" in one.value for one in page.warning)
    assert "conversation" not in page.query_params
    ask(page, SECOND)
    assert len(page.chat_message) == 4
    press(page, "Edit", 1)
    page.text_area[0].set_value(NOTHING)
    press(page, "Ask")
    assert "Version 2 of 2" in shown(page), "also without a file"


def test_two_pages_of_one_conversation_lose_nothing(open_page: OpenPage, small_store: Path) -> None:
    one = ask(open_page(small_store), QUESTION)
    other = open_page(small_store, link(one))
    ask(one, SECOND)
    ask(other, NOTHING)
    asked = [exchange.question for exchange in kept_in(small_store).open(link(one)).exchanges]
    assert asked == [QUESTION, SECOND, NOTHING]
