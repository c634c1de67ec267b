"""Several processes on one store: one writes at a time, and readers are never wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ingest.catalog.view import Catalog
from ingest.store.directory import Store
from tests.conftest import REPOSITORY


def start(role: str, store: Path, folder: Path, *rest: object) -> subprocess.Popen[str]:
    words = [role, store, folder, *rest]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.integration.process_child", *map(str, words)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(children: list[subprocess.Popen[str]]) -> list[list[str]]:
    """What each said, when all have ended well."""
    said = []
    for child in children:
        out, err = child.communicate(timeout=900)
        assert child.returncode == 0, err
        said.append(out.splitlines())
    return said


def all_write(folder: Path, processes: int, rounds: int) -> None:
    store = folder / "store"
    (folder / "docs").mkdir()
    said = finish(
        [start("writer", store, folder / "docs", number, rounds) for number in range(processes)]
    )
    waits = [
        float(line.split()[1]) for lines in said for line in lines if line.startswith("locked")
    ]
    assert all(seconds < 1.2 for seconds in waits), "told at once who is writing"
    with Catalog(Store(store, "default").catalog_path).reading() as view:
        texts = {one.name: view.document_text(one.name) for one in view.documents()}
        chunks = view.chunk_count()
    assert texts == {
        f"file{number}.txt": f"File {number} in round {rounds - 1} says so."
        for number in range(processes)
    }
    assert chunks == processes


def write_and_read(folder: Path, readers: int, seconds: float) -> None:
    children = [start("churner", folder / "store", folder, seconds)]
    children += [start("reader", folder / "store", folder, seconds) for _ in range(readers)]
    for lines in finish(children)[1:]:
        assert [line for line in lines if line.startswith("wrong")] == []
        assert int(lines[-1].split()[1]) > 0, "it did read"


@pytest.mark.slow
def test_three_write_two_rounds(tmp_path: Path) -> None:
    all_write(tmp_path, processes=3, rounds=2)


@pytest.mark.slow
def test_one_writes_and_two_read(tmp_path: Path) -> None:
    write_and_read(tmp_path, readers=2, seconds=4)


@pytest.mark.long
def test_eight_write_fifty_rounds(tmp_path: Path) -> None:
    all_write(tmp_path, processes=8, rounds=50)


@pytest.mark.long
def test_one_writes_and_four_read_for_five_minutes(tmp_path: Path) -> None:
    write_and_read(tmp_path, readers=4, seconds=300)
