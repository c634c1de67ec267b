"""Unchanged files that are read again: what they say now takes the place of what they said."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.catalog.view import Catalog
from ingest.maintenance.doctor import examine
from ingest.store.directory import Store
from rag_app import open_engine
from tests.ingest.run.test_unchanged import bytes_of
from tests.support.folders import CountingEmbedder, chunk_ids, read_as_before, statuses


@pytest.fixture
def earlier(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Files are read by an earlier version, until it is undone."""
    read_as_before(monkeypatch)
    return monkeypatch


def text_of(store: Path, name: str) -> str | None:
    with Catalog(Store(store, "default").catalog_path).reading() as view:
        return view.document_text(name)


def test_what_says_the_same_is_neither_embedded_nor_written(
    folder: Path, store: Path, counting: CountingEmbedder
) -> None:
    ingest_paths([folder], store=store, embedder=counting)
    files, before = bytes_of(store), counting.embedded
    report = ingest_paths([folder], store=store, embedder=counting, reread=True)
    assert set(statuses(report).values()) == {"unchanged"}
    assert (bytes_of(store), counting.embedded) == (files, before)


def test_what_says_something_else_is_replaced_under_all_its_names(
    folder: Path, store: Path, counting: CountingEmbedder, earlier: pytest.MonkeyPatch
) -> None:
    words = (folder / "a.txt").read_text()
    (folder / "sub" / "copy.txt").write_text(words)
    with zipfile.ZipFile(folder / "old.zip", "w") as archive:
        archive.writestr("copy.txt", words)
    ingest_paths([folder], store=store, embedder=counting)
    assert "lump" in (text_of(store, "a.txt") or "")
    ids = chunk_ids(store)
    earlier.undo()
    assert set(statuses(ingest_paths([folder], store=store, embedder=counting)).values()) == {
        "unchanged"
    }
    before = counting.embedded
    with open_engine(store, embedder=counting) as engine:
        assert engine.search("battery", 1)
        report = ingest_paths([folder], store=store, embedder=counting, reread=True)
        [hit] = engine.search("lamp battery", 1, mode="keyword")
        assert "lamp" in hit.text and hit.metadata["title"] != "Lumps"
        assert not [one for one in engine.search("lump", 5, mode="keyword") if "lump" in one.text]
    copies = ("a.txt", "sub/copy.txt", "old.zip/copy.txt")
    assert {statuses(report)[name] for name in copies} == {"updated"}
    assert {text_of(store, name) for name in copies} == {words}
    assert counting.embedded == before + 3, "equal bytes are embedded once"
    assert len(chunk_ids(store)) == len(ids)
    assert examine(Store(store, "default")) == []
    again = ingest_paths([folder], store=store, embedder=counting, reread=True)
    assert set(statuses(again).values()) == {"unchanged"}


def test_one_of_two_names_is_enough(
    folder: Path, store: Path, counting: CountingEmbedder, earlier: pytest.MonkeyPatch
) -> None:
    (folder / "copy.txt").write_text((folder / "a.txt").read_text())
    ingest_paths([folder], store=store, embedder=counting)
    earlier.undo()
    report = ingest_paths([folder / "a.txt"], store=store, embedder=counting, reread=True)
    assert statuses(report) == {"a.txt": "updated"}
    assert "lamp" in (text_of(store, "copy.txt") or "")
    assert examine(Store(store, "default")) == []


def test_a_file_that_is_gone_or_broken_loses_nothing(
    folder: Path, store: Path, counting: CountingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest_paths([folder], store=store, embedder=counting)
    before = {name: text_of(store, name) for name in ("a.txt", "b.md")}
    (folder / "a.txt").unlink()
    monkeypatch.setenv("RAG_MAX_FILE_MEGABYTES", "1")
    (folder / "b.md").write_bytes(b"#" * 1_100_000)
    report = ingest_paths(
        [folder / "a.txt", folder / "b.md"], store=store, embedder=counting, reread=True
    )
    told = {one.path: (one.status, one.reason or "") for one in report.files}
    assert told["a.txt"] == (
        "failed",
        "there is no such file or folder; what it said before still answers",
    )
    assert told["b.md"][0] == "failed" and "still answers" in told["b.md"][1]
    assert {name: text_of(store, name) for name in before} == before
