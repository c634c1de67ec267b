"""What a reading process inherits of its program, and may become."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.load.sandbox.reader import IsolatedReader

BAD = {"text": "tests.ingest.load.sandbox.bad_readers"}

KERNEL = """
from ingest.load.sandbox.confine import forbid_files, forbid_network
print(forbid_network(), forbid_files(["/"]))
"""


@pytest.fixture(scope="module")
def kernel() -> tuple[bool, bool]:
    """Whether the system takes rules for the network and for files, asked in another process."""
    found = subprocess.run(
        [sys.executable, "-c", KERNEL], capture_output=True, text=True, check=True
    ).stdout.split()
    return found[0] == "True", found[1] == "True"


def act(order: str, on: object) -> str:
    with IsolatedReader(seconds=20, memory_megabytes=1000, readers=BAD) as reader:
        return reader.load(f"{order}\n{on}".encode(), "a.txt").text


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


@pytest.mark.parametrize("order", ["connect", "send"])
def test_the_process_has_no_network(order: str, kernel: tuple[bool, bool]) -> None:
    if not kernel[0]:
        pytest.skip("this system takes no seccomp filters")
    kind = socket.SOCK_STREAM if order == "connect" else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, kind) as server:
        server.bind(("127.0.0.1", 0))
        if order == "connect":
            server.listen()
        assert act(order, server.getsockname()[1]) == "refused with 13"


@pytest.mark.parametrize("order", ["open", "list", "make", "remove"])
def test_the_process_reaches_no_files(
    order: str, kernel: tuple[bool, bool], tmp_path: Path
) -> None:
    if not kernel[1]:
        pytest.skip("this system has no Landlock")
    (tmp_path / "own.txt").write_text("the user's own")
    on = {"list": tmp_path, "make": tmp_path / "new"}.get(order, tmp_path / "own.txt")
    assert act(order, on) == "refused with 13"
    assert [path.name for path in tmp_path.iterdir()] == ["own.txt"]


def test_the_process_reads_no_secrets_of_its_program_and_the_system(
    kernel: tuple[bool, bool],
) -> None:
    if not kernel[1]:
        pytest.skip("this system has no Landlock")
    for path in (f"/proc/{os.getpid()}/environ", "/etc/passwd", Path.home()):
        assert act("open", path) == "refused with 13"
