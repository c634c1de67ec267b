"""``kill -9`` at any moment of any operation: nothing acknowledged is lost, doubled or mixed.

Each round changes a folder, starts one operation on its collection, kills it after a random part of
the time that it takes, and compares the collection with all that the files ever said. The next
round works with what the kill has left; nothing is ever mended by hand.
"""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from ingest.catalog import postings
from ingest.catalog.view import Catalog
from ingest.chunk import chunk_document
from ingest.errors import StoreEmpty
from ingest.load.read import load_bytes
from ingest.store.directory import Store
from rag_app.retrieval.retriever import Retriever
from tests.integration.kill_worker import OPERATIONS, Worker
from tests.support.synthetic import HashEmbedder, lacking

WORDS = "river gauge mast lamp battery sensor reading alarm snow wind level probe".split()
TOKENS = (40, 200)  # the two settings that reembed changes between
# What is in a collection's directory when nobody is at work; "-shm" and "-wal" are SQLite's.
AT_REST = {
    "catalog.sqlite3",
    "catalog.sqlite3-shm",
    "catalog.sqlite3-wal",
    "collection.json",
    "index",
    "write.lock",
}

Texts = dict[str, str]
EMBEDDER = HashEmbedder()


@dataclass(frozen=True)
class Held:
    """What a collection, or a copy of one, holds: each document's text, cut to so many tokens."""

    texts: Texts
    tokens: int | None


NOTHING = Held({}, None)


@dataclass
class World:
    """A folder, its collection, a backup, and what every file has said so far."""

    home: Path
    worker: Worker
    chance: random.Random
    versions: dict[str, list[str]] = field(default_factory=dict)
    # What was acknowledged of each file that has not changed since: its text, or None if deleted.
    acknowledged: dict[str, str | None] = field(default_factory=dict)
    tokens: int = TOKENS[0]
    saved: Held = NOTHING

    def __post_init__(self) -> None:
        self.folder = self.home / "docs"
        self.copy = self.home / "copy.sqlite3"
        self.store = Store(self.home / "store", "default")
        self.folder.mkdir()

    def change(self) -> None:
        """Add, change and delete a few files."""
        for _ in range(self.chance.randint(1, 6)):
            path = self.folder / f"f{self.chance.randrange(12)}.txt"
            if path.exists() and self.chance.random() < 0.3:
                path.unlink()
                self.acknowledged.pop(path.name, None)
            else:
                self.write(path)

    def write(self, path: Path) -> None:
        sentences = (
            " ".join(self.chance.choices(WORDS, k=9)) + f" {self.chance.randrange(10**9)}."
            for _ in range(self.chance.randint(1, 120))
        )
        path.write_text(" ".join(sentences) + "\n")
        self.versions.setdefault(path.name, []).append(path.read_text())
        self.acknowledged.pop(path.name, None)

    def on_disk(self) -> Texts:
        return {path.name: path.read_text() for path in self.folder.iterdir()}

    @property
    def is_begun(self) -> bool:
        """Whether there is a collection: the first kill may have come before its file was one."""
        return held(self.store.catalog_path) != NOTHING

    def choose(self) -> list[str]:
        """An operation and its arguments. What was begun and killed is often begun again."""
        operation = self.chance.choice(OPERATIONS)
        begun = (self.store.directory / "reembed.sqlite3").exists()
        if begun and self.chance.random() < 0.5:
            operation = "reembed"
        if operation == "delete" and (texts := held(self.store.catalog_path).texts):
            name = self.chance.choice(sorted(texts))
            (self.folder / name).unlink(missing_ok=True)
            self.acknowledged.pop(name, None)
            return ["delete", name]
        if operation == "add":
            path = self.folder / f"f{self.chance.randrange(12)}.txt"
            self.write(path)
            return ["add", str(path)]
        if operation == "reread":
            return ["reread", str(self.folder)]
        if operation == "reembed" and self.is_begun:
            return ["reembed"]
        if operation == "backup" and self.is_begun:
            return ["backup", str(self.copy)]
        if operation == "restore" and self.copy.exists():
            return ["restore", str(self.copy)]
        if operation == "rebuild" and self.is_begun:
            return ["rebuild"]
        return ["sync", str(self.folder)]


def held(catalog: Path) -> Held:
    """What a collection or a backup holds."""
    try:
        with Catalog(catalog).reading() as view:
            texts = {one.name: str(view.document_text(one.name)) for one in view.documents()}
            return Held(texts, (view.fingerprint() or {}).get("chunk_tokens"))
    except StoreEmpty:
        return NOTHING


def play_round(world: World, kill_at: float | None) -> None:
    """Change the folder, do something, kill it, and look what is there."""
    world.change()
    operation, *words = world.choose()
    before = held(world.store.catalog_path)
    tokens = before.tokens or TOKENS[0]
    if operation == "reembed":
        tokens = TOKENS[tokens == TOKENS[0]]
        begun = held(world.store.directory / "reembed.sqlite3")
        embedded = begun.texts.values() if begun.tokens == tokens else ()
        left = {text for text in before.texts.values() if text not in embedded}
    said = world.worker.run(tokens, operation, *words, kill_at=kill_at)
    after = held(world.store.catalog_path)
    if operation == "reembed":
        count = sum(int(line.split()[1]) for line in said if line.startswith("embedded"))
        assert count <= sum(len(cuts(text, tokens)) for text in left), "embedded again"
        assert after.texts == before.texts
        if "done" in said:
            assert after.tokens == tokens
    elif operation == "backup":
        saved = held(world.copy)
        assert saved in ([before] if "done" in said else [before, world.saved])
        world.saved = saved
        assert after == before
    elif operation == "restore":
        assert after in ([world.saved] if "done" in said else [before, world.saved])
        if after != before:
            world.acknowledged = dict(after.texts)
    elif operation == "rebuild":
        assert after == before
    else:
        assert after.tokens in (before.tokens, tokens)
        heed(world, said)
    check(world)


def heed(world: World, said: list[str]) -> None:
    """Remember what was acknowledged."""
    on_disk = world.on_disk()
    for line in said:
        what, _, name = line.partition(" ")
        if what == "stored":
            world.acknowledged[name] = on_disk[name]
        elif what == "deleted":
            world.acknowledged[name] = None


@cache
def cuts(text: str, tokens: int) -> list[tuple[int, int]]:
    """Where a text is cut into chunks."""
    loaded = load_bytes(text.encode(), "a.txt")
    cut = chunk_document(loaded, EMBEDDER, chunk_tokens=tokens, overlap_tokens=0)
    return [(chunk.start, chunk.end) for chunk in cut.chunks]


def check(world: World) -> None:
    """The collection holds whole versions, each once, cut alike, and all that was acknowledged."""
    now = held(world.store.catalog_path)
    for name, text in now.texts.items():
        assert text in world.versions[name], f"{name} is no version that it ever had"
    for name, text in world.acknowledged.items():
        assert now.texts.get(name) == text, f"{name}: what was acknowledged is gone"
    if now.tokens is None:
        return
    with Catalog(world.store.catalog_path).reading() as view:
        rows = view.connection.execute(
            'SELECT CAST(utf8 AS TEXT), start, "end" FROM texts LEFT JOIN chunks USING (content)'
            " ORDER BY content, start"
        ).fetchall()
        damaged = view.connection.execute("PRAGMA integrity_check").fetchall()
        _, wordless = postings.check(view.connection, at_most=1_000)
        vectors = [pair for batch in view.vectors() for pair in zip(*batch, strict=True)]
    assert damaged == [("ok",)]
    assert not wordless, "the words are not those of the texts"
    places: dict[str, list[tuple[int, int]]] = {}
    for text, start, end in rows:
        places.setdefault(text, []).append((start, end))
    assert places == {text: cuts(text, now.tokens) for text in now.texts.values()}
    assert len({id_ for id_, _ in vectors}) == len(vectors)
    if world.chance.random() < 0.5:  # a search mends the index, which the next round may need to
        with closing(Retriever(world.store)) as retriever:
            for id_, vector in world.chance.sample(vectors, min(10, len(vectors))):
                assert retriever.nearest(vector, 1)[0].chunk.id == id_


def settle(world: World) -> None:
    """Left to finish, the collection mirrors the folder, with a whole index, and nothing over."""
    tokens = held(world.store.catalog_path).tokens or TOKENS[0]
    heed(world, world.worker.run(tokens, "sync", str(world.folder)))
    check(world)
    assert held(world.store.catalog_path).texts == world.on_disk()
    again = world.worker.run(tokens, "sync", str(world.folder))
    assert not [line for line in again if line.startswith("embedded")]
    assert not lacking(world.store)
    if (world.store.directory / "reembed.sqlite3").exists():
        world.worker.run(TOKENS[tokens == TOKENS[0]], "reembed")
    left = {path.name for path in world.store.directory.iterdir()}
    assert left <= AT_REST, left
    assert all(
        re.fullmatch(r"\d+-\d+-\w+", path.name) for path in world.store.index_directory.iterdir()
    )


def play(home: Path, kills: int, seed: int) -> Counter[str]:
    """Rounds until so many operations were killed; returns how many of each."""
    home.mkdir(exist_ok=True)
    with Worker(home / "store", home / "errors") as worker:
        world = World(home, worker, random.Random(seed))
        rounds = 0
        while worker.kills.total() < kills:
            rounds += 1
            play_round(world, kill_at=world.chance.uniform(0, 1.05))
            if rounds % 10 == 0:
                settle(world)
        settle(world)
    return worker.kills


@pytest.mark.slow
def test_killed_three_times(tmp_path: Path) -> None:
    play(tmp_path, kills=3, seed=1)


@pytest.mark.long
def test_killed_five_hundred_times(tmp_path: Path) -> None:
    started = time.monotonic()
    kills: Counter[str] = Counter()
    for seed in range(10):
        kills += play(tmp_path / str(seed), kills=50, seed=seed)
    print(f"\n{kills.total()} kills in {time.monotonic() - started:.0f} s: {dict(kills)}")
    print("0 lost, 0 doubled, 0 mixed, 0 that needed a hand")
