"""Backup and restore: the same collection again, whoever writes meanwhile, killed or not."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from ingest import IndexSettings, ingest_paths
from ingest.catalog.view import Catalog
from ingest.catalog.writer import CatalogWriter
from ingest.errors import StoreEmpty, StoreError, StoreLocked, UsageError
from ingest.index.writer import refresh
from ingest.maintenance.backup import backup, restore
from ingest.maintenance.disk_changes import changes_on_disk
from ingest.store.directory import Store
from rag_app.retrieval.retriever import Retriever
from tests.support.synthetic import HashEmbedder, lacking, put, random_vectors


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store", "default")
    store.create()
    with CatalogWriter(store.catalog_path) as catalog:
        for number in range(3):
            put(catalog, f"d{number}", random_vectors(20, number))
        refresh(catalog, store.index_directory)
    return store


def names(store: Store) -> list[str]:
    with Catalog(store.catalog_path).reading() as view:
        return [document.name for document in view.documents()]


def nearest(store: Store, seed: int) -> str:
    retriever = Retriever(store)
    [passage] = retriever.nearest(random_vectors(20, seed)[7], 1)
    retriever.close()
    assert passage.score == pytest.approx(1.0, abs=1e-4)
    return passage.chunk.documents[0]


def test_there_and_back(store: Store, tmp_path: Path) -> None:
    assert backup(store, tmp_path / "copy") == 3
    open_retriever = Retriever(store)  # a chat that stays open all the while
    assert open_retriever.nearest(random_vectors(20, 0)[7], 1)[0].chunk.documents == ("d0",)
    with CatalogWriter(store.catalog_path) as catalog:
        catalog.delete("d0")
        put(catalog, "d1", random_vectors(20, 11))
        refresh(catalog, store.index_directory)
    assert restore(store, tmp_path / "copy", wait_seconds=0) == 3
    assert names(store) == ["d0", "d1", "d2"]
    assert [nearest(store, seed) for seed in range(3)] == ["d0", "d1", "d2"]
    assert open_retriever.nearest(random_vectors(20, 1)[7], 1)[0].score > 0.99
    assert open_retriever.nearest(random_vectors(20, 11)[7], 1)[0].score < 0.99
    open_retriever.close()
    assert not lacking(store)
    assert not list(store.directory.glob("restore*"))


def test_into_an_empty_store(store: Store, tmp_path: Path) -> None:
    backup(store, tmp_path / "copy")
    other = Store(tmp_path / "other", "elsewhere")
    assert restore(other, tmp_path / "copy", wait_seconds=0) == 3
    assert nearest(other, 2) == "d2"


def test_while_somebody_writes(store: Store, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with CatalogWriter(store.catalog_path) as catalog:
            number = 0
            while not stop.is_set():
                put(catalog, f"new{number}", random_vectors(5, 100 + number))
                number += 1

    writer = threading.Thread(target=write)
    writer.start()
    counts = [backup(store, tmp_path / f"copy{number}") for number in range(5)]
    stop.set()
    writer.join()
    assert counts == sorted(counts)
    for number in range(5):
        with closing(sqlite3.connect(tmp_path / f"copy{number}")) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            whole = copy.execute(
                "SELECT count(*) FROM chunks JOIN documents USING (content)"
                " WHERE documents.name LIKE 'new%' GROUP BY documents.name"
            ).fetchall()
            assert set(whole) <= {(5,)}


def test_what_cannot_be_done(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreEmpty):
        backup(Store(tmp_path / "nothing", "default"), tmp_path / "copy")
    with pytest.raises(StoreError, match="cannot be written"):
        backup(store, tmp_path / "no" / "such" / "folder" / "copy")
    with pytest.raises(StoreError, match="cannot be written"):
        backup(store, tmp_path)
    with pytest.raises(UsageError, match="no backup"):
        restore(store, tmp_path / "copy", wait_seconds=0)
    (tmp_path / "copy").write_text("something else entirely, and rather longer than a header")
    with pytest.raises(UsageError, match="not a backup"):
        restore(store, tmp_path / "copy", wait_seconds=0)
    with closing(sqlite3.connect(tmp_path / "other.sqlite3")) as other:
        other.execute("CREATE TABLE x (y)")
    with pytest.raises(UsageError, match="not a backup of this version"):
        restore(store, tmp_path / "other.sqlite3", wait_seconds=0)
    backup(store, tmp_path / "good")
    with store.write_lock(0), pytest.raises(StoreLocked):
        restore(store, tmp_path / "good", wait_seconds=0.1)
    assert names(store) == ["d0", "d1", "d2"]


@pytest.mark.parametrize("smaller", ["the collection", "the backup"])
def test_pages_of_an_earlier_version(store: Store, tmp_path: Path, smaller: str) -> None:
    backup(store, tmp_path / "copy")
    path = store.catalog_path if smaller == "the collection" else tmp_path / "copy"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA page_size = 4096")
        connection.execute("VACUUM")
    assert restore(store, tmp_path / "copy", wait_seconds=0) == 3
    assert [nearest(store, seed) for seed in range(3)] == ["d0", "d1", "d2"]
    with closing(sqlite3.connect(store.catalog_path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("confirmed", [False, True])
def test_files_that_a_backup_names_are_read_only_if_confirmed(
    tmp_path: Path, confirmed: bool
) -> None:
    folder = tmp_path / "private"
    folder.mkdir()
    (folder / "a.txt").write_text("The lamp is green.")
    settings = IndexSettings(store=tmp_path / "store")
    ingest_paths([folder], settings=settings, embedder=HashEmbedder())
    first = Store(settings.store, settings.collection)
    backup(first, tmp_path / "copy")
    (folder / "a.txt").write_text("The lamp is red, and this is a secret.")
    (folder / "new.txt").write_text("A new secret.")
    asked: list[list[str]] = []
    other = settings.model_copy(update={"store": tmp_path / "other"})
    restore(
        Store(other.store, other.collection),
        tmp_path / "copy",
        wait_seconds=0,
        confirm=lambda folders: bool(asked.append(folders)) or confirmed,
    )
    assert asked == [[str(folder)]]
    assert changes_on_disk(settings).count == 2
    assert changes_on_disk(other).count == (2 if confirmed else 0)
    ingest_paths([folder], settings=other, embedder=HashEmbedder())
    (folder / "a.txt").write_text("Now that folder was ingested by a person.")
    assert changes_on_disk(other).count == 1
