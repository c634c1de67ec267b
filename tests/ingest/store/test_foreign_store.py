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
from ingest.errors import StoreError, UsageError
from ingest.maintenance.backup import backup, restore
from ingest.maintenance.doctor import examine
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
    "name that is no text": """PRAGMA writable_schema = ON;
        UPDATE sqlite_master SET name = CAST(x'ff' AS TEXT), sql = 'x' WHERE name = 'receipts'""",
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


VALUES = {
    "blobs": "UPDATE chunks SET text = x'ff'",
    "another length": "UPDATE chunks SET vector = substr(vector, 1, 4) WHERE number = 1",
    "no JSON": "UPDATE chunks SET headings = 'x'",
    "too large": "INSERT INTO word_blocks VALUES (1 << 60, 1, x'', x'')",
    "rows that are not there": "UPDATE chunks SET content = 99 WHERE number = 1",
}


@pytest.mark.parametrize("kind", VALUES)
def test_values_that_are_not_ours_are_found(store: Store, tmp_path: Path, kind: str) -> None:
    backup(store, tmp_path / "copy")
    for path in (store.catalog_path, tmp_path / "copy"):
        poison(path, VALUES[kind])
    [finding] = examine(store)
    assert "does not write" in finding.what or "not there" in finding.what
    with pytest.raises(UsageError, match="damaged"):
        restore(store, tmp_path / "copy", wait_seconds=0)


def test_what_fails_over_such_values_is_an_error_of_the_store_and_else_ours(store: Store) -> None:
    with pytest.raises(TypeError), Catalog(store.catalog_path).reading() as view:
        view.chunks(5)  # type: ignore[arg-type]
    poison(store.catalog_path, VALUES["blobs"])
    with (
        pytest.raises(StoreError, match="values that rag-app does not write"),
        Catalog(store.catalog_path).reading() as view,
    ):
        view.chunks([id_ for ids, _ in view.vectors() for id_ in ids])


@pytest.mark.parametrize("name", ["writer.json", "index", "evaluations"])
def test_nothing_is_written_where_a_link_in_the_store_leads(
    store: Store, tmp_path: Path, name: str
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (store.directory / name).symlink_to(own / "file" if name == "writer.json" else own)
    with pytest.raises(StoreError, match="is a link"), store.write_lock(0):
        pass
    assert not list(own.iterdir())


def test_a_store_may_be_a_link_itself(store: Store, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(store.root, target_is_directory=True)
    with Store(tmp_path / "link", store.collection).write_lock(0):
        pass


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
