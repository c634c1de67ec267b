"""How much is done for an answer: chosen in the composer, and the steps kept with the answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag_app.ui.chat.effort import KEY
from tests.rag_app.steps.scripts import DONE, calls, planned, plans
from tests.support.llm_servers import ScriptedServer, reply
from tests.ui.chat.test_page import ask, connect, shown
from tests.ui.conftest import OpenPage

__all__ = ["connect"]  # a fixture

ANSWER = "The fine for a late book is 20 pence a day [1]."


def test_without_an_llm_there_is_nothing_to_choose(open_page: OpenPage, small_store: Path) -> None:
    assert KEY not in {one.key for one in open_page(small_store).radio}


def test_what_is_chosen_is_done_and_shown(
    open_page: OpenPage, small_store: Path, connect: pytest.MonkeyPatch
) -> None:
    script = [calls(("search", {"query": "fine for a late book"})), reply(DONE)]
    with ScriptedServer(planned(script, ANSWER)) as server:
        connect.setenv("OPENAI_BASE_URL", server.base_url)
        page = open_page(small_store)
        assert page.radio(key=KEY).value == "auto"
        ask(page, "What is the fine?")
        assert not any(plans(one.body) for one in server.requests), "one search is enough"
        page.radio(key=KEY).set_value("thorough").run()
        ask(page, "How much is the fine?")
        assert "<summary>1 step</summary>" in shown(page)
        assert "Searched for “fine for a late book”" in shown(page)
        assert sum(plans(one.body) for one in server.requests) == 2


def test_a_report_is_kept_with_the_conversation(
    open_page: OpenPage, small_store: Path, connect: pytest.MonkeyPatch
) -> None:
    """In "thorough" a request for one gives a report, which is shown with its steps."""
    question = "What is the fine for a late book?"
    outline = {
        "sections": [{"heading": one, "question": question} for one in ("Late books", "Pence")]
    }
    sections = reply(ANSWER), reply("A book may be kept for three weeks [1].")
    with ScriptedServer(reply(json.dumps(outline)), *sections) as server:
        connect.setenv("OPENAI_BASE_URL", server.base_url)
        page = open_page(small_store)
        page.radio(key=KEY).set_value("thorough").run()
        ask(page, "Write a report on the fine for late books")
        assert "Late books</h" in shown(page) and "Pence</h" in shown(page)
        assert "Section 2 of 2: Pence" in shown(page)
        assert len(server.requests) == 3
