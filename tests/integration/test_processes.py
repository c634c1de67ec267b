"""Several processes on one store: one writes at a time, and readers are never wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ingest.catalog.view import Catalog
from ingest.store.directory import Store
from tests.conftest import REPOSITORY

Role = tuple[object, ...]  # of ``process_child``, with its arguments


def start(role: str, store: Path, folder: Path, *rest: object) -> subprocess.Popen[str]:
    return spawn(role, store, folder, *rest)


def spawn(*words: object) -> subprocess.Popen[str]:
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


Play = Callable[[Sequence[Role]], list[str]]


def play_in_programs(roles: Sequence[Role]) -> list[str]:
    """Each as its users start it. What they said, one after the other."""
    children = [start(*role) for role in roles]
    return [line for lines in finish(children) for line in lines]


def play_in_forks(roles: Sequence[Role]) -> list[str]:
    """Quicker: one process imports what they need. What they said, mixed."""
    words = json.dumps([[str(word) for word in role] for role in roles])
    return finish([spawn("several", words)])[0]


def all_write(play: Play, folder: Path, processes: int, rounds: int) -> None:
    store = folder / "store"
    (folder / "docs").mkdir()
    said = play([("writer", store, folder / "docs", number, rounds) for number in range(processes)])
    assert len([line for line in said if line.startswith("stored")]) == processes * rounds
    waits = [float(line.split()[1]) for line in said if line.startswith("locked")]
    assert all(seconds < 5 for seconds in waits), "told at once who is writing"
    with Catalog(Store(store, "default").catalog_path).reading() as view:
        texts = {one.name: view.document_text(one.name) for one in view.documents()}
        chunks = view.chunk_count()
    assert texts == {
        f"file{number}.txt": f"File {number} in round {rounds - 1} says so."
        for number in range(processes)
    }
    assert chunks == processes


def write_and_read(play: Play, folder: Path, readers: int, seconds: float) -> None:
    roles = ["churner", *["reader"] * readers]
    said = play([(role, folder / "store", folder, seconds) for role in roles])
    assert [line for line in said if line.startswith("wrong")] == []
    searches = [int(line.split()[1]) for line in said if line.startswith("read")]
    assert len(searches) == readers and min(searches) > 0, "each did read"


@pytest.mark.slow
@pytest.mark.long
def test_three_write_two_rounds(tmp_path: Path) -> None:
    all_write(play_in_forks, tmp_path, processes=3, rounds=2)


@pytest.mark.slow
def test_one_writes_and_two_read(tmp_path: Path) -> None:
    write_and_read(play_in_forks, tmp_path, readers=2, seconds=3)


@pytest.mark.long
def test_eight_write_fifty_rounds(tmp_path: Path) -> None:
    all_write(play_in_programs, tmp_path, processes=8, rounds=50)


@pytest.mark.long
def test_one_writes_and_four_read_for_five_minutes(tmp_path: Path) -> None:
    write_and_read(play_in_programs, tmp_path, readers=4, seconds=300)
