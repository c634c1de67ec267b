"""Tuning through the command: adopted where it is better beyond chance, and only there."""

from __future__ import annotations

import json
import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.errors import EmbedderError, FingerprintMismatch, StoreError, UsageError
from ingest.progress import Stopped
from ingest.store.tuned_model import collection_embedder
from rag_app import Engine, open_engine
from rag_app.cli.main import main
from rag_app.insights.base.steps import Steps
from rag_app.tuning.kept import last_report
from rag_app.tuning.records import TuneOptions
from rag_app.tuning.tune import tune
from tests.rag_app.tuning.conftest import Ground

# Found, and not loaded: that takes seconds, also of those that only collect this test.
pytestmark = pytest.mark.skipif(
    find_spec("accelerate") is None, reason="the extra rag-app[tuning] is not installed"
)
QUICK = ("--made", 0, "--epochs", 12, "--learning-rate", 0.005, "--tokens", 64, "--batch", 16)


def run(ground: Ground, *arguments: object) -> int:
    return main(["tune", "--store", str(ground.store), *map(str, arguments)])


@pytest.fixture(autouse=True)
def _model(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_EMBEDDING_MODEL", str(ground.model))


def opened(ground: Ground) -> Engine:
    return open_engine(ground.store)


def names_in_models(ground: Ground) -> list[str]:
    return [path.name for path in (ground.store).glob("*/models/*")]


@pytest.mark.slow
def test_a_better_model_is_adopted_and_can_be_left_again(
    ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(ground) as before:
        question = "water stone light?"
        assert before.search(question)
        assert run(ground, "--questions", ground.questions, *QUICK, "--json") == 0
        told = json.loads(capsys.readouterr().out)
        assert told["adopted"] and told["better_beyond_chance"]
        assert told["gain"]["low"] > 0 and told["after"]["value"] > told["before"]["value"]
        assert told["held_out"] + told["trained_on"] == 120
        kept = last_report(before.store)
        assert kept is not None and kept.adopted and kept.gain.value == told["gain"]["value"]
        with pytest.raises(FingerprintMismatch, match="start this program again"):
            before.search(question)
    [digest] = names_in_models(ground)
    assert told["model"] == f"{ground.model}, tuned {digest}"
    [card] = ground.store.glob("*/models/*/README.md")
    assert "120 from question files" in card.read_text()
    with opened(ground) as engine:
        assert engine.embedder.name == told["model"]
        assert engine.search(question)
        assert engine.embedder._fast is not None, "it runs in 8 bits as any BERT"
    # What is ingested later is embedded with it, too.
    more = ground.store.parent / "more.txt"
    more.write_text("The lighthouse is painted every year.")
    report = ingest_paths([more], store=ground.store)
    assert report.counts["added"] == 1
    weights = next(ground.store.glob("*/models/*/model.safetensors"))
    weights.write_bytes(weights.read_bytes()[:-4] + b"\0\0\1\0")
    with opened(ground) as engine, pytest.raises(FingerprintMismatch, match="weights"):
        engine.search(question)
    shutil.rmtree(weights.parent)
    with opened(ground) as engine, pytest.raises(EmbedderError, match="tune --reset"):
        engine.search(question)
    assert run(ground, "--reset") == 0
    assert "is in use again" in capsys.readouterr().out
    with opened(ground) as engine:
        assert engine.embedder.name == str(ground.model) and engine.search(question)
    assert run(ground, "--reset") == 0
    assert "has no tuned model" in capsys.readouterr().out


@pytest.mark.slow
def test_where_nothing_can_be_learned_nothing_is_adopted(
    ground: Ground, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    code = run(
        ground, "--questions", ground.shuffled, *QUICK[:-2], "--epochs", 1, "--output", report
    )
    assert code == 0
    assert "not better beyond chance: the model in use stays" in capsys.readouterr().out
    told = json.loads(report.read_text())
    assert not told["adopted"] and told["model"] is None
    assert names_in_models(ground) == []
    with opened(ground) as engine:
        assert engine.embedder.name == str(ground.model)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, Stopped])
def test_stopped_in_the_middle_the_old_model_stays(
    ground: Ground, kind: type[BaseException]
) -> None:
    def interrupt(doing: str, _: float) -> None:
        if "step 2 of" in doing:
            raise kind

    options = TuneOptions(epochs=2, batch=16, tokens=16)
    with opened(ground) as engine:
        with pytest.raises(kind):
            tune(engine, [ground.questions], made=0, options=options, steps=Steps(interrupt))
        assert engine.search("water stone light?")
    assert names_in_models(ground) == []


def test_too_few_questions(
    ground: Ground, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    few = tmp_path / "few.jsonl"
    few.write_text("".join(ground.questions.read_text().splitlines(keepends=True)[:30]))
    assert run(ground, "--questions", few, "--made", 0) == 2
    assert "at least 40 questions to train on" in capsys.readouterr().err
    assert run(ground, "--made", 0) == 2
    assert "Give more with --questions FILE" in capsys.readouterr().err
    assert run(ground, "--made", 10) == 2
    assert run(ground, "--by-llm", "--made", 10) == 2
    assert "--by-llm needs an LLM" in capsys.readouterr().err
    assert run(ground, "--minutes", 0) == 2
    assert "--minutes" in capsys.readouterr().err


def test_one_document_cannot_be_split(
    ground: Ground, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = [json.loads(line) for line in ground.questions.read_text().splitlines()]
    one = tmp_path / "one.jsonl"
    lines = [json.dumps({**row, "gold": [{"document": "000.txt"}]}) for row in rows]
    one.write_text("\n".join(lines))
    assert run(ground, "--questions", one, "--made", 0) == 2
    assert "of other documents to be judged by" in capsys.readouterr().err


def test_an_empty_store(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["tune", "--store", str(tmp_path / "none")]) == 3
    assert "rag-app ingest PATH" in capsys.readouterr().err


def test_a_model_without_weights_to_train(ground: Ground, tmp_path: Path) -> None:
    bare = tmp_path / "onnx only"
    shutil.copytree(ground.model, bare)
    (bare / "model.safetensors").rename(bare / "model.onnx")
    with opened(ground) as engine:
        embedder = engine.embedder
        assert len(embedder.encode(["ready"]))
        embedder.__dict__["path"] = str(bare)  # what becomes of a model after it was loaded
        with pytest.raises(EmbedderError, match="safetensors"):
            tune(engine, [ground.questions], made=0)
    assert names_in_models(ground) == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_store_that_cannot_be_written(ground: Ground) -> None:
    with opened(ground) as engine:
        directory = engine.store.directory
        directory.chmod(0o500)
        try:
            with pytest.raises(StoreError, match="cannot be kept"):
                tune(engine, [ground.questions], made=0)
        finally:
            directory.chmod(0o700)


@pytest.mark.skipif(os.name != "posix", reason="no limit on the size of files")
def test_a_disk_that_is_full(ground: Ground) -> None:
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(doing: str, _: float) -> None:
        if doing.startswith("Saving"):
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))

    options = TuneOptions(epochs=1, batch=64, tokens=16)
    with opened(ground) as engine:
        try:
            with pytest.raises(StoreError, match="make room on the disk"):
                tune(engine, [ground.questions], made=0, options=options, steps=Steps(fill))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert engine.search("water stone light?")
    assert names_in_models(ground) == []


def test_a_collection_that_changes_meanwhile(ground: Ground) -> None:
    more = ground.store.parent / "more.txt"
    more.write_text("The lighthouse is painted every year.")

    def change(doing: str, _: float) -> None:
        if doing.startswith("Loading the model"):
            ingest_paths([more], settings=ground.settings)

    options = TuneOptions(epochs=1, batch=64, tokens=16)
    with opened(ground) as engine:
        report = tune(
            engine, [ground.questions], made=0, dry_run=True, options=options, steps=Steps(change)
        )
    assert any("changed meanwhile" in note for note in report.notes)
    assert report.training.steps == report.training.planned


def test_time_bounds_the_steps(ground: Ground) -> None:
    options = TuneOptions(minutes=0.0001, epochs=50, batch=16, tokens=16)
    with opened(ground) as engine:
        report = tune(engine, [ground.questions], made=0, dry_run=True, options=options)
    assert report.training.steps < report.training.planned
    assert any("--minutes" in note for note in report.notes)
    assert collection_embedder(ground.settings).name == str(ground.model)


def test_options_are_checked() -> None:
    for wrong in ({"minutes": -1}, {"epochs": 0}, {"batch": 1}, {"learning_rate": 1.0}):
        with pytest.raises(UsageError):
            TuneOptions(**wrong)  # type: ignore[arg-type]
