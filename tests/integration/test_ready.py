"""Killed while it holds ten thousand chunks, a collection is ready again within ten seconds."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from ingest.catalog.view import Catalog
from ingest.index.writer import plan
from ingest.store.directory import Store
from tests.integration.test_processes import start
from tests.support.synthetic import lacking

DOCUMENTS = 500  # of 20 chunks
CHUNKS = 10_000
READY = 10.0  # seconds, on a machine that builds the index in BUILT; a busy one gets more
BUILT = 5.0


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """All documents, and no index yet. Copied, never changed."""
    store = Store(tmp_path_factory.mktemp("stored"), "default")
    child = start("filler", store.root, store.root, DOCUMENTS)
    read_until(child, "index")
    kill(child)
    return store


@pytest.fixture(scope="module")
def ready(stored: Store, tmp_path_factory: pytest.TempPathFactory) -> float:
    """How many seconds count as ten, by how long the index takes when nothing is killed."""
    store = Store(tmp_path_factory.mktemp("built"), "default")
    shutil.copytree(stored.directory, store.directory)
    child = start("filler", store.root, store.root, DOCUMENTS)
    read_until(child, "index")
    started = time.perf_counter()
    read_until(child, "done")
    seconds = time.perf_counter() - started
    child.communicate()
    print(f"\nthe index of {CHUNKS} chunks is built in {seconds:.1f} s here and now")
    return READY * max(1.0, seconds / BUILT)


def read_until(child: subprocess.Popen[str], word: str) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        if line.startswith(word):
            return
    raise AssertionError(f"never said {word}")


def kill(child: subprocess.Popen[str]) -> None:
    child.kill()
    child.communicate()


def copy_killed_in_the_index(stored: Store, home: Path, seconds: float) -> Store:
    """A copy whose ingestion was killed so long after it began to write the index."""
    store = Store(home, "default")
    shutil.copytree(stored.directory, store.directory)
    child = start("filler", store.root, store.root, DOCUMENTS)
    read_until(child, "index")
    time.sleep(seconds)
    kill(child)
    return store


def seconds_of_the_next_start(store: Store, role: str) -> tuple[float, float]:
    """From the start of a process to its first right answer, and to all being mended."""
    started = time.perf_counter()
    answered = 0.0
    if role == "opener":
        child = start(role, store.root, store.root, "d321")
        read_until(child, "found")
        answered = time.perf_counter() - started
    else:
        child = start(role, store.root, store.root, DOCUMENTS)
    read_until(child, "done")
    mended = time.perf_counter() - started
    child.communicate()
    with Catalog(store.catalog_path).reading() as view:
        assert view.chunk_count() == CHUNKS
        assert plan(view, store.index_directory) == []
    assert not lacking(store)
    return answered, mended


@pytest.mark.long
@pytest.mark.parametrize("role", ["opener", "filler"])
def test_ready_after_a_kill_in_the_index(
    stored: Store, ready: float, tmp_path: Path, role: str
) -> None:
    store = copy_killed_in_the_index(stored, tmp_path, seconds=1.5)
    answered, mended = seconds_of_the_next_start(store, role)
    assert answered < ready
    assert mended < ready


@pytest.mark.long
def test_ready_after_a_dozen_kills(stored: Store, ready: float, tmp_path: Path) -> None:
    chance = random.Random(1)
    times: dict[str, list[tuple[float, float]]] = {"opener": [], "filler": []}
    for number in range(12):
        home = tmp_path / str(number)
        store = copy_killed_in_the_index(stored, home, chance.uniform(0, 5))
        role = chance.choice(sorted(times))
        times[role].append(seconds_of_the_next_start(store, role))
        shutil.rmtree(home)
    answered = [seconds for seconds, _ in times["opener"]]
    for role, both in times.items():
        mended = [seconds for _, seconds in both]
        print(f"\n{role}: {len(both)} kills, index whole after at most {max(mended):.1f} s")
        assert max(mended) < ready
    print(f"first answer after at most {max(answered):.1f} s (whole process)")
    assert max(answered) < ready
