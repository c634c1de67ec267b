"""Watching: what happens in the folder happens in the collection, by itself."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import IndexSettings, IngestReport
from ingest.catalog.view import Catalog
from ingest.embed.embedder import Embedder
from ingest.errors import IndexNotWritten, StoreError, StoreLocked, UsageError
from ingest.maintenance.watch import watch
from ingest.store.directory import Store

Told = queue.Queue[IngestReport | StoreError]


@pytest.fixture
def watched(
    tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Path, Told]]:
    """A folder that is watched, with its store in it, and what is told."""
    monkeypatch.setattr("ingest.maintenance.watch.LOOK_AGAIN", 100)
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "lamp.txt").write_text("The lamp is red.")
    told: Told = queue.Queue()
    stop = threading.Event()
    settings = IndexSettings(store=folder / "storage", lock_seconds=0)
    thread = threading.Thread(
        target=watch,
        args=([folder], settings),
        kwargs={"on_report": told.put, "embedder": embedder, "stop": stop},
    )
    thread.start()
    yield folder, told
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def statuses(told: Told) -> dict[str, str]:
    report = told.get(timeout=20)
    assert isinstance(report, IngestReport)
    return {one.path: one.status for one in report.files if one.status != "unchanged"}


@pytest.mark.slow
def test_the_collection_follows_the_folder(watched: tuple[Path, Told]) -> None:
    folder, told = watched
    assert statuses(told) == {"lamp.txt": "added"}
    (folder / "mast.txt").write_text("The mast is high.")
    assert statuses(told) == {"mast.txt": "added"}
    (folder / "lamp.txt").write_text("The lamp is green.")
    (folder / "mast.txt").rename(folder / "pole.txt")
    assert statuses(told) == {"lamp.txt": "updated", "pole.txt": "added", "mast.txt": "deleted"}
    (folder / ".hidden.txt").write_text("Not for you.")
    (folder / "lamp.txt").unlink()
    assert statuses(told) == {"lamp.txt": "deleted"}
    with Catalog(Store(folder / "storage", "default").catalog_path).reading() as view:
        assert [one.name for one in view.documents()] == ["pole.txt"]
    assert told.empty(), "the store's own files are no change"


@pytest.mark.slow
def test_another_writer_is_waited_for(watched: tuple[Path, Told]) -> None:
    folder, told = watched
    statuses(told)
    with Store(folder / "storage", "default").write_lock(5):
        (folder / "mast.txt").write_text("The mast is high.")
        assert isinstance(told.get(timeout=20), StoreLocked)
    assert statuses(told) == {"mast.txt": "added"}


def no_room(*_: object, **__: object) -> None:
    raise StoreError("There is no room")


@pytest.mark.slow
def test_an_index_that_cannot_be_written_is_told_and_watching_goes_on(
    watched: tuple[Path, Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, told = watched
    statuses(told)
    with monkeypatch.context() as broken:
        broken.setattr("ingest.index.process.make_in_process", no_room)
        broken.setattr("ingest.maintenance.watch.LAG", 0)
        (folder / "mast.txt").write_text("The mast is high.")
        assert isinstance(told.get(timeout=20), IndexNotWritten)
        assert statuses(told) == {"mast.txt": "added"}
    (folder / "pole.txt").write_text("The pole is long.")
    assert "pole.txt" in statuses(told)


def test_a_folder_is_needed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a folder"):
        watch([tmp_path / "none"], IndexSettings(store=tmp_path / "store"), on_report=print)
