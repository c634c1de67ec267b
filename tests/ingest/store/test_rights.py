"""What we make is for its owner's eyes only; the doctor says what is wider, and mends it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.catalog.writer import CatalogWriter
from ingest.index import process as index_process
from ingest.maintenance.backup import backup
from ingest.maintenance.doctor import examine
from ingest.store.directory import Store
from rag_app.cli.main import main
from rag_app.conversation.store import Conversations
from rag_app.web.uploads import save
from tests.support.synthetic import HashEmbedder

pytestmark = pytest.mark.skipif(os.name != "posix", reason="no such rights here")


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text("The lamp is red.")
    before = os.umask(0o022)
    try:
        place = tmp_path / "new" / "store"
        ingest_paths([tmp_path / "docs"], store=place, embedder=HashEmbedder())
        store = Store(place, "default")
        with CatalogWriter(store.catalog_path) as catalog:
            index_process.refresh(store, catalog)
            catalog.rewrite_words()
            journals = [*store.directory.glob("catalog.sqlite3-*")]
            assert journals and {rights(path) for path in journals} == {0o600}
        save(b"given", store.uploads_directory / "folder" / "b.txt")
        with Conversations(store)._file.writing():
            pass
        backup(store, tmp_path / "kept.backup")
    finally:
        os.umask(before)
    return store


def test_what_is_made_is_its_owners_alone(store: Store, tmp_path: Path) -> None:
    made = [store.root, *store.root.rglob("*")]
    assert len(made) > 10 and store.conversations_path in made
    wide = [path for path in made if rights(path) != (0o700 if path.is_dir() else 0o600)]
    assert wide == []
    assert rights(tmp_path / "kept.backup") == 0o600
    assert examine(store) == []


def test_the_doctor_says_what_is_wider_and_mends_it(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (store.directory, store.catalog_path, store.uploads_directory):
        path.chmod(0o755 if path.is_dir() else 0o644)
    # Opened again, a store keeps the rights that it has.
    ingest_paths([store.root.parent.parent / "docs"], store=store.root, embedder=HashEmbedder())
    assert rights(store.directory) == 0o755 and rights(store.catalog_path) == 0o644
    assert main(["doctor", "--store", str(store.root)]) == 1
    assert "Others on the machine can reach" in capsys.readouterr().out
    assert main(["doctor", "--fix", "--store", str(store.root)]) == 0
    assert rights(store.directory) == rights(store.uploads_directory) == 0o700
    assert rights(store.catalog_path) == 0o600
