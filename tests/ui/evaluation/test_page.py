"""The evaluation page over the real engine, without a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ingest.embed.embedder import Embedder
from ingest.store.directory import Store
from rag_app import Conversation, Conversations, Engine, Exchange, Feedback, open_engine
from rag_app.conversation.records import new_id
from rag_app.ui.evaluation.page import FILE, MADE, RATED
from rag_app.ui.evaluation.run import questions_of_file
from rag_app.ui.evaluation.state import EvaluationState
from rag_app.ui.session import engine as engines
from tests.ui.chat.test_page import press, read, shown

QUESTIONS = [
    {"question": "When is the garden gate locked?",
     "gold": [{"document": "gardens.md", "quote": "locked at nine in the evening"}]},
    {"question": "What is the fine for a late book?",
     "gold": [{"document": "gardens.md", "quote": "Dogs must be kept on a lead."}]},
    {"question": "What is the capital of Australia?", "answerable": False},
]  # fmt: skip


def script() -> None:
    import streamlit as st

    from rag_app.ui.evaluation.page import show_evaluation_page
    from rag_app.ui.session.engine import session_engine
    from rag_app.ui.session.state import current_session
    from rag_app.ui.widgets.followers import follow_all

    if follow_all([show_evaluation_page(current_session(), session_engine())]):
        st.rerun()


@pytest.fixture
def page(small_store: Path, monkeypatch: pytest.MonkeyPatch, embedder: Embedder) -> AppTest:
    def opened(store: str, *, collection: str) -> Engine:
        return open_engine(store, collection=collection, embedder=embedder)

    monkeypatch.setattr(engines, "open_engine", opened)
    monkeypatch.setenv("RAG_STORE", str(small_store))
    return AppTest.from_function(script, default_timeout=60).run()


def choose(page: AppTest, kind: str) -> AppTest:
    return page.segmented_control(key="evaluation-kind").set_value(kind).run()


def jsonl(questions: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(one) + "\n" for one in questions).encode()


def test_a_file_of_questions_is_asked_and_what_fails_is_explained(page: AppTest) -> None:
    choose(page, FILE)
    assert next(one for one in page.button if one.label == "Evaluate").disabled
    page.file_uploader[0].set_value(("mine.jsonl", jsonl(QUESTIONS), "application/json")).run()
    press(page, "Evaluate")
    assert "mine.jsonl" in shown(page) and "3 questions" in shown(page)
    assert "refused, of those without an answer" in shown(page)
    # Three figures are large, each with its interval: of two answers, one cites what it should.
    cards = re.findall(r"<h4>(.*?)</h4><b>(.*?)</b>.*?<small>(.*?)</small>", shown(page))
    assert [title for title, _, _ in cards] == ["Found", "Cited", "No when it should"]
    assert [figure for _, figure, _ in cards] == ["100%", "50%", "100%"]
    assert cards[1][2] == "9% to 91% with 95% confidence, 2 questions"
    failed = [read(one.label) for one in page.expander]
    assert "What is the fine for a late book?" in failed
    assert "When is the garden gate locked?" not in failed
    press(page, "Why?")
    assert "<pre>" in shown(page) and "meaning" in shown(page)
    report = page.session_state["rag"].state_of(EvaluationState).report
    assert report.figures["refused_rightly"].value == 1.0
    assert len(report.everything()["asked"]) == 3


def test_questions_are_made_of_the_documents(page: AppTest) -> None:
    assert page.segmented_control(key="evaluation-kind").value == MADE
    page.number_input(key="evaluation-count").set_value(2).run()
    page.checkbox(key="evaluation-answers").uncheck().run()
    press(page, "Evaluate")
    assert "made by rule" in shown(page)
    assert page.session_state["rag"].state_of(EvaluationState).report.answers == {}


def test_what_was_rated_is_asked_again(page: AppTest, small_store: Path) -> None:
    press(choose(page, RATED), "Evaluate")
    assert "No answer was rated yet" in read(page.error[0].value)
    kept = Conversations(Store(small_store, "default"), "")
    engine = page.session_state["rag"]
    assert engine is not None
    with open_engine(small_store) as asked:
        answer = asked.ask("When is the garden gate locked?")
    exchange = Exchange(answer.question, answer, id=new_id())
    kept.put(Conversation(id=new_id()), exchange)
    kept.rate(exchange.id, Feedback("up"))
    press(page, "Evaluate")
    assert not page.error
    assert page.session_state["rag"].state_of(EvaluationState).report.questions == 1
    assert "Nothing failed" in page.success[0].value


def test_what_is_wrong_with_a_file_is_told_by_its_name_and_line(page: AppTest) -> None:
    choose(page, FILE)
    page.file_uploader[0].set_value(("mine.jsonl", b'{"question": "a?"}\nno\n', "x")).run()
    press(page, "Evaluate")
    told = read(page.error[0].value)
    assert told.startswith("mine.jsonl, line 2 is not JSON")
    assert questions_of_file(jsonl(QUESTIONS), "x")[1] == ()


def test_it_can_be_stopped(page: AppTest) -> None:
    from rag_app.ui.evaluation.run import EvaluationRun, Stopped

    state = page.session_state["rag"].state_of(EvaluationState)
    with open_engine(Path(state_store())) as engine:
        many = jsonl([{**QUESTIONS[0], "id": str(number)} for number in range(400)])
        run = EvaluationRun(
            engine,
            "many",
            lambda _: questions_of_file(many, "many"),
            answers=True,
            keep=lambda *_: 0,
        )
        run.stop()
        with pytest.raises(Stopped):
            run.work.result()
        assert run.done <= 1
    assert state.report is None


def state_store() -> str:
    import os

    return os.environ["RAG_STORE"]
