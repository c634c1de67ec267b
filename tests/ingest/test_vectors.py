"""Snapshots of the index: complete, never changed by who reads them, cleaned up, mended."""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from ingest.catalog_writer import CatalogWriter
from ingest.store import Store
from ingest.vectors import open_newest, refresh
from rag_app.retrieve import Retriever
from tests.synthetic import put, random_vectors


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("count", [1, 2, 70, 2500])
def test_reading_changes_no_snapshot(tmp_path: Path, count: int) -> None:
    index = tmp_path / "index"
    with CatalogWriter(tmp_path / "catalog.sqlite3") as catalog:
        put(catalog, "a", random_vectors(count, 1))
        assert refresh(catalog, index)
        before = hashes(index)
        for _ in range(2):
            opened = open_newest(index)
            assert opened is not None and opened.count == count
            assert len(opened.query(random_vectors(1, 2)[0], 5)) == min(5, count)
            opened.close()
    assert hashes(index) == before


def test_every_vector_finds_itself_through_churn(tmp_path: Path) -> None:
    index = tmp_path / "index"
    with CatalogWriter(tmp_path / "catalog.sqlite3") as catalog:
        for generation in range(6):
            for number in range(4):
                if (generation + number) % 3:
                    put(catalog, f"d{number}", random_vectors(40, 10 * generation + number))
                else:
                    catalog.delete(f"d{number}")
            refresh(catalog, index)
            opened = open_newest(index)
            assert opened is not None and opened.generation == catalog.generation()
            live = {
                id_: vector
                for ids, vectors in catalog.vectors()
                for id_, vector in zip(ids, vectors, strict=True)
            }
            assert opened.count == len(live)
            for id_, vector in live.items():
                [(found, score)] = opened.query(vector, 1)
                assert found == id_
                assert score == pytest.approx(1.0, abs=1e-4)
            opened.close()
    assert len(list(index.iterdir())) == 2, "older snapshots are removed"


def test_leftovers_of_a_killed_run_are_ignored_and_removed(tmp_path: Path) -> None:
    index = tmp_path / "index"
    (index / "building-dead").mkdir(parents=True)
    (index / "building-dead" / "chroma.sqlite3").write_bytes(b"half")
    assert open_newest(index) is None
    with CatalogWriter(tmp_path / "catalog.sqlite3") as catalog:
        put(catalog, "a", random_vectors(3, 1))
        refresh(catalog, index)
    [snapshot] = index.iterdir()
    assert snapshot.name.startswith("000001-")


def test_an_empty_collection_has_an_index(tmp_path: Path) -> None:
    index = tmp_path / "index"
    with CatalogWriter(tmp_path / "catalog.sqlite3") as catalog:
        put(catalog, "a", random_vectors(3, 1))
        catalog.delete("a")
        refresh(catalog, index)
    opened = open_newest(index)
    assert opened is not None
    assert opened.query(random_vectors(1, 1)[0], 5) == []
    opened.close()


@pytest.mark.parametrize("version", ["new", "made before free pages were given back"])
def test_what_is_deleted_leaves_the_disk(tmp_path: Path, version: str) -> None:
    index, path = tmp_path / "index", tmp_path / "catalog.sqlite3"
    if version != "new":
        with closing(sqlite3.connect(path)) as catalog, catalog:
            catalog.execute("CREATE TABLE other (name)")  # too late for auto_vacuum
    with CatalogWriter(path) as catalog:
        for number in range(20):
            put(catalog, f"d{number}", random_vectors(100, number), characters=500)
        refresh(catalog, index)
    full = path.stat().st_size
    with CatalogWriter(path) as catalog:
        for number in range(15):
            catalog.delete(f"d{number}")
        refresh(catalog, index)
    assert path.stat().st_size < full / 3
    with CatalogWriter(path) as catalog:
        assert len(catalog.removed_after(20)) == 1500, "the older index needs them"
        for number in range(15, 19):
            catalog.delete(f"d{number}")
            refresh(catalog, index)
        assert len(catalog.removed_after(0)) == 100, "of the last but one, which is the oldest"
        assert catalog.connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_reader_of_an_index_that_is_long_gone_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path, "default")
    store.create()
    wanted = random_vectors(40, 999)[0]
    with CatalogWriter(store.catalog_path) as catalog:
        for number in range(5):
            put(catalog, f"d{number}", random_vectors(40, number))
        refresh(catalog, store.index_directory)
        retriever = Retriever(store)
        retriever.nearest(wanted, 1)
        # Nothing newer can be opened: there is no room for a copy of its database.
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "no such folder"))
        for number in range(4):
            catalog.delete(f"d{number}")
            put(catalog, f"new{number}", random_vectors(40, 50 + number))
            refresh(catalog, store.index_directory)
        put(catalog, "wanted", random_vectors(40, 999))
    for name, seed in [("wanted", 999), ("new3", 53), ("d4", 4)]:
        [found] = retriever.nearest(random_vectors(40, seed)[0], 1)
        assert found.chunk.documents == (name,) and found.score > 0.999
    [found] = retriever.nearest(random_vectors(40, 0)[0], 1)
    assert found.score < 0.999, "what was deleted is not found"
    retriever.close()
