"""``rag-app calibrate``: what is fitted is used, and only while it fits."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.errors import StoreError
from ingest.maintenance.backup import backup, restore
from rag_app import AnswerSettings, Engine, open_engine
from rag_app.eval.calibration.calibrate import (
    AS_ASKED,
)
from rag_app.evidence.calibration import DEFAULT, FEATURES, to_json
from tests.rag_app.eval.calibration.conftest import Run


def kept(store: Path) -> Path:
    return next(store.iterdir()) / "calibration.json"


@pytest.mark.long
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
    with engine.collection.reading() as view:
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
    with engine.collection.reading() as view:
        engine.store.write_calibration(to_json(replace(DEFAULT, bias=9.0), view.fingerprint()))
    backup(engine.store, tmp_path / "with")
    engine.store.write_calibration(None)
    backup(engine.store, tmp_path / "without")
    restore(engine.store, tmp_path / "with", wait_seconds=5)
    assert engine.evidence("pump").calibration.bias == 9.0
    restore(engine.store, tmp_path / "without", wait_seconds=5)
    assert engine.evidence("pump").calibration == DEFAULT


def test_it_changes_as_a_whole(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with engine.collection.reading() as view:
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
