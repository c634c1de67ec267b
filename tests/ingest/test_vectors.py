"""Snapshots of the index: complete, never changed by who reads them, cleaned up, mended."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ingest.catalog_writer import CatalogWriter
from ingest.vectors import open_newest, refresh
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
