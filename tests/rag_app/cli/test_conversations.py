"""``rag-app conversations`` and ``rag-app feedback``."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.store.directory import Store
from rag_app import (
    Conversation,
    Conversations,
    Engine,
    Exchange,
    Feedback,
)
from rag_app.cli.main import main
from tests.rag_app.conversation.test_store import QUESTION, answered


def test_the_command_line_lists_and_exports(
    sample: Path, sample_engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = Conversations(Store(tmp_path / "own", "default"))
    conversation = Conversation()
    exchange = Exchange(QUESTION, sample_engine.ask(QUESTION))
    kept.put(conversation, exchange)
    kept.put(conversation, replace(answered("Bad?"), parent=exchange.id))
    kept.rate(exchange.id, Feedback("up"))
    kept.rate(kept.open(conversation.id).exchanges[1].id, Feedback("down", "Wrong."))
    own = ["--store", str(kept.path.parent.parent)]
    assert main(["conversations", *own]) == 0
    assert f"{conversation.id}  " in capsys.readouterr().out
    assert main(["conversations", "--search", "nowhere", "--json", *own]) == 0
    assert json.loads(capsys.readouterr().out) == {"conversations": []}
    for name in ("talk.md", "talk.json"):
        file = tmp_path / name
        assert (
            main(["conversations", "--export", conversation.id, "--output", str(file), *own]) == 0
        )
        assert "manuals/ws-40-manual.pdf" in file.read_text(encoding="utf-8")
    assert main(["conversations", "--export", "nobody", *own]) == 2
    assert main(["conversations", "--export", "x", "--output", str(tmp_path / "x"), *own]) == 2
    file = tmp_path / "feedback.jsonl"
    assert main(["feedback", "--export", str(file), *own]) == 0
    assert "1 good and 1 bad answers." in capsys.readouterr().out
    assert main(["feedback", *own]) == 0
    assert "down  Bad?  (Wrong.)" in capsys.readouterr().out
    assert main(["eval", str(file), "--store", str(sample), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert "to be reviewed first, and were not asked: 1" in json.dumps(report)
