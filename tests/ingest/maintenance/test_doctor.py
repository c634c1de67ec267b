"""The doctor: quiet about what is well, in words about what is not, and it mends."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.catalog.writer import CatalogWriter
from ingest.embed.embedder import Embedder
from ingest.maintenance.doctor import examine, mend
from ingest.store.directory import Store
from rag_app.cli.main import main
from tests.support.synthetic import put, random_vectors


@pytest.fixture
def store(tmp_path: Path, embedder: Embedder) -> Store:
    (tmp_path / "docs").mkdir()
    for name in ("lamp", "mast", "rain"):
        (tmp_path / "docs" / f"{name}.txt").write_text(f"The {name} is checked every Monday.")
    ingest_paths([tmp_path / "docs"], store=tmp_path / "store", embedder=embedder)
    return Store(tmp_path / "store", "default")


def test_all_is_well(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert examine(store) == []
    assert main(["doctor", "--store", str(store.root)]) == 0
    assert "agree" in capsys.readouterr().out


def test_an_index_that_is_gone_or_damaged_is_mended(store: Store) -> None:
    shutil.rmtree(store.index_directory)
    [finding] = examine(store)
    assert "no sound index" in finding.what
    assert mend(store, [finding]) == []
    [snapshot] = store.index_directory.iterdir()
    (snapshot / "chroma.sqlite3").write_bytes(b"")
    [finding] = examine(store)
    assert mend(store, [finding]) == []


def test_files_that_are_gone_or_changed_are_named(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "docs" / "lamp.txt").unlink()
    (tmp_path / "docs" / "mast.txt").write_text("The mast is painted.")
    assert main(["doctor", "--fix", "--store", str(store.root)]) == 1
    out = capsys.readouterr().out
    assert "1 documents have lost their files, such as" in out and "lamp.txt" in out
    assert "1 files have changed since they were read" in out and "mast.txt" in out
    assert "rag-app ingest" in out and "--sync" in out


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("UPDATE chunks SET start = start + 1", "not the words that their offsets"),
        ("UPDATE chunks SET vector = zeroblob(length(vector))", "not of length one"),
        ("DELETE FROM documents WHERE name = 'rain.txt'", "belong to no document"),
    ],
)
def test_a_catalog_that_contradicts_itself(store: Store, damage: str, words: str) -> None:
    with closing(sqlite3.connect(store.catalog_path)) as catalog, catalog:
        catalog.execute(damage)
    [finding] = examine(store)
    assert words in finding.what
    assert finding.remedy is not None and "restore" in finding.remedy


def test_chunks_that_wait_for_the_index_are_told_where_they_are_many(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with CatalogWriter(store.catalog_path) as catalog:
        catalog.delete("rain.txt")
        assert examine(store)[1:] == [], "what is gone may stay in the index"
        put(catalog, "/new.txt", random_vectors(3, 1, dimension=384))
    assert examine(store)[1:] == [], "so few are compared at once"
    monkeypatch.setattr("ingest.maintenance.doctor.LAG", 3)
    finding = examine(store)[0]
    assert "lacks the 3 newest chunks" in finding.what
    assert all("index" not in one.what for one in mend(store, [finding]))


def test_backup_and_restore_as_commands(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.sqlite3"
    assert main(["backup", str(copy), "--store", str(store.root)]) == 0
    assert main(["restore", str(copy), "--store", str(tmp_path / "new")]) == 0
    assert capsys.readouterr().out.count("3 documents") == 2
    assert main(["restore", str(tmp_path / "none"), "--store", str(tmp_path / "new")]) == 2
    assert main(["doctor", "--store", str(tmp_path / "new")]) == 0
