"""Zipped folders: each file in them is a document, kept true to the archive."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.catalog.view import Catalog
from ingest.embed.embedder import Embedder
from ingest.records import IngestReport
from ingest.store.directory import Store
from tests.support.synthetic import HashEmbedder


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "outside.txt").write_text("The lamp is red.")
    return folder


def pack(path: Path, files: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)


def run(folder: Path, embedder: Embedder, *, sync: bool = False) -> IngestReport:
    return ingest_paths([folder], store=folder.parent / "store", embedder=embedder, sync=sync)


def statuses(report: IngestReport) -> dict[str, str]:
    return {receipt.path: receipt.status for receipt in report.files}


def texts(folder: Path) -> dict[str, str | None]:
    with Catalog(Store(folder.parent / "store", "default").catalog_path).reading() as view:
        return {one.name: view.document_text(one.name) for one in view.documents()}


def test_files_in_an_archive_are_documents(folder: Path, embedder: HashEmbedder) -> None:
    pack(
        folder / "old.zip",
        {"a.txt": "It rains.", "deep/b.md": "# Snow\n\nIt snows.", "same.txt": "The lamp is red."},
    )
    report = run(folder, embedder)
    assert statuses(report) == {
        "old.zip/a.txt": "added",
        "old.zip/deep/b.md": "added",
        "old.zip/same.txt": "added",
        "outside.txt": "added",
    }
    assert embedder.embedded == 3, "the same bytes inside and outside are embedded once"
    assert texts(folder)["old.zip/deep/b.md"] == "Snow\n\nIt snows."
    again = run(folder, embedder, sync=True)
    assert set(statuses(again).values()) == {"unchanged"}
    assert len(again.files) == 4
    assert embedder.embedded == 3


def test_an_archive_that_changes_and_goes(folder: Path, embedder: HashEmbedder) -> None:
    pack(folder / "old.zip", {"a.txt": "It rains.", "b.txt": "It snows."})
    run(folder, embedder)
    pack(folder / "old.zip", {"b.txt": "It snows.", "c.txt": "It hails."})
    assert statuses(run(folder, embedder)) == {
        "old.zip/a.txt": "deleted",
        "old.zip/b.txt": "unchanged",
        "old.zip/c.txt": "added",
        "outside.txt": "unchanged",
    }
    assert embedder.embedded == 4
    (folder / "old.zip").write_bytes((folder / "old.zip").read_bytes()[:60])
    report = run(folder, embedder, sync=True)
    assert statuses(report)["old.zip"] == "failed"
    assert set(texts(folder)) == {"old.zip/b.txt", "old.zip/c.txt", "outside.txt"}
    (folder / "old.zip").write_text("Only its name is a zip.")
    assert statuses(run(folder, embedder))["old.zip"] == "failed"
    assert len(texts(folder)) == 3
    (folder / "old.zip").unlink()
    run(folder, embedder, sync=True)
    assert set(texts(folder)) == {"outside.txt"}


def test_what_an_archive_may_not_do(folder: Path, embedder: HashEmbedder) -> None:
    pack(
        folder / "bad.zip",
        {
            "../../evil.txt": "Outside.",
            "/evil2.txt": "Outside.",
            "good.txt": "Inside.",
            "x.exe": "MZ\x00\x00",
            "e.txt": "",
        },
    )
    pack(folder / "empty.zip", {})
    found = {receipt.path: receipt for receipt in run(folder, embedder).files}
    assert found["bad.zip/good.txt"].status == "added"
    outside = [one for path, one in found.items() if "evil" in path]
    assert len(outside) == 2
    assert all(one.status == "failed" and "leads out" in str(one.reason) for one in outside)
    assert found["bad.zip/x.exe"].status == "skipped"
    assert found["bad.zip/e.txt"].status == "skipped"
    assert found["empty.zip"].status == "skipped"
    assert not list(folder.parent.rglob("evil.txt"))


def test_a_file_renamed_in_an_archive_is_the_same(folder: Path, embedder: HashEmbedder) -> None:
    pack(folder / "old.zip", {"a.txt": "It rains."})
    run(folder, embedder)
    pack(folder / "old.zip", {"z.txt": "It rains."})
    assert statuses(run(folder, embedder)) == {
        "old.zip/z.txt": "added",
        "old.zip/a.txt": "deleted",
        "outside.txt": "unchanged",
    }
    assert embedder.embedded == 2
    assert texts(folder)["old.zip/z.txt"] == "It rains."


def test_an_archive_in_another_one_is_kept_true_to(folder: Path, embedder: HashEmbedder) -> None:
    inner = folder.parent / "in.tar.gz"
    for text in ("It hails.", "It snows."):
        (folder.parent / "deep.txt").write_text(text)
        with tarfile.open(inner, "w:gz") as archive:
            archive.add(folder.parent / "deep.txt", "deep.txt")
        with zipfile.ZipFile(folder / "old.zip", "w") as outer:
            outer.write(inner, "in.tar.gz")
            outer.writestr("a.txt", "It rains.")
        run(folder, embedder, sync=True)
        assert texts(folder)["old.zip/in.tar.gz/deep.txt"] == text
        assert set(statuses(run(folder, embedder, sync=True)).values()) == {"unchanged"}
    pack(folder / "old.zip", {"a.txt": "It rains."})
    assert statuses(run(folder, embedder, sync=True))["old.zip/in.tar.gz/deep.txt"] == "deleted"
