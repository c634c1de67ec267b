"""What the last run did, and what has changed on disk since."""

from __future__ import annotations

import os
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from ingest import IndexSettings, delete_documents, ingest_paths
from ingest.catalog.view import Catalog
from ingest.maintenance.disk_changes import DiskChanges, changes_on_disk, ingest_changes
from ingest.run.last_run import LastRun, last_run
from ingest.store.directory import Store
from tests.support.synthetic import HashEmbedder

EMBEDDER = HashEmbedder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    (folder / "deep").mkdir(parents=True)
    for name in ("a.txt", "b.txt", "deep/c.txt"):
        (folder / name).write_text(f"{name} says that the lamp is green.")
    (folder / "broken.pdf").write_bytes(b"no PDF")
    with zipfile.ZipFile(folder / "old.zip", "w") as archive:
        archive.writestr("in/z.txt", "The archive says that the lamp is blue.")
    return folder


@pytest.fixture
def settings(tmp_path: Path, folder: Path) -> IndexSettings:
    settings = IndexSettings(store=tmp_path / "store")
    ingest_paths([folder], settings=settings, embedder=EMBEDDER)
    return settings


def run_of(settings: IndexSettings) -> LastRun:
    with Catalog(Store(settings.store, settings.collection).catalog_path).reading() as view:
        run = last_run(view)
    assert run is not None
    return run


def test_nothing_has_changed(settings: IndexSettings, folder: Path) -> None:
    assert changes_on_disk(settings) == DiskChanges(folders=(str(folder),))
    assert changes_on_disk(settings.model_copy(update={"collection": "empty"})) == DiskChanges()


def test_new_changed_and_gone_files_are_seen_and_brought_in(
    settings: IndexSettings, folder: Path
) -> None:
    (folder / "new.txt").write_text("New words about lamps.")
    (folder / ".hidden.txt").write_text("Nobody reads this.")
    (folder / "a.txt").write_text("The lamp is red now, and so is the door.")
    (folder / "deep" / "c.txt").unlink()
    changes = changes_on_disk(settings)
    assert changes.new == (str(folder / "new.txt"),)
    assert changes.changed == (str(folder / "a.txt"),)
    assert changes.gone == (str(folder / "deep" / "c.txt"),)
    report = ingest_changes(changes, settings, embedder=EMBEDDER)
    told = {receipt.path: receipt.status for receipt in report.files}
    assert told["new.txt"] == "added" and told["a.txt"] == "updated"
    assert told["deep/c.txt"] == "deleted" and told["b.txt"] == "unchanged"
    assert changes_on_disk(settings).count == 0


def test_beside_a_single_file_nothing_is_new(tmp_path: Path, folder: Path) -> None:
    settings = IndexSettings(store=tmp_path / "single")
    ingest_paths([folder / "a.txt", folder / "b.txt"], settings=settings, embedder=EMBEDDER)
    (folder / "a.txt").write_text("Other words.")
    (folder / "b.txt").unlink()
    changes = changes_on_disk(settings)
    assert changes == DiskChanges(changed=(str(folder / "a.txt"),), gone=(str(folder / "b.txt"),))
    ingest_changes(changes, settings, embedder=EMBEDDER)
    assert changes_on_disk(settings).count == 0
    assert run_of(settings).receipts[0].status == "deleted"


def test_a_folder_that_is_not_there_now_loses_nothing(
    settings: IndexSettings, folder: Path
) -> None:
    shutil.move(folder, folder.with_name("elsewhere"))
    changes = changes_on_disk(settings)
    assert changes == DiskChanges(missing=(str(folder),))
    assert ingest_changes(changes, settings, embedder=EMBEDDER).files == ()


def test_an_archive_counts_as_its_file(settings: IndexSettings, folder: Path) -> None:
    os.utime(folder / "old.zip", (1, 1))
    assert changes_on_disk(settings).changed == (str(folder / "old.zip"),)
    (folder / "old.zip").unlink()
    assert changes_on_disk(settings).gone == (str(folder / "old.zip" / "in/z.txt"),)


def test_the_last_run_is_the_last_that_changed_anything(
    settings: IndexSettings, folder: Path
) -> None:
    first = run_of(settings)
    assert first.counts["added"] == 4 and first.counts["failed"] == 1
    assert first.receipts[0].path == "broken.pdf" and len(first.receipts) == 5
    (folder / "broken.pdf").unlink()
    ingest_paths([folder], settings=settings, embedder=EMBEDDER)
    assert run_of(settings) == first
    delete_documents(["a.txt"], settings=settings)
    assert replace(run_of(settings), ended="", counts={}) == LastRun(
        "", {}, run_of(settings).receipts
    )
    assert [receipt.path for receipt in run_of(settings).receipts] == ["a.txt"]


def test_a_file_that_was_not_read_is_forgotten_by_its_name(settings: IndexSettings) -> None:
    report = delete_documents(["broken.pdf"], settings=settings)
    assert [receipt.status for receipt in report.files] == ["deleted"]
    with Catalog(Store(settings.store, settings.collection).catalog_path).reading() as view:
        assert all(receipt.path != "broken.pdf" for receipt in view.receipts().values())
