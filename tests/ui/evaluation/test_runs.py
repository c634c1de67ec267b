"""Evaluations that are kept: listed, opened, deleted and compared on the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ingest import delete_collection
from ingest.embed.embedder import Embedder
from ingest.errors import StoreError, UsageError
from rag_app import Engine, open_engine, with_settings
from rag_app.eval.questions import Gold, Question
from rag_app.eval.run import evaluate
from rag_app.eval.saved_runs import KeptRuns
from rag_app.eval.side_by_side import format_outcome, versus
from rag_app.ui.evaluation.page import FILE, SAME
from rag_app.ui.evaluation.state import EvaluationState
from tests.ui.chat.test_page import buttons, press, shown
from tests.ui.evaluation.test_page import QUESTIONS, choose, jsonl, page

__all__ = ["page"]  # a fixture

GATE = Question("1", "When is the garden gate locked?", (Gold("gardens.md"),))
LATE = Question("2", "What does a volume brought back overdue cost?", (Gold("library/loans.txt"),))
MOON = Question("3", "How far is the moon?", ())


@pytest.fixture
def engine(small_store: Path, embedder: Embedder) -> Engine:
    return open_engine(small_store, embedder=embedder)


def test_what_is_kept_comes_back_as_it_was(engine: Engine, small_store: Path) -> None:
    report = evaluate(engine, [GATE, LATE, MOON])
    runs = KeptRuns(engine)
    run = runs.keep(report, with_settings(engine, mode="keyword"))
    assert runs.listed() == [run]
    assert runs.open(run.id) == report
    assert run.settings["mode"] == "keyword" and run.settings["answers"] == "quotes"
    assert run.figures["hit@1"] == report.figures["hit@1"].value

    others = KeptRuns(engine, "somebody else")
    assert others.listed() == []
    for id_ in (run.id, "../../secret", "none"):
        with pytest.raises(UsageError, match="no such evaluation"):
            others.open(id_)
        with pytest.raises(UsageError, match="no such evaluation"):
            others.delete(id_)
    folder = small_store / engine.store.directory.name / "evaluations"
    (folder / "9.jsonl").write_text("no run\n")
    assert runs.listed() == [run]
    runs.delete(run.id)
    assert runs.listed() == []
    note = engine.store.note
    assert note is not None
    delete_collection("default", store=small_store)
    with pytest.raises(StoreError, match="renamed or deleted"):
        KeptRuns(engine, collection_id=note.id).keep(report)
    assert not engine.store.directory.exists()


def test_two_reports_side_by_side(engine: Engine) -> None:
    words = with_settings(engine, mode="keyword")
    assert words.answer_settings.mode == "keyword"
    assert engine.answer_settings.mode == "hybrid", "the engine itself stays"
    both = versus(evaluate(words, [GATE, LATE]), evaluate(engine, [GATE, LATE, MOON]))
    assert [two.question.id for _, two in both.better] == ["2"] and not both.worse
    assert (both.same, both.apart) == (1, 1)
    before, after = both.better[0]
    assert format_outcome(before).startswith("not found") and format_outcome(after).startswith(
        "rank 1"
    )
    hit = next(one for one in both.measures if one.name == "hit@5")
    assert (hit.first, hit.second, hit.difference.value, hit.difference.count) == (0.5, 1, 0.5, 2)
    assert not hit.difference.beyond_chance, "of two questions nobody can tell"
    same = versus(evaluate(engine, [GATE]), evaluate(engine, [GATE]))
    assert not same.better and not same.worse and same.same == 1
    many = [Question(str(one), f"{LATE.text} {one}", LATE.gold) for one in range(12)]
    sure = versus(evaluate(words, many), evaluate(engine, many, answers=False))
    hit = next(one for one in sure.measures if one.name == "hit@5")
    assert hit.difference.beyond_chance and hit.difference.value == 1
    assert "cited" not in {one.name for one in sure.measures}, "only one has asked for answers"


def test_the_same_questions_under_other_settings_are_compared(page: AppTest) -> None:
    questions = [
        *QUESTIONS[:1],
        {"question": LATE.text, "gold": [{"document": "library/loans.txt"}]},
    ]
    choose(page, FILE)
    page.file_uploader[0].set_value(("mine.jsonl", jsonl(questions), "application/json")).run()
    press(page, "Evaluate")
    assert "Earlier evaluations <span>1<" in shown(page)
    choose(page, SAME)
    page.selectbox(key="evaluation-mode").set_value("keyword").run()
    press(page, "Evaluate")
    assert "Earlier evaluations <span>2<" in shown(page)
    assert "mode keyword" in shown(page) and "mode hybrid" in shown(page)
    ticks = [box for box in page.checkbox if (box.key or "").startswith("tick-")]
    for box in ticks:
        box.check()
    page.run()
    press(page, "Compare")
    told = shown(page)
    assert "<td><bdi>hybrid</bdi></td><td><bdi>keyword</bdi></td>" in told
    assert "may be chance" in told and "−50<br>" in told
    assert "Worse in B: 1 question" in [one.label for one in page.expander]
    assert LATE.text in told and "rank 1" in told and "not found" in told
    press(page, "Close")
    assert "Two evaluations" not in shown(page) and "mine.jsonl" in shown(page)


def test_earlier_ones_are_opened_and_deleted(page: AppTest, small_store: Path) -> None:
    with open_engine(small_store) as engine:
        runs = KeptRuns(engine)
        runs.keep(evaluate(engine, [GATE], name="<img> :red[one]"))
        runs.keep(evaluate(engine, [MOON], name="two"))
        page.run()
        assert page.session_state["rag"].state_of(EvaluationState).report is None
        row = next(one for one in page.button if "img" in one.label)
        row.click().run()
        assert page.session_state["rag"].state_of(EvaluationState).report.name == "<img> :red[one]"
        assert "<img" not in shown(page)
        box = next(one for one in page.checkbox if (one.key or "").startswith("tick-"))
        box.check().run()
        assert "Compare" not in buttons(page)
        press(page, "Delete 1")
        press(page, "Cancel")
        assert len(runs.listed()) == 2
        press(page, "Delete 1")
        press(page, "Delete")
        assert [one.name for one in runs.listed()] == ["<img> :red[one]"]
    assert "Earlier evaluations <span>1<" in shown(page)
    assert not page.error
