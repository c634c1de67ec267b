"""``kill -9`` at any moment: nothing acknowledged is lost, nothing doubled, nothing mixed.

Each round changes a folder, starts an ingestion that mirrors it, kills it after a random time, and
compares the store with all that the files ever said. The next round heals what is to be healed.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ingest.catalog import Catalog
from ingest.errors import StoreEmpty
from ingest.store import Store
from ingest.vectors import open_newest
from rag_app.retrieve import Retriever
from tests.conftest import REPOSITORY

WORDS = "river gauge mast lamp battery sensor reading alarm snow wind level probe".split()
LONGEST_RUN = 2.5  # seconds; most runs end before it, the first second of each is importing


@dataclass
class World:
    """A folder, its store, and what every file has said so far, newest last."""

    folder: Path
    store: Store
    chance: random.Random
    versions: dict[str, list[str]] = field(default_factory=dict)
    # What was acknowledged of each file that has not changed since: its text, or None if deleted.
    acknowledged: dict[str, str | None] = field(default_factory=dict)

    def change(self) -> None:
        """Add, change, rename and delete a few files."""
        for _ in range(self.chance.randint(1, 6)):
            name = f"f{self.chance.randrange(12)}.txt"
            path = self.folder / name
            if path.exists() and self.chance.random() < 0.3:
                path.unlink()
            else:
                text = self._text()
                path.write_text(text)
                self.versions.setdefault(name, []).append(text)
            self.acknowledged.pop(name, None)

    def _text(self) -> str:
        sentences = (
            " ".join(self.chance.choices(WORDS, k=9)) + f" {self.chance.randrange(10**9)}."
            for _ in range(self.chance.randint(1, 120))
        )
        return " ".join(sentences) + "\n"

    def on_disk(self) -> dict[str, str]:
        return {path.name: path.read_text() for path in self.folder.iterdir()}


def ingest(world: World, kill_after: float | None) -> list[str]:
    """Run the child, kill it after so many seconds, and return what it said."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.kill_child", world.folder, world.store.root],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if kill_after is not None:
        time.sleep(kill_after)
        child.send_signal(signal.SIGKILL)
    out, err = child.communicate(timeout=120)
    assert child.returncode in (0, -signal.SIGKILL), err
    return out.splitlines()


def heed(world: World, said: list[str]) -> None:
    """Remember what was acknowledged."""
    on_disk = world.on_disk()
    for line in said:
        what, _, name = line.partition(" ")
        if what == "stored":
            world.acknowledged[name] = on_disk[name]
        elif what == "deleted":
            world.acknowledged[name] = None


def check(world: World) -> None:
    """The store holds whole versions, each once, and all that was acknowledged."""
    try:
        with Catalog(world.store.catalog_path).reading() as view:
            texts = {one.name: view.document_text(one.name) for one in view.documents()}
            rows = view.connection.execute(
                'SELECT chunks.text, chunks.start, chunks."end", contents.text FROM chunks'
                " JOIN contents ON contents.id = chunks.content"
            ).fetchall()
            covered = {
                row[0]
                for row in view.connection.execute("SELECT content FROM chunks GROUP BY content")
            }
            contents = view.connection.execute("SELECT id FROM contents").fetchall()
            damaged = view.connection.execute("PRAGMA integrity_check").fetchall()
            vectors = [pair for ids, matrix in view.vectors() for pair in zip(ids, matrix)]  # noqa: B905
    except StoreEmpty:
        assert not any(world.acknowledged.values())
        return
    assert damaged == [("ok",)]
    for name, text in texts.items():
        assert text in world.versions[name], f"{name} is no version that it ever had"
    for name, text in world.acknowledged.items():
        assert texts.get(name) == text, f"{name}: what was acknowledged is gone"
    for text, start, end, whole in rows:
        assert whole[start:end] == text
    assert covered == {number for (number,) in contents}, "a document without its chunks"
    assert len({id_ for id_, _ in vectors}) == len(vectors)
    retriever = Retriever(world.store)
    for id_, vector in world.chance.sample(vectors, min(10, len(vectors))):
        assert retriever.nearest(vector, 1)[0].chunk.id == id_
    retriever.close()


def play(folder: Path, kills: int, seed: int) -> None:
    world = World(folder / "docs", Store(folder / "store", "default"), random.Random(seed))
    world.folder.mkdir(parents=True)
    for number in range(1, kills + 1):
        world.change()
        heed(world, ingest(world, world.chance.uniform(0.4, LONGEST_RUN)))
        check(world)
        if number % 10 == 0 or number == kills:
            kept = sum(text is not None for text in world.acknowledged.values())
            said = ingest(world, None)
            assert said[-1] == "done"
            heed(world, said)
            check(world)
            with Catalog(world.store.catalog_path).reading() as view:
                texts = {one.name: view.document_text(one.name) for one in view.documents()}
                chunks = view.chunk_count()
            assert texts == world.on_disk(), "the store mirrors the folder"
            index = open_newest(world.store.index_directory)
            assert index is not None and index.count == chunks
            index.close()
            again = ingest(world, None)
            assert not [line for line in again if line.startswith("embedded")]
            assert kept <= len(texts)


@pytest.mark.slow
def test_killed_six_times(tmp_path: Path) -> None:
    play(tmp_path, kills=6, seed=1)


@pytest.mark.long
def test_killed_five_hundred_times(tmp_path: Path) -> None:
    for seed in range(10):
        play(tmp_path / str(seed), kills=50, seed=seed)
