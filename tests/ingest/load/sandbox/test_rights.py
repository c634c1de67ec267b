"""What a reading process inherits of its program, and may become."""

from __future__ import annotations

import sys

import pytest

from ingest.load.sandbox.reader import IsolatedReader

BAD = {"text": "tests.ingest.load.sandbox.bad_readers"}


def test_the_process_has_no_secrets_of_its_program(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = (
        "OPENAI_API_KEY",
        "RAG_PASSWORD",
        "HF_TOKEN",
        "AWS_SECRET_ACCESS_KEY",
        "DATABASE_URL",
    )
    for name in secrets:
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("TMPDIR", "/tmp")
    with IsolatedReader(seconds=20, memory_megabytes=1000, readers=BAD) as reader:
        names = reader.load(b"inherited", "a.txt").text.split()
    assert not set(names) & set(secrets)
    assert {"PATH", "LC_ALL", "TMPDIR", "PYTHONPATH"} <= set(names)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has it")
def test_the_process_can_gain_no_rights() -> None:
    with IsolatedReader(seconds=20, memory_megabytes=1000, readers=BAD) as reader:
        assert "NoNewPrivs: 1" in reader.load(b"rights", "a.txt").text
