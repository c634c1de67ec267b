"""Any file of the index may be damaged: the answers stay right, and the index is made anew.

Nothing here can embed: there is no model. That this process goes on to the next case is part of
what is tested, for Chroma reads its graph into memory as it stands.
"""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from ingest.catalog.view import Catalog
from ingest.catalog.writer import CatalogWriter
from ingest.index.writer import SegmentPlan, plan, refresh
from ingest.store.directory import Store
from rag_app.retrieval.retriever import Retriever
from tests.support.synthetic import lacking, put, random_vectors

CHUNKS = 240
QUERIES = random_vectors(5, 99)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store with two generations in its index. Copied, never changed."""
    store = Store(tmp_path_factory.mktemp("sound"), "default")
    store.create()
    with CatalogWriter(store.catalog_path) as catalog:
        for number in range(4):
            put(catalog, f"d{number}", random_vectors(CHUNKS // 4, number))
        refresh(catalog, store.index_directory)
    return store


def answers(store: Store) -> list[list[tuple[str, float]]]:
    retriever = Retriever(store, exact_up_to=0)
    try:
        return [
            [
                (passage.chunk.id, round(passage.score, 4))
                for passage in retriever.nearest(query, 10)
            ]
            for query in QUERIES
        ]
    finally:
        retriever.close()


def plan_of(store: Store) -> list[SegmentPlan]:
    """What there is to mend."""
    with Catalog(store.catalog_path).reading() as view:
        return plan(view, store.index_directory)


def damage(index: Path, chance: random.Random) -> str:
    """Damage one file of the index, or remove it."""
    path = chance.choice(sorted(path for path in index.rglob("*") if path.is_file()))
    data = bytearray(path.read_bytes())
    kind = chance.choice(["delete", "truncate", "empty", "zero", "flip", "flip many", "garbage"])
    if kind == "delete":
        path.unlink()
    elif kind == "truncate":
        path.write_bytes(data[: chance.randrange(len(data) or 1)])
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "zero":
        start = chance.randrange(len(data) or 1)
        end = min(len(data), start + chance.choice([8, 512, 8192]))
        data[start:end] = bytes(end - start)
        path.write_bytes(data)
    elif kind in ("flip", "flip many"):
        for _ in range(1 if kind == "flip" else 200):
            if data:
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
    else:
        path.write_bytes(chance.randbytes(len(data)))
    return f"{kind} {path.name}"


def check(sound: Store, folder: Path, seed: int) -> None:
    store = Store(folder, "default")
    shutil.copytree(sound.directory, store.directory)
    what = damage(store.index_directory, random.Random(seed))
    assert answers(store) == answers(sound), (seed, what)
    # Closing waits for what was mended: the next one to open finds it sound, and the same.
    assert plan_of(store) == [], (seed, what)
    assert not lacking(store), (seed, what)
    assert answers(store) == answers(sound), (seed, what)


@pytest.mark.parametrize("seed", range(20))
def test_damage_is_found_and_mended(sound: Store, tmp_path: Path, seed: int) -> None:
    check(sound, tmp_path, seed)


@pytest.mark.long
def test_damage_three_hundred_times(sound: Store, tmp_path: Path) -> None:
    for seed in range(1000, 1300):
        check(sound, tmp_path / str(seed), seed)
        shutil.rmtree(tmp_path / str(seed))


def test_a_missing_index_is_made_while_questions_are_answered(sound: Store, tmp_path: Path) -> None:
    store = Store(tmp_path, "default")
    shutil.copytree(sound.directory, store.directory)
    shutil.rmtree(store.index_directory)
    assert answers(store) == answers(sound)
    assert plan_of(store) == [] and not lacking(store)
