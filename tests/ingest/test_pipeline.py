"""Ingestion through its public function: what is added, changed, left alone, deleted, refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from ingest import IndexSettings, ingest_paths
from ingest.catalog.view import Catalog
from ingest.embed.embedder import Embedder
from ingest.errors import FingerprintMismatch, StoreError, StoreLocked, UsageError
from ingest.index.reader import open_index
from ingest.progress import NoProgress
from ingest.store.directory import Store
from tests.support.folders import CountingEmbedder, chunk_ids, names, statuses
from tests.support.synthetic import lacking


def test_added_then_unchanged_with_the_same_ids(
    folder: Path, store: Path, embedder: Embedder
) -> None:
    first = ingest_paths([folder], store=store, embedder=embedder)
    assert statuses(first) == {"a.txt": "added", "b.md": "added", "sub/c.html": "added"}
    assert all(receipt.chunks == 1 for receipt in first.files)
    ids = chunk_ids(store)
    second = ingest_paths([folder], store=store, embedder=embedder)
    assert set(statuses(second).values()) == {"unchanged"}
    assert second.counts["chunks"] == 0
    assert chunk_ids(store) == ids
    other = store.parent / "other"
    ingest_paths([folder], store=other, embedder=embedder)
    assert chunk_ids(other) == ids, "the same bytes give the same ids"


def test_touching_embeds_nothing(folder: Path, store: Path, counting: CountingEmbedder) -> None:
    ingest_paths([folder], store=store, embedder=counting)
    before = counting.embedded
    for path in folder.rglob("*.*"):
        os.utime(path, (1, 1))
    report = ingest_paths([folder], store=store, embedder=counting)
    assert set(statuses(report).values()) == {"unchanged"}
    assert counting.embedded == before


def test_a_changed_file_is_replaced(folder: Path, store: Path, embedder: Embedder) -> None:
    ingest_paths([folder], store=store, embedder=embedder)
    old = chunk_ids(store)
    (folder / "a.txt").write_text("The red lamp means that the memory is full.\n")
    report = ingest_paths([folder], store=store, embedder=embedder)
    assert statuses(report)["a.txt"] == "updated"
    assert report.counts["unchanged"] == 2
    with Catalog(Store(store, "default").catalog_path).reading() as view:
        assert view.document_text("a.txt") == "The red lamp means that the memory is full.\n"
    assert len(chunk_ids(store) - old) == 1
    assert len(chunk_ids(store)) == 3


def test_sync_deletes_and_only_sync(folder: Path, store: Path, embedder: Embedder) -> None:
    ingest_paths([folder], store=store, embedder=embedder)
    (folder / "b.md").unlink()
    report = ingest_paths([folder], store=store, embedder=embedder)
    assert "b.md" in names(store)
    report = ingest_paths([folder], store=store, embedder=embedder, sync=True)
    assert statuses(report)["b.md"] == "deleted"
    assert names(store) == ["a.txt", "sub/c.html"]
    assert len(chunk_ids(store)) == 2


def test_every_bad_file_has_its_reason_and_stops_nothing(
    folder: Path, store: Path, embedder: Embedder
) -> None:
    (folder / "empty.txt").write_bytes(b"")
    (folder / "photo.xyz").write_bytes(b"\x00\x01")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4\nnothing more")
    (folder / "lies.docx").write_bytes(b"just text")
    report = ingest_paths([folder, folder / "nowhere"], store=store, embedder=embedder)
    found = {receipt.path: (receipt.status, receipt.reason) for receipt in report.files}
    assert found["empty.txt"][0] == "skipped"
    assert found["photo.xyz"][0] == "skipped"
    assert str(found["photo.xyz"][1]).startswith(".xyz files aren't supported")
    assert found["broken.pdf"][0] == "failed"
    assert found["lies.docx"][0] == "failed"
    assert found[str(folder / "nowhere")] == ("failed", "there is no such file or folder")
    assert all(reason for status, reason in found.values() if status in ("skipped", "failed"))
    assert report.counts["added"] == 3
    assert ingest_paths([folder / "photo.xyz"], store=store, embedder=embedder).counts["failed"]


def test_a_file_that_breaks_keeps_what_it_said(
    folder: Path, store: Path, embedder: Embedder
) -> None:
    ingest_paths([folder], store=store, embedder=embedder)
    (folder / "a.txt").write_bytes(b"\x00\xff\x00\xff" * 10)
    report = ingest_paths([folder], store=store, embedder=embedder)
    receipt = report.files[0]
    assert receipt.status == "failed"
    assert receipt.reason is not None and "what it said before still answers" in receipt.reason
    assert "a.txt" in names(store)


def test_other_chunk_settings_are_refused(folder: Path, store: Path, embedder: Embedder) -> None:
    ingest_paths([folder], store=store, embedder=embedder)
    with pytest.raises(FingerprintMismatch, match="chunk_tokens = 200, now it is 100"):
        ingest_paths(
            [folder], settings=IndexSettings(store=store, chunk_tokens=100), embedder=embedder
        )


def test_one_writer(folder: Path, store: Path, embedder: Embedder) -> None:
    settings = IndexSettings(store=store, lock_seconds=0.1)
    with (
        Store(store, "default").write_lock(0),
        pytest.raises(StoreLocked, match=f"Process {os.getpid()} on .*, since "),
    ):
        ingest_paths([folder], settings=settings, embedder=embedder)
    assert ingest_paths([folder], settings=settings, embedder=embedder).counts["added"] == 3


def test_a_store_that_cannot_be_made(folder: Path, embedder: Embedder) -> None:
    with pytest.raises(StoreError, match="choose another one with --store"):
        ingest_paths([folder], store=folder / "a.txt", embedder=embedder)


def test_wrong_settings(folder: Path) -> None:
    with pytest.raises(UsageError, match="collection"):
        ingest_paths([folder], collection="")


def test_chroma_holds_what_the_catalog_holds(folder: Path, store: Path, embedder: Embedder) -> None:
    ingest_paths([folder], store=store, embedder=embedder)
    (folder / "b.md").unlink()
    (folder / "a.txt").write_text("Something else.")
    ingest_paths([folder], store=store, embedder=embedder, sync=True)
    with closing(open_index(Store(store, "default").index_directory)) as index:
        found = index.query(embedder.encode(["Something else."])[0], 5)
    assert chunk_ids(store) <= {id_ for id_, _ in found}
    live = [score for id_, score in found if id_ in chunk_ids(store)]
    assert live[0] > 0.5 > live[1]


def test_the_index_is_made_before_all_is_said_to_be_done(
    folder: Path, store: Path, embedder: Embedder
) -> None:
    told: list[str] = []

    class Telling(NoProgress):
        def working(self, path: str, *_: float) -> None:
            told.append(path)

        def end(self) -> None:
            has_index = any(Store(store, "default").index_directory.iterdir())
            told.append("done, with an index" if has_index else "done, without one")

    ingest_paths([folder], store=store, embedder=embedder, progress=Telling())
    assert told[-2:] == ["making the index", "done, with an index"]


INTERRUPTED = """
import sys
from ingest import ingest_paths
from ingest.progress import NoProgress

class Stop(NoProgress):
    finished_files = 0
    def finished(self, receipt, work):
        self.finished_files += 1
        if self.finished_files == 2:
            {how}

ingest_paths([sys.argv[1]], store=sys.argv[2], progress=Stop())
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "how", ["raise KeyboardInterrupt", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]
)
def test_a_run_that_is_stopped_leaves_a_good_store(
    folder: Path, store: Path, embedder: Embedder, how: str
) -> None:
    stopped = subprocess.run(
        [sys.executable, "-c", INTERRUPTED.format(how=how), folder, store],
        capture_output=True,
        check=False,
    )
    assert stopped.returncode != 0
    assert len(names(store)) == 2, "what was finished is there"
    report = ingest_paths([folder], store=store, embedder=embedder)
    assert report.counts["unchanged"] == 2
    assert report.counts["added"] == 1
    assert not lacking(Store(store, "default"))


def test_receipts_are_kept(folder: Path, store: Path, embedder: Embedder) -> None:
    (folder / "empty.txt").write_bytes(b"")
    ingest_paths([folder], store=store, embedder=embedder)
    with Catalog(Store(store, "default").catalog_path).reading() as view:
        receipts = {receipt.path: receipt for receipt in view.receipts().values()}
    assert receipts["empty.txt"].status == "skipped"
    assert receipts["a.txt"].chunks == 1
    (folder / "empty.txt").unlink()
    ingest_paths([folder], store=store, embedder=embedder, sync=True)
    with Catalog(Store(store, "default").catalog_path).reading() as view:
        assert "empty.txt" not in json.dumps(sorted(view.receipts()))
