"""Segments of the index: complete, never changed by who reads them, cleaned up, mended."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.catalog.writer import CatalogWriter
from ingest.errors import IndexNotWritten
from ingest.index import process as index_process
from ingest.index import writer as index_writer
from ingest.index.reader import VectorIndex, open_index
from ingest.index.segments import Segment, chain, finished, without_overlap
from ingest.index.writer import plan, refresh
from ingest.store.directory import Store
from rag_app.retrieval.retriever import Retriever
from tests.support.synthetic import lacking, put, random_vectors


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path, "default")
    store.create()
    return store


@contextmanager
def writing(store: Store) -> Iterator[CatalogWriter]:
    with store.write_lock(5), CatalogWriter(store.catalog_path) as catalog:
        yield catalog


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("count", [1, 2, 70, 2500])
def test_reading_changes_no_segment(store: Store, count: int) -> None:
    with writing(store) as catalog:
        put(catalog, "a", random_vectors(count, 1))
        refresh(catalog, store.index_directory)
    before = hashes(store.index_directory)
    for _ in range(2):
        with closing(open_index(store.index_directory)) as index:
            assert len(index.query(random_vectors(1, 2)[0], 5)) == min(5, count)
    assert hashes(store.index_directory) == before


def test_every_vector_finds_itself_through_churn(store: Store) -> None:
    with closing(VectorIndex(store.index_directory)) as index:
        for generation in range(6):
            with writing(store) as catalog:
                for number in range(4):
                    if (generation + number) % 3:
                        put(catalog, f"d{number}", random_vectors(40, 10 * generation + number))
                    else:
                        catalog.delete(f"d{number}")
                refresh(catalog, store.index_directory)
                live = {
                    id_: vector
                    for ids, vectors in catalog.vectors()
                    for id_, vector in zip(ids, vectors, strict=True)
                }
            index.follow()
            for id_, vector in live.items():
                [(found, score)] = index.query(vector, 1)
                assert found == id_
                assert score == pytest.approx(1.0, abs=1e-4)
    assert len(finished(store.index_directory)) <= 2, "what was replaced is removed"


def test_leftovers_of_a_killed_run_are_ignored_and_removed(store: Store) -> None:
    leftover = store.index_directory / "building-dead"
    leftover.mkdir(parents=True)
    (leftover / "chroma.sqlite3").write_bytes(b"half")
    with closing(open_index(store.index_directory)) as index:
        assert index.generation == 0
    with writing(store) as catalog:
        put(catalog, "a", random_vectors(3, 1))
        refresh(catalog, store.index_directory)
    [segment] = store.index_directory.iterdir()
    assert segment.name.startswith("000000-000001-")


def test_an_empty_collection_has_an_index(store: Store) -> None:
    with writing(store) as catalog:
        put(catalog, "a", random_vectors(3, 1))
        catalog.delete("a")
        refresh(catalog, store.index_directory)
        assert plan(catalog, store.index_directory) == []
    with closing(open_index(store.index_directory)) as index:
        assert index.generation == 2
        assert index.query(random_vectors(1, 1)[0], 5) == []


def test_a_large_collection_is_several_segments(store: Store) -> None:
    with writing(store) as catalog:
        for number in range(10):
            put(catalog, f"d{number}", random_vectors(30, number))
        put(catalog, "large", random_vectors(150, 99))
        refresh(catalog, store.index_directory, largest=100)
        ranges = [(one.after, one.upto) for one in finished(store.index_directory)]
        assert ranges == [(0, 3), (3, 6), (6, 9), (9, 10), (10, 11)]
        # What is added goes into the last one while it has room, then into a new one.
        put(catalog, "more", random_vectors(10, 100))
        refresh(catalog, store.index_directory, largest=100)
        assert (11, 12) in [(one.after, one.upto) for one in finished(store.index_directory)]
        # A segment of which much is gone is made anew; the others stay as they are.
        before = {one.name for one in finished(store.index_directory) if one.after != 3}
        catalog.delete("d4")
        refresh(catalog, store.index_directory, largest=100)
        assert before <= {one.name for one in finished(store.index_directory)}
        refresh(catalog, store.index_directory, largest=100)
        assert len([one for one in finished(store.index_directory) if one.after == 3]) == 1
        live = {id_: row for ids, rows in catalog.vectors() for id_, row in zip(ids, rows)}  # noqa: B905
    assert not lacking(store)
    with closing(open_index(store.index_directory)) as index:
        assert len(index.segments) == 6
        for id_, vector in live.items():
            assert index.query(vector, 1)[0][0] == id_


def test_only_what_is_damaged_is_made_anew(store: Store) -> None:
    with writing(store) as catalog:
        for number in range(6):
            put(catalog, f"d{number}", random_vectors(30, number))
        refresh(catalog, store.index_directory, largest=60)
        first, middle, last = finished(store.index_directory)
        (middle.path / "chroma.sqlite3").write_bytes(b"")
        with closing(open_index(store.index_directory)) as index:
            assert index.generation == first.upto, "up to the gap"
        refresh(catalog, store.index_directory, largest=60)
        names = {one.name for one in finished(store.index_directory)}
        assert {first.name, last.name} < names and middle.name not in names
    assert not lacking(store)


def test_an_index_of_another_catalog_is_not_used(store: Store) -> None:
    """Someone has put an older copy of the catalog back, without its index."""
    with writing(store) as catalog:
        put(catalog, "a", random_vectors(5, 1))
    shutil.copyfile(store.catalog_path, store.root / "older")
    with writing(store) as catalog:
        put(catalog, "b", random_vectors(5, 2))
        refresh(catalog, store.index_directory)
    shutil.copyfile(store.root / "older", store.catalog_path)
    with writing(store) as catalog:
        refresh(catalog, store.index_directory)
        assert [(one.after, one.upto) for one in finished(store.index_directory)] == [(0, 1)]
    assert not lacking(store)


def test_a_small_change_beside_a_large_index_waits(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_writer, "ALWAYS_APPLY", 1000)
    with writing(store) as catalog:
        put(catalog, "large", random_vectors(1001, 1))
        refresh(catalog, store.index_directory)
        put(catalog, "small", random_vectors(10, 2))
        assert plan(catalog, store.index_directory, always=False) == []
        assert len(plan(catalog, store.index_directory)) == 1
        put(catalog, "more", random_vectors(15, 3))
        assert len(plan(catalog, store.index_directory, always=False)) == 1


def test_small_changes_wait_for_each_other(store: Store) -> None:
    with writing(store) as catalog:
        put(catalog, "first", random_vectors(5, 1))
        assert len(plan(catalog, store.index_directory, always=False, lag=10)) == 1
        refresh(catalog, store.index_directory)
        put(catalog, "next", random_vectors(9, 2))
        assert plan(catalog, store.index_directory, always=False, lag=10) == []
        put(catalog, "more", random_vectors(1, 3))
        assert len(plan(catalog, store.index_directory, always=False, lag=10)) == 1


@pytest.mark.usefixtures("index_is_made_in_a_process")
@pytest.mark.long
def test_in_a_process_of_its_own(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with writing(store) as catalog:
        put(catalog, "a", random_vectors(5, 1))
        refresh(catalog, store.index_directory)
        # Two parts are missing: each is made by a process of its own.
        put(catalog, "b", random_vectors(5, 2))
        refresh(catalog, store.index_directory, largest=5)
        put(catalog, "c", random_vectors(5, 3))
        index_writer.drop(store.index_directory, {finished(store.index_directory)[0].name})
        assert len(plan(catalog, store.index_directory)) == 2
        index_process.refresh(store, catalog)
        assert plan(catalog, store.index_directory) == []
        assert not lacking(store)
        put(catalog, "d", random_vectors(5, 4))
        monkeypatch.setattr("sys.executable", "/bin/false")
        with pytest.raises(IndexNotWritten, match="rag-app doctor --fix"):
            index_process.refresh(store, catalog)


@pytest.mark.parametrize("version", ["new", "made before free pages were given back"])
def test_what_is_deleted_leaves_the_disk(store: Store, version: str) -> None:
    if version != "new":
        with closing(sqlite3.connect(store.catalog_path)) as catalog, catalog:
            catalog.execute("CREATE TABLE other (name)")  # too late for auto_vacuum
            catalog.execute("DROP TABLE other")
    with writing(store) as catalog:
        for number in range(20):
            put(catalog, f"d{number}", random_vectors(100, number), characters=500)
        index_process.refresh(store, catalog)
    full = store.catalog_path.stat().st_size
    with writing(store) as catalog:
        for number in range(15):
            catalog.delete(f"d{number}")
        index_process.refresh(store, catalog)
        assert catalog.connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert store.catalog_path.stat().st_size < full / 3


def test_a_reader_of_an_index_that_is_long_gone_is_right(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = random_vectors(40, 999)[0]
    with writing(store) as catalog:
        for number in range(5):
            put(catalog, f"d{number}", random_vectors(40, number))
        refresh(catalog, store.index_directory)
        retriever = Retriever(store, exact_up_to=0)
        retriever.nearest(wanted, 1)
        # Nothing newer can be opened: there is no room for a copy of its database.
        monkeypatch.setattr(tempfile, "tempdir", str(store.root / "no such folder"))
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


RANGES = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=12)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(ranges=RANGES)
def test_segments_that_are_used_do_not_overlap(ranges: list[tuple[int, int]]) -> None:
    segments = [
        Segment(Path(f"{after:06}-{upto:06}-{number:016x}"), after, upto)
        for number, (after, upto) in enumerate(ranges)
        if after < upto
    ]
    used = without_overlap(segments)
    assert all(one.upto <= other.after for one, other in pairwise(used))
    linked = chain(segments)
    assert linked == used[: len(linked)]
    assert all(one.upto == other.after for one, other in pairwise(linked))
    if any(segment.after == 0 for segment in segments):
        assert linked[0].after == 0
        assert linked[0].upto == max(one.upto for one in segments if one.after == 0)
