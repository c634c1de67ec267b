"""What stands below an answer, and what is left of a long conversation."""

from __future__ import annotations

from pathlib import Path

from rag_app import open_engine
from rag_app.conversation.export import to_markdown
from rag_app.ui.chat.state import ChatState
from tests.ui.chat.test_page import QUESTION, QUOTE, ask, buttons, press, shown
from tests.ui.conftest import OpenPage
from tests.ui.test_memory import NOTHING, SECOND


def test_what_to_ask_next_comes_from_the_documents(open_page: OpenPage, small_store: Path) -> None:
    page = ask(open_page(small_store), QUESTION)
    assert "Related questions" not in shown(page), "“Water” alone is no question"
    assert not page.exception


def test_the_inspector_shows_every_passage(open_page: OpenPage, small_store: Path) -> None:
    page = press(ask(open_page(small_store), QUESTION), "Inspect")
    assert '<div class="rag-table"' in shown(page)
    assert shown(page).count('<tr class="rag-used">') == 2
    assert "<dt>LLM</dt><dd>not asked</dd>" in shown(page)
    press(page, "Inspect")
    assert '<div class="rag-table"' not in shown(page)


def test_a_long_conversation_shows_its_end_and_keeps_the_rest_in_the_store(
    open_page: OpenPage, small_store: Path
) -> None:
    page = ask(open_page(small_store), QUESTION)
    chat: ChatState = page.session_state["rag"].state_of(ChatState)
    chat.window = 2
    for question in (SECOND, NOTHING, SECOND):
        ask(page, question)
    assert [one.avatar for one in page.chat_message].count(":material/person:") == 2
    assert f"<strong>{QUOTE}" not in shown(page)
    first = chat.branch[0]
    assert first.record is None and first.answer is not None and not first.answer.hits
    assert chat.history[1].content.startswith(QUOTE), "what later questions refer to"
    with open_engine(small_store) as engine:
        assert f": “{QUOTE}" in to_markdown(chat.whole(engine))

    press(page, "Show earlier questions (2)")
    assert [one.avatar for one in page.chat_message].count(":material/person:") == 4
    assert f"<strong>{QUOTE}" in shown(page)
    assert chat.branch[0].record is not None
    assert "Show earlier" not in "".join(buttons(page))
