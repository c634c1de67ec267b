"""Whatever happens to one file is told in its receipt, and its neighbours are ingested."""

from __future__ import annotations

import logging
import os
import zipfile
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.catalog.view import Catalog
from ingest.errors import EmbedderError, StoreError
from ingest.records import FileReceipt
from ingest.run import examine, steps
from ingest.similarity import Vectors
from ingest.store.directory import Store
from tests.support.synthetic import HashEmbedder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("The lamp is red.")
    (folder / "z.txt").write_text("The mast is high.")
    return folder


def run(folder: Path, embedder: HashEmbedder | None = None) -> dict[str, FileReceipt]:
    report = ingest_paths(
        [folder], store=folder.parent / "store", embedder=embedder or HashEmbedder()
    )
    return {receipt.path: receipt for receipt in report.files}


def test_a_path_of_many_folders_in_an_archive(folder: Path) -> None:
    with zipfile.ZipFile(folder / "deep.zip", "w") as archive:
        archive.writestr("d/" * 1000 + "x.txt", "far down")
        archive.writestr("long" * 500 + ".txt", "a long name")
        archive.writestr("near/b.txt", "It rains.")
    receipts = run(folder)
    assert {name: one.status for name, one in receipts.items() if one.status == "added"} == {
        "a.txt": "added",
        "deep.zip/near/b.txt": "added",
        "z.txt": "added",
    }
    failed = [one for one in receipts.values() if one.status == "failed"]
    assert len(failed) == 2
    for receipt in failed:
        assert receipt.reason and "more than 100 folders, or is too long" in receipt.reason
        assert len(receipt.path) < 120
    assert run(folder)["z.txt"].status == "unchanged"


def test_a_file_in_many_folders_on_disk(folder: Path) -> None:
    before = Path.cwd()
    try:
        os.chdir(folder)
        for _ in range(400):
            os.mkdir("d")  # noqa: PTH102
            os.chdir("d")
        Path("deep.txt").write_text("far down")
    finally:
        os.chdir(before)
    assert {one.status for one in run(folder).values()} == {"added"}


def test_any_exception_of_a_file_is_its_receipt(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "bad.txt").write_text("odd")
    with zipfile.ZipFile(folder / "bad.zip", "w") as archive:
        archive.writestr("bad.txt", "odd one")
        archive.writestr("good.txt", "It hails.")
    real = examine.chunk_document

    def chunk(document, *rest, **more):
        if document.text.startswith("odd"):
            raise RecursionError("too deep")
        return real(document, *rest, **more)

    monkeypatch.setattr(examine, "chunk_document", chunk)
    with caplog.at_level(logging.ERROR):
        receipts = run(folder)
    failed = {name for name, one in receipts.items() if one.status == "failed"}
    assert failed == {"bad.txt", "bad.zip/bad.txt"}
    assert receipts["bad.txt"].reason == "it cannot be read: RecursionError: too deep"
    assert "Traceback" in caplog.text
    assert sum(one.status == "added" for one in receipts.values()) == 3


def test_any_exception_in_storing_a_file_is_its_receipt(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "bad.txt").write_text("odd " * 2000)
    (folder / "same.txt").write_text("odd " * 2000)
    real = steps.note_of

    def note(document):
        if document.text.startswith("odd"):
            raise ZeroDivisionError
        return real(document)

    monkeypatch.setattr(steps, "note_of", note)
    receipts = run(folder)
    assert receipts["bad.txt"].reason == "it cannot be read: ZeroDivisionError"
    assert "duplicate of" in (receipts["same.txt"].reason or "")
    assert receipts["a.txt"].status == receipts["z.txt"].status == "added"
    place = folder.parent / "store"
    with Catalog(Store(place, "default").catalog_path).reading() as view:
        vectors = [row for _, rows in view.vectors() for row in rows]
    assert len(vectors) == 2
    alone = HashEmbedder().encode(["The mast is high."])[0]
    assert any((row == alone).all() for row in vectors), "each has its own vectors"


@pytest.mark.parametrize("error", [EmbedderError("no model"), RuntimeError("no memory")])
def test_errors_of_the_embedder_end_the_run(folder: Path, error: Exception) -> None:
    class Broken(HashEmbedder):
        def encode(self, *_: object, **__: object) -> Vectors:
            raise error

    with pytest.raises(type(error)):
        run(folder, Broken())


def test_errors_of_the_store_end_the_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise StoreError("full")

    monkeypatch.setattr("ingest.catalog.writer.CatalogWriter.put_all", fail)
    with pytest.raises(StoreError):
        run(folder)


def test_a_small_file_does_not_come_to_any_number_of_chunks(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examine, "MOST_CHUNKS", 100)  # as for a file of 500 times the size
    words = "".join(f"<p>{'It rains again. ' * 20}</p>" for _ in range(1500))
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="b.opf"/></rootfiles></container>'
    )
    book = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata/><manifest>'
        '<item id="a" href="a.html" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine>'
        "</package>"
    )
    with zipfile.ZipFile(folder / "book.epub", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("META-INF/container.xml", container)
        archive.writestr("b.opf", book)
        archive.writestr("a.html", f"<html><body>{words}</body></html>")
    (folder / "plain.txt").write_text("It rains again and again. " * 4000)
    receipts = run(folder)
    assert receipts["book.epub"].status == "failed"
    reason = receipts["book.epub"].reason or ""
    assert "chunks, of which a file of its size may have" in reason
    assert receipts["plain.txt"].status == "added" and receipts["plain.txt"].chunks > 50
    assert receipts["z.txt"].status == "added"
