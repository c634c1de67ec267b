"""A store or backup that somebody else made runs nothing of theirs, and is refused in one line."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from ingest.catalog.view import Catalog
from ingest.catalog.writer import CatalogWriter
from ingest.errors import StoreError
from ingest.maintenance.backup import backup, restore
from ingest.store.directory import Store
from rag_app.conversation.schema import ConversationFile
from tests.support.synthetic import put, random_vectors

# A trigger as the program's next writing fires it, a view and an index in the place of ours, a
# column that is computed: each is SQL of the file's own.
POISONS = {
    "trigger": """CREATE TRIGGER t AFTER UPDATE ON meta BEGIN DELETE FROM documents; END""",
    "view": """ALTER TABLE receipts RENAME TO kept; CREATE VIEW receipts AS SELECT * FROM kept""",
    "index": """CREATE INDEX i ON chunks (abs(page))""",
    "column": """ALTER TABLE meta ADD COLUMN c TEXT AS (upper(value))""",
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store", "default")
    store.create()
    with CatalogWriter(store.catalog_path) as catalog:
        put(catalog, "d", random_vectors(3, 1))
    return store


def poison(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(sql)


@pytest.mark.parametrize("kind", POISONS)
def test_a_catalog_with_sql_of_its_own_is_not_used(store: Store, kind: str) -> None:
    poison(store.catalog_path, POISONS[kind])
    before = store.catalog_path.read_bytes()
    with pytest.raises(StoreError, match="not made by rag-app"), CatalogWriter(store.catalog_path):
        pass
    with (
        pytest.raises(StoreError, match="not made by rag-app"),
        Catalog(store.catalog_path).reading(),
    ):
        pass
    assert store.catalog_path.read_bytes() == before


@pytest.mark.parametrize("kind", POISONS)
def test_a_backup_with_sql_of_its_own_is_not_restored(
    store: Store, tmp_path: Path, kind: str
) -> None:
    backup(store, tmp_path / "copy")
    poison(tmp_path / "copy", POISONS[kind])
    with pytest.raises(StoreError, match="not made by rag-app"):
        restore(store, tmp_path / "copy", wait_seconds=0)
    with Catalog(store.catalog_path).reading() as view:
        assert view.document_count() == 1


def test_conversations_with_sql_of_their_own_are_not_used(tmp_path: Path) -> None:
    file = ConversationFile(tmp_path / "conversations.sqlite3")
    with file.writing():
        pass
    poison(
        file.path,
        "CREATE TRIGGER t AFTER INSERT ON exchanges BEGIN DELETE FROM conversations; END",
    )
    with pytest.raises(StoreError, match="not made by rag-app"), file.writing():
        pass
    with pytest.raises(StoreError, match="not made by rag-app"), file.reading():
        pass


@pytest.mark.parametrize("command", [["status"], ["search", "lamp"], ["doctor", "--fix"]])
def test_the_commands_say_so_in_a_line(store: Store, command: list[str]) -> None:
    poison(store.catalog_path, POISONS["trigger"])
    done = subprocess.run(
        [sys.executable, "-m", "rag_app", *command, "--store", str(store.root)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 3
    assert "not made by rag-app" in done.stderr
    assert "Traceback" not in done.stderr
