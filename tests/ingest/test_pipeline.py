"""Ingestion through its public function: what is added, changed, left alone, deleted, refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest import IndexSettings, ingest_paths
from ingest.catalog import Catalog
from ingest.embed import Embedder
from ingest.errors import FingerprintMismatch, StoreError, StoreLocked, UsageError
from ingest.records import IngestReport
from ingest.store import Store
from ingest.vectors import open_newest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three small documents."""
    folder = tmp_path / "docs"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text("The red lamp means that the battery is low.\n")
    (folder / "b.md").write_text("# Leave\n\nEveryone has 27 days of leave.\n")
    (folder / "sub" / "c.html").write_text("<title>Prices</title><p>The mast costs 90 pounds.</p>")
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


class CountingEmbedder(Embedder):
    """The real model, which counts what it embeds."""

    embedded = 0

    def encode(self, texts):  # type: ignore[no-untyped-def]
        self.embedded += len(texts)
        return super().encode(texts)


@pytest.fixture(scope="module")
def counting() -> CountingEmbedder:
    return CountingEmbedder()


def statuses(report: IngestReport) -> dict[str, str]:
    return {receipt.path: receipt.status for receipt in report.files}


def names(store: Path, collection: str = "default") -> list[str]:
    with Catalog(Store(store, collection).catalog_path).reading() as view:
        return [document.name for document in view.documents()]


def chunk_ids(store: Path) -> set[str]:
    with Catalog(Store(store, "default").catalog_path).reading() as view:
        return {id_ for ids, _ in view.vectors() for id_ in ids}


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


def test_a_partial_run_touches_nothing_else_and_finds_its_documents(
    folder: Path, store: Path, embedder: Embedder
) -> None:
    ingest_paths([folder], store=store, embedder=embedder)
    (folder / "sub" / "c.html").write_text("<p>The mast costs 95 pounds.</p>")
    report = ingest_paths([folder / "sub" / "c.html"], store=store, embedder=embedder)
    assert statuses(report) == {"sub/c.html": "updated"}
    report = ingest_paths([folder / "sub"], store=store, embedder=embedder, sync=True)
    assert statuses(report) == {"sub/c.html": "unchanged"}
    assert names(store) == ["a.txt", "b.md", "sub/c.html"]


def test_a_wider_folder_renames_instead_of_doubling(
    folder: Path, store: Path, counting: CountingEmbedder
) -> None:
    ingest_paths([folder / "sub"], store=store, embedder=counting)
    assert names(store) == ["c.html"]
    before = counting.embedded
    ingest_paths([folder], store=store, embedder=counting)
    assert names(store) == ["a.txt", "b.md", "sub/c.html"]
    assert counting.embedded == before + 2, "a new name needs no new vector"


def test_two_roots_with_the_same_names(tmp_path: Path, store: Path, embedder: Embedder) -> None:
    for place, text in (("north", "It rains."), ("south", "It shines.")):
        (tmp_path / place).mkdir()
        (tmp_path / place / "readme.txt").write_text(text)
    ingest_paths([tmp_path / "north", tmp_path / "south"], store=store, embedder=embedder)
    assert names(store) == ["readme.txt", "south/readme.txt"]
    again = ingest_paths([tmp_path / "south", tmp_path / "north"], store=store, embedder=embedder)
    assert again.counts["unchanged"] == 2


def test_the_same_bytes_are_stored_once(
    folder: Path, store: Path, counting: CountingEmbedder
) -> None:
    (folder / "copy.txt").write_bytes((folder / "a.txt").read_bytes())
    before = counting.embedded
    report = ingest_paths([folder], store=store, embedder=counting)
    assert counting.embedded == before + 3
    receipt = next(one for one in report.files if one.path == "copy.txt")
    assert receipt.status == "added"
    assert receipt.reason == "the same bytes as a.txt, stored once"
    (folder / "a.txt").unlink()
    ingest_paths([folder], store=store, embedder=counting, sync=True)
    assert names(store) == ["b.md", "copy.txt", "sub/c.html"]
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
    assert str(found["photo.xyz"][1]).startswith("no reader for .xyz files")
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


def test_the_store_among_the_documents_is_not_read(folder: Path, embedder: Embedder) -> None:
    store = folder / "storage"
    ingest_paths([folder], store=store, embedder=embedder)
    report = ingest_paths([folder], store=store, embedder=embedder)
    assert report.counts["unchanged"] == len(report.files) == 3


def test_links_do_not_lead_out(folder: Path, store: Path, embedder: Embedder) -> None:
    outside = folder.parent / "secret.txt"
    outside.write_text("A secret.")
    (folder / "link.txt").symlink_to(outside)
    (folder / "again.txt").symlink_to(folder / "a.txt")
    report = ingest_paths([folder], store=store, embedder=embedder)
    assert report.counts["added"] == 3
    skipped = [receipt for receipt in report.files if receipt.status == "skipped"]
    assert [receipt.reason for receipt in skipped] == ["a link that leads out of the folder"]


@pytest.mark.parametrize("collection", ["Ü ber/../..", "default ", "DEFAULT", "💧" * 100])
def test_any_text_names_a_collection(
    folder: Path, store: Path, embedder: Embedder, collection: str
) -> None:
    ingest_paths([folder / "a.txt"], store=store, embedder=embedder)
    ingest_paths([folder / "b.md"], store=store, collection=collection, embedder=embedder)
    assert names(store) == ["a.txt"]
    assert names(store, collection) == ["b.md"]
    assert {path.parent for path in store.iterdir()} == {store}


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
    index = open_newest(Store(store, "default").index_directory)
    assert index is not None
    assert index.count == 2
    found = index.query(embedder.encode(["Something else."])[0], 5)
    assert {id_ for id_, _ in found} == chunk_ids(store)
    assert found[0][1] > 0.5 > found[1][1]
    index.close()


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
    index = open_newest(Store(store, "default").index_directory)
    assert index is not None and index.count == 3
    index.close()


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


def test_names_that_change_places_lose_nothing(
    folder: Path, store: Path, counting: CountingEmbedder
) -> None:
    """Found by the state machine: a file's old text went before its new name was stored."""
    (folder / "b.txt").write_text("It rains.\n")
    ingest_paths([folder], store=store, embedder=counting)
    before = counting.embedded
    (folder / "a.txt").rename(folder / "swap")
    (folder / "b.txt").rename(folder / "a.txt")
    (folder / "swap").rename(folder / "b.txt")
    ingest_paths([folder], store=store, embedder=counting, sync=True)
    assert counting.embedded == before
    (folder / "b.txt").rename(folder / "z.txt")
    (folder / "b.txt").write_text("Something new.\n")
    ingest_paths([folder], store=store, embedder=counting, sync=True)
    assert counting.embedded == before + 1
    with Catalog(Store(store, "default").catalog_path).reading() as view:
        assert view.document_text("a.txt") == "It rains.\n"
        assert view.document_text("b.txt") == "Something new.\n"
        assert view.document_text("z.txt") == "The red lamp means that the battery is low.\n"


def test_a_moved_folder_is_the_same_collection(
    folder: Path, store: Path, counting: CountingEmbedder
) -> None:
    ingest_paths([folder], store=store, embedder=counting)
    before = counting.embedded
    moved = folder.rename(folder.parent / "elsewhere")
    (moved / "b.md").unlink()
    report = ingest_paths([moved], store=store, embedder=counting, sync=True)
    assert counting.embedded == before
    assert statuses(report) == {"a.txt": "updated", "sub/c.html": "updated", "b.md": "deleted"}
    assert names(store) == ["a.txt", "sub/c.html"]
