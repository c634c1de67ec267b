"""``rag-app calibrate``: what is held out is not seen, what is fitted is used, and only while it
fits; both errors, and the threshold between them."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.errors import StoreError, UsageError
from ingest.maintenance.backup import backup, restore
from rag_app import AnswerSettings, Engine, open_engine
from rag_app.cli.main import main
from rag_app.eval.calibration.calibrate import (
    AS_ASKED,
    HELD_OUT,
    NEAR_MISS,
    Case,
    ask_all,
    calibrate,
    fit,
)
from rag_app.eval.calibration.near_misses import gold_chunks, held_out
from rag_app.eval.calibration.threshold_curve import choose, choose_strictest, curve
from rag_app.eval.gold import GoldPlaces
from rag_app.eval.questions import Gold, Question, read_questions
from rag_app.evidence.calibration import DEFAULT, FEATURES, to_json
from rag_app.records import Mode
from rag_app.retrieval import searcher as searching
from tests.conftest import DATA

PLACES = "Alder Birch Cedar Damson Elder Fir Gorse Hazel Ivy Juniper Larch Maple".split()
Run = Callable[..., tuple[int, str, str]]


def machine(name: str, number: int) -> str:
    return (
        f"# The {name} works\n\nThe {name} pump weighs {number + 11} kg. The {name} tower is "
        f"{3 * number + 20} m high. A {name}-rod is the part that joins the pump of {name} to its "
        f"engine. The {name} gate needs a drop of oil each month, or its hinge will rust.\n"
    )


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A store of documents that are all alike but for names and numbers. Not to be changed."""
    folder = tmp_path_factory.mktemp("works")
    (folder / "docs").mkdir()
    for number, name in enumerate(PLACES):
        (folder / "docs" / f"{name.lower()}.md").write_text(machine(name, number))
    ingest_paths([folder / "docs"], store=folder / "store", embedder=embedder)
    return folder / "store"


@pytest.fixture
def store(works: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    shutil.copytree(works, tmp_path / "store")
    return tmp_path / "store"


@pytest.fixture(autouse=True)
def one_model_for_engines(embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "embedder_of", lambda _: embedder)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: object) -> tuple[int, str, str]:
        code = main([*map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def engine(store: Path) -> Iterator[Engine]:
    with open_engine(store, answers=AnswerSettings()) as opened:
        yield opened


def kept(store: Path) -> Path:
    return next(store.iterdir()) / "calibration.json"


# What is held out


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


# What is kept


def test_calibrate_is_used_from_then_on_and_reset(store: Path, run: Run, tmp_path: Path) -> None:
    question = "How many kg are given for the Alder pump?"
    with open_engine(store, answers=AnswerSettings()) as opened_before:
        assert opened_before.evidence(question).calibration == DEFAULT
        before = opened_before.evidence(question).confidence
        page = tmp_path / "curve.html"
        code, out, err = run("calibrate", "--store", store, "--count", 22, "--json", "--page", page)
        assert code == 0 and err == ""
        told = json.loads(out)
        evidence = opened_before.evidence(question)
        assert evidence.calibration.fitted["questions"] == told["counts"][AS_ASKED]
        assert evidence.calibration.enough == told["calibration"]["enough"]
        assert evidence.confidence != before
        assert "fitted to this collection" in opened_before.status()["calibration"]
        fields = json.loads(kept(store).read_text())
        assert fields["features"] == list(FEATURES) and fields["fingerprint"]["model"]
        assert fields["fitted"]["refused_although_answerable"] <= 0.05
        assert {"refused_although_answerable", "answered_although_not"} <= set(told["chosen"])
        html = page.read_text()
        assert html.count("<svg") == 2 and "://" not in html
        # More documents change nothing about it.
        (tmp_path / "new.md").write_text("# Bees\n\nBees sleep in winter.\n")
        ingest_paths([tmp_path / "new.md"], store=store, embedder=opened_before.embedder)
        assert opened_before.evidence(question).calibration == evidence.calibration
        code, out, _ = run("status", "--store", store)
        assert "When to refuse: fitted to this collection" in out
        code, out, _ = run("calibrate", "--store", store, "--reset")
        assert code == 0 and not kept(store).exists()
        assert opened_before.evidence(question).calibration == DEFAULT


def test_too_little_is_an_error_that_says_what_to_do(store: Path, run: Run) -> None:
    code, out, err = run("calibrate", "--store", store, "--count", 5)
    assert code == 2 and out == "" and err.count("\n") == 1
    assert "too few" in err and "--questions FILE" in err
    assert not kept(store).exists()
    assert run("calibrate", "--store", store, "--most-refused", "1.5")[0] == 2


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda fields: fields["fingerprint"].update(chunk_tokens=7), "chunks of another size"),
        (lambda fields: fields.update(features=["nearest"]), "another version"),
        (lambda fields: fields.update(weights=[1.0]), "damaged"),
        (lambda fields: fields.update(bias="nan"), "damaged"),
        (lambda fields: fields.update(enough=2), "damaged"),
        (lambda fields: fields.pop("bias"), "damaged"),
    ],
)
def test_what_does_not_fit_is_not_used_and_said(
    engine: Engine, caplog: pytest.LogCaptureFixture, spoil: Callable[[dict], None], why: str
) -> None:
    with engine.reading() as view:
        fields = json.loads(to_json(replace(DEFAULT, bias=9.0), view.fingerprint()))
    engine.store.write_calibration(json.dumps(fields))
    assert engine.evidence("pump").calibration.bias == 9.0
    spoil(fields)
    engine.store.write_calibration(json.dumps(fields))
    for _ in range(2):
        assert engine.evidence("pump").calibration == DEFAULT
    said = [record.getMessage() for record in caplog.records if "calibration" in record.message]
    assert len(said) == 1 and why in said[0] and "rag-app calibrate --reset" in said[0]
    assert why in engine.status()["calibration"]


def test_a_backup_has_it(engine: Engine, tmp_path: Path) -> None:
    with engine.reading() as view:
        engine.store.write_calibration(to_json(replace(DEFAULT, bias=9.0), view.fingerprint()))
    backup(engine.store, tmp_path / "with")
    engine.store.write_calibration(None)
    backup(engine.store, tmp_path / "without")
    restore(engine.store, tmp_path / "with", wait_seconds=5)
    assert engine.evidence("pump").calibration.bias == 9.0
    restore(engine.store, tmp_path / "without", wait_seconds=5)
    assert engine.evidence("pump").calibration == DEFAULT


def test_it_changes_as_a_whole(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with engine.reading() as view:
        built_with = view.fingerprint()
    texts = [to_json(replace(DEFAULT, bias=bias), built_with) for bias in (1.0, 22.0)]
    engine.store.write_calibration(texts[0])
    done = threading.Event()

    def write() -> None:
        for turn in range(100):
            engine.store.write_calibration(texts[turn % 2])
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = set()
    while not done.is_set():
        seen.add(engine.store.calibration_path.read_text())
    writer.join()
    assert seen <= set(texts)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = engine.store.calibration_path.read_text()
    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(StoreError, match="No space left"):
        engine.store.write_calibration("something else")
    assert engine.store.calibration_path.read_text() == before
    assert list(engine.store.directory.glob("*calibration*")) == [engine.store.calibration_path]


# Fit and thresholds


def cases_of(near: Sequence[float], asked: Sequence[float]) -> list[Case]:
    """Cases with these cosines: near misses, and questions as they are asked."""
    both = [(NEAR_MISS, near), (AS_ASKED, asked)]
    return [
        Case(str(number), "?", kind, f"document {number % 7}", (cosine, 1.0, 0.0, 0.0))
        for kind, cosines in both
        for number, cosine in enumerate(cosines)
    ]


def test_near_misses_raise_the_threshold() -> None:
    asked = np.linspace(0.6, 0.9, 60).tolist()
    far = calibrate(cases_of(np.linspace(0.0, 0.2, 60).tolist(), asked), 0.05, "test")
    near = calibrate(cases_of(np.linspace(0.45, 0.65, 60).tolist(), asked), 0.05, "test")

    def cosine_that_is_enough(report) -> float:  # type: ignore[no-untyped-def]
        one = report.calibration
        return min(n for n in np.linspace(0, 1, 101)
                   if one.probability((n, 1.0, 0.0, 0.0)) >= one.enough)  # fmt: skip

    assert cosine_that_is_enough(near) > cosine_that_is_enough(far) + 0.1
    assert near.chosen.balanced_accuracy > near.default.balanced_accuracy + 0.2
    assert near.chosen.refused_although_answerable <= 0.05


def test_the_table_has_both_errors_the_choice_and_the_reliability() -> None:
    asked, near = np.linspace(0.4, 0.9, 50).tolist(), np.linspace(0.1, 0.7, 50).tolist()
    report = calibrate(cases_of(near, asked), 0.05, "test")
    for words in (
        "50 as asked", "refused although answerable", "answered although not", " *", "predicted",
        "of near miss", "The default, at 0.25",
    ):  # fmt: skip
        assert words in report.table()
    assert report.table() == calibrate(cases_of(near, asked), 0.05, "test").table()
    assert json.loads(json.dumps(report.summary()))["chosen"]["threshold"] > 0


def test_few_questions_hardly_move_the_default() -> None:
    """And what no question has, such as a code, keeps the weight that it had."""
    seen = np.array([(0.9, 1.0, 0.0, 0.0), (0.1, 1.0, 0.0, 0.0)])
    few = fit(seen, np.array([True, False]), np.ones(2))
    assert np.allclose(few.weights, DEFAULT.weights, atol=0.5)
    many = fit(np.repeat(seen, 200, axis=0), np.repeat([True, False], 200), np.ones(400))
    assert many.weights[0] > DEFAULT.weights[0] + 0.5
    assert many.weights[2] < -1.0


def test_without_near_misses_of_any_kind_there_is_nothing_to_fit_to() -> None:
    with pytest.raises(UsageError, match="too few"):
        calibrate(cases_of([], [0.5] * 100), 0.05, "test")


SURE = st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.floats(0.1, 10)), min_size=1)


@given(SURE, st.floats(0, 1))
def test_the_curve_is_monotone_and_the_choice_is_on_it(
    rows: list[tuple[float, bool, float]], most: float
) -> None:
    sure, answerable, weights = (np.array(column) for column in zip(*rows, strict=True))
    points = curve(sure, answerable, weights)
    for lower, higher in pairwise(points):
        assert lower.refused_although_answerable <= higher.refused_although_answerable + 1e-9
        assert lower.answered_although_not >= higher.answered_although_not - 1e-9
    enough = choose(sure, answerable, weights, most)
    for_llm = choose_strictest(sure, answerable, weights, most / 2, enough)
    assert 0 < for_llm <= enough < 1
    chosen, first = curve(sure, answerable, weights, (enough, 0.01))
    assert chosen.refused_although_answerable <= max(most, first.refused_although_answerable) + 1e-9
    allowed = [one for one in points if one.refused_although_answerable <= most]
    assert all(one.balanced_accuracy <= chosen.balanced_accuracy + 1e-9 for one in allowed)
