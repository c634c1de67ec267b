"""Stopping a run between documents: what is stored is whole, what is left comes next time."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest import FileReceipt, IngestReport, ingest_paths
from ingest.progress import NoProgress
from ingest.run.steps import BATCH_CHUNKS
from ingest.store.directory import Store
from rag_app import open_engine
from tests.support.synthetic import HashEmbedder


class StopsAfter(NoProgress):
    """Asks for no more when so many files have their receipts."""

    def __init__(self, files: int) -> None:
        self.stop = threading.Event()
        self._left = files

    def finished(self, receipt: FileReceipt, work: float) -> None:  # noqa: ARG002
        self._left -= 1
        if self._left <= 0:
            self.stop.set()


class StopsInTheMiddle(HashEmbedder):
    """Asks for no more when it has embedded the first texts of a document."""

    stop = threading.Event()

    def encode(self, texts):  # type: ignore[no-untyped-def]
        self.stop.set()
        return super().encode(texts)


class StopsWhileItIsCut(HashEmbedder):
    """Asks for no more when the first sentences of a long document are measured."""

    stop = threading.Event()

    def token_spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        self.stop.set()
        return super().token_spans(texts)


def many(folder: Path, count: int) -> None:
    folder.mkdir()
    for number in range(count):
        (folder / f"note-{number:04}.txt").write_text(f"Note {number} is about lamp {number}.")


def statuses(report: IngestReport) -> dict[str, int]:
    return {name: count for name, count in report.counts.items() if count and name != "chunks"}


def names(store: Path) -> set[str]:
    with open_engine(store) as engine:
        return {document.name for document in engine.documents()}


def test_what_is_done_stays_and_the_rest_is_said_to_be_left(tmp_path: Path) -> None:
    count = BATCH_CHUNKS + 40
    many(tmp_path / "notes", count)
    (tmp_path / "notes" / "blank.txt").write_text(" ")
    ends = StopsAfter(3)
    store, embedder = tmp_path / "store", HashEmbedder()
    report = ingest_paths(
        [tmp_path / "notes"], store=store, embedder=embedder, progress=ends, stop=ends.stop
    )
    assert len(report.files) == count + 1, "each file has one receipt"
    done = statuses(report)
    assert done["added"] + done["skipped"] == count + 1
    left = [receipt for receipt in report.files if receipt.reason and "stopped" in receipt.reason]
    assert left and done["added"] == len(names(store))
    assert not {receipt.path for receipt in left} & names(store)
    with open_engine(store) as engine:
        assert all("stopped" not in (receipt.reason or "") for receipt in engine.receipts())

    again = ingest_paths([tmp_path / "notes"], store=store, embedder=embedder)
    assert again.counts["unchanged"] == done["added"]
    assert len(names(store)) == count


def test_a_long_document_that_is_being_cut_is_left_and_no_bug_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "long.txt").write_text("The lamp is lit at nine. " * 20_000)
    embedder = StopsWhileItIsCut()
    report = ingest_paths(
        [tmp_path / "long.txt"], store=tmp_path / "store", embedder=embedder, stop=embedder.stop
    )
    assert statuses(report) == {"skipped": 1} and len(report.files) == 1
    assert not caplog.records


def test_a_document_in_the_middle_is_not_half_stored(tmp_path: Path) -> None:
    sentences = (f"Lamp number {number} is green. " * 60 for number in range(200))
    (tmp_path / "long.md").write_text("\n\n".join(sentences))
    before = tmp_path / "before.txt"
    before.write_text("It was here before.")
    store = tmp_path / "store"
    ingest_paths([before], store=store, embedder=HashEmbedder())
    slow = StopsInTheMiddle()
    slow.stop.clear()
    report = ingest_paths([tmp_path / "long.md"], store=store, embedder=slow, stop=slow.stop)
    assert statuses(report) == {"skipped": 1}
    assert names(store) == {"before.txt"}
    with open_engine(store) as engine:
        assert engine.status()["chunks"] == 1
    ingest_paths([tmp_path / "long.md"], store=store, embedder=HashEmbedder())
    assert names(store) == {"before.txt", "long.md"}


def test_nothing_is_deleted_by_a_run_that_was_stopped(tmp_path: Path) -> None:
    folder, store = tmp_path / "notes", tmp_path / "store"
    many(folder, 3)
    ingest_paths([folder], store=store, embedder=HashEmbedder())
    (folder / "note-0000.txt").unlink()
    stop = threading.Event()
    stop.set()
    report = ingest_paths([folder], store=store, embedder=HashEmbedder(), sync=True, stop=stop)
    assert statuses(report) == {"skipped": 2}
    assert len(names(store)) == 3


def test_an_archive_of_which_a_part_was_read_is_read_again(tmp_path: Path) -> None:
    count = BATCH_CHUNKS + 40
    with zipfile.ZipFile(tmp_path / "notes.zip", "w") as archive:
        for number in range(count):
            archive.writestr(f"note-{number:04}.txt", f"Note {number} is about lamp {number}.")
    ends = StopsAfter(1)
    store, embedder = tmp_path / "store", HashEmbedder()
    given = [tmp_path / "notes.zip"]
    report = ingest_paths(given, store=store, embedder=embedder, progress=ends, stop=ends.stop)
    part = report.counts["added"]
    assert 0 < part < count
    assert report.files[-1].path == "notes.zip"
    with open_engine(store) as engine:
        assert [receipt.reason for receipt in engine.receipts() if receipt.path == "notes.zip"] == [
            "not all of it was read yet; ingest it again"
        ]
    again = ingest_paths(given, store=store, embedder=embedder)
    assert statuses(again) == {"unchanged": part, "added": count - part}
    assert statuses(ingest_paths(given, store=store, embedder=embedder)) == {"unchanged": count}
    with open_engine(store) as engine:
        assert not [receipt for receipt in engine.receipts() if receipt.path == "notes.zip"]


@pytest.mark.parametrize("name", ["a.txt", "deep/er/a.txt"])
def test_names_are_relative_to_a_root_that_is_given(tmp_path: Path, name: str) -> None:
    path = tmp_path / "files" / name
    path.parent.mkdir(parents=True)
    path.write_text("The lamp is green.")
    store = tmp_path / "store"
    for _ in range(2):
        ingest_paths([path], store=store, embedder=HashEmbedder(), root=tmp_path / "files")
    assert names(store) == {name}
    assert Store(store, "default").exists


def test_a_large_text_is_left_while_it_is_cut(tmp_path: Path) -> None:
    """Megabytes are cut for a minute; who has enough does not wait for the rest of them."""

    class StopsWhileCutting(HashEmbedder):
        stop = threading.Event()
        cut = 0

        def token_spans(self, texts):  # type: ignore[no-untyped-def]
            self.cut += 1
            self.stop.set()
            return super().token_spans(texts)

    (tmp_path / "large.txt").write_text("The lamp is on. " * 60_000)
    embedder = StopsWhileCutting()
    report = ingest_paths(
        [tmp_path / "large.txt"],
        store=tmp_path / "store",
        embedder=embedder,
        stop=embedder.stop,
    )
    assert statuses(report) == {"skipped": 1} and embedder.cut == 1
