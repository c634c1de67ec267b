"""The audit log: who did what, without a word of what was asked or stands in the documents."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ingest import audit as log
from ingest.audit import audit
from rag_app.auth import passwords
from rag_app.auth.guesses import MOST
from rag_app.auth.logins import User
from rag_app.cli.main import main
from tests.support.served import serving
from tests.ui.chat.test_page import QUESTION, ask, press
from tests.ui.conftest import OpenPage
from tests.ui.serving.test_login import HASH, PASSWORD
from tests.ui.serving.test_login_gate import log_in, visitor


def entries(store: Path) -> list[dict[str, object]]:
    path = store / "audit.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def events(store: Path) -> list[object]:
    return [entry["event"] for entry in entries(store)]


def test_what_visitors_do_is_noted_and_no_word_of_theirs(
    open_page: OpenPage, own_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_PASSWORD", HASH)
    page = open_page(own_store, user=User())
    ask(page, QUESTION)
    press(page, "Collections")
    page.text_input(key="collection-create").set_value("Second").run()
    press(page, "Create")
    assert not page.exception
    assert events(own_store) == ["collection"]
    assert entries(own_store)[0]["names"] == ["create", "Second"]
    text = (own_store / "audit.jsonl").read_text()
    for secret in (QUESTION, "garden gate"):
        assert secret not in text
    assert os.name != "posix" or (own_store / "audit.jsonl").stat().st_mode & 0o077 == 0


@pytest.mark.slow
@pytest.mark.enable_socket
def test_logins_are_noted_and_no_password(
    tmp_path: Path, own_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "N", 16)  # a hash that is checked in no time
    monkeypatch.setenv("RAG_PASSWORD", passwords.hashed(PASSWORD))
    with serving(own_store, tmp_path) as served, visitor(served, "127.0.0.2") as client:
        for number in range(MOST + 20):
            told = log_in(client, f"wrong {number}").status_code
        assert told == 429
        assert client.post("/logout").status_code == 303, "nobody was there"
        with visitor(served, "127.0.0.3") as other:
            assert log_in(other).status_code == 303
            assert log_in(other).status_code == 303, "who is in already"
            assert other.post("/logout").status_code == 303
    # What is refused before it is looked at would push out what others did.
    assert events(own_store) == ["login failed"] * MOST + ["login", "logout"]
    assert [one["address"] for one in entries(own_store)[-3:]] == [
        "127.0.0.2", "127.0.0.3", "127.0.0.3",
    ]  # fmt: skip
    text = (own_store / "audit.jsonl").read_text()
    assert PASSWORD not in text and "wrong" not in text


def test_commands_that_change_something_are_noted(tmp_path: Path, own_store: Path) -> None:
    arguments = ["--store", str(own_store)]
    assert main(["delete", "gardens.md", *arguments]) == 0
    assert main(["backup", str(tmp_path / "copy"), *arguments]) == 0
    assert main(["restore", str(tmp_path / "copy"), *arguments]) == 0
    assert main(["collections", "create", "Other", *arguments]) == 0
    assert events(own_store) == ["delete", "restore", "collection"]
    first = entries(own_store)[0]
    assert first["names"] == ["gardens.md"] and first["user"] and first["collection"] == "default"


def test_the_log_can_be_turned_off(own_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_AUDIT", "false")
    assert main(["delete", "gardens.md", "--store", str(own_store)]) == 0
    assert not events(own_store)


def test_a_page_without_a_login_notes_nothing(open_page: OpenPage, own_store: Path) -> None:
    page = open_page(own_store)
    press(page, "Collections")
    page.text_input(key="collection-create").set_value("Second").run()
    press(page, "Create")
    assert not events(own_store)


def test_it_stays_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "LARGEST_BYTES", 2_000)
    for number in range(300):
        audit(tmp_path, "delete", ["x" * 10_000, str(number)])
    files = sorted(one.name for one in tmp_path.iterdir())
    assert files == ["audit.jsonl", *(f"audit.jsonl.{number}" for number in range(1, 5))]
    assert sum(one.stat().st_size for one in tmp_path.iterdir()) < 5 * 3_000
    assert entries(tmp_path)[-1]["names"][-1] == "299"  # type: ignore[index]


def test_a_log_that_cannot_be_written_stops_nobody(own_store: Path) -> None:
    (own_store / "audit.jsonl").mkdir()
    assert main(["delete", "gardens.md", "--store", str(own_store)]) == 0
