"""What is held out is not seen; each question is asked in each of its kinds."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, Engine, open_engine
from rag_app.eval.calibration.calibrate import (
    AS_ASKED,
    HELD_OUT,
    NEAR_MISS,
    ask_all,
)
from rag_app.eval.calibration.near_misses import gold_chunks, held_out
from rag_app.eval.gold import GoldPlaces
from rag_app.eval.questions import Gold, Question, read_questions
from rag_app.records import Mode
from tests.conftest import DATA
from tests.rag_app.eval.calibration.works import PLACES, machine


@pytest.mark.parametrize("mode", ["hybrid", "dense", "keyword"])
def test_held_out_is_as_if_it_had_never_been_there(
    works: Path, tmp_path: Path, embedder: Embedder, mode: Mode
) -> None:
    for number, name in enumerate(PLACES[1:], start=1):
        (tmp_path / f"{name.lower()}.md").write_text(machine(name, number))
    ingest_paths([tmp_path], store=tmp_path / "less", embedder=embedder)
    question = "How much does the Alder pump weigh, and how high is its tower?"
    settings = AnswerSettings(mode=mode)
    with (
        open_engine(works, answers=settings) as whole,
        open_engine(tmp_path / "less", answers=settings) as less,
    ):
        there = whole.evidence(question)
        gold = [one.chunk.id for one in there.passages if "alder.md" in one.chunk.documents]
        assert gold
        without, never = whole.evidence(question, without=gold), less.evidence(question)
        assert {one.chunk.id for one in without.passages}.isdisjoint(gold)
        assert [one.chunk.text for one in without.passages] == [
            one.chunk.text for one in never.passages
        ]
        for one, other in zip(without.passages, never.passages, strict=True):
            assert one.score == pytest.approx(other.score, abs=1e-5)
        assert without.confidence == pytest.approx(never.confidence, abs=1e-5)
        assert whole.evidence(question) == there, "the collection is as it was"


def test_neighbours_do_not_bring_back_what_is_held_out(sample: Path) -> None:
    question = read_questions(DATA / "questions.jsonl")[0]
    with open_engine(sample, answers=AnswerSettings(neighbours=2)) as engine:
        places = GoldPlaces(engine)
        spans = [span for gold in question.gold for span in places.spans(gold)]
        evidence = engine.evidence(question.text, without=gold_chunks(engine, question, places))
        for passage in evidence.passages:
            same = question.gold[0].document in passage.chunk.documents
            for start, end in spans if same else ():
                assert not (passage.chunk.start < end and start < passage.chunk.end)


def test_copies_are_held_out_too(tmp_path: Path, embedder: Embedder) -> None:
    text = "The notice period of the club is nine weeks, counted from a Monday."
    (tmp_path / "a.md").write_text(f"# Rules\n\n{text}\n")
    (tmp_path / "b.md").write_text(f"# Older rules\n\n{text} It was so in 1999 as well.\n")
    (tmp_path / "c.md").write_text("# Bees\n\nBees sleep in winter.\n")
    ingest_paths([tmp_path], store=tmp_path / "store", embedder=embedder)
    question = Question("1", "How long is the notice period?", (Gold("a.md", None, text),))
    with open_engine(tmp_path / "store", answers=AnswerSettings()) as engine:
        evidence = held_out(engine, question, GoldPlaces(engine))
    assert evidence is not None and evidence.passages
    assert not any("nine weeks" in one.chunk.text for one in evidence.passages)


def test_each_question_is_asked_in_each_kind(engine: Engine) -> None:
    text = engine.document_text("alder.md")
    quote = "The Alder pump weighs 11 kg."
    assert quote in text
    questions = [
        Question("1", "How much does the Alder pump weigh?", (Gold("alder.md", None, quote),)),
        Question("2", "Where do bees, wasps and hornets sleep?", (Gold("birch.md"),)),
        Question("3", "Who founded Rome?", ()),
        Question("4", "What stands in a file that is not there?", (Gold("none.md"),)),
    ]
    cases = ask_all(engine, questions)
    assert [(case.id, case.kind) for case in cases] == [
        ("1", AS_ASKED), ("1", HELD_OUT), ("1", NEAR_MISS),
        ("2", AS_ASKED), ("2", HELD_OUT), ("2", NEAR_MISS),
        ("3", "unanswerable"),
    ]  # fmt: skip
    near = cases[2].question
    assert near != questions[0].text and near.startswith("How much does the ")
    assert [case.answerable for case in cases[:3]] == [True, False, False]
    assert cases == ask_all(engine, questions), "chance is the same each time"
