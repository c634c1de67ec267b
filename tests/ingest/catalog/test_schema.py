"""Catalogs of earlier versions, brought up to date."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.catalog import postings
from ingest.catalog.schema import SCHEMA_VERSION
from ingest.catalog.writer import CatalogWriter
from ingest.store.directory import Store
from tests.ingest.sources.test_sidecar import passing
from tests.support.synthetic import HashEmbedder

# The tables that the third version had, from those of today.
TO_THE_THIRD = """
DROP TABLE table_words;
DROP TABLE tables;
DROP TABLE scans;
DROP TABLE fields;
DROP TABLE chunk_words;
DROP TABLE word_blocks;
DROP TABLE postings;
ALTER TABLE documents DROP COLUMN metadata;
ALTER TABLE contents DROP COLUMN language;
PRAGMA user_version = 3;
"""


# The postings that the fifth version had, from those of today.
TO_THE_FIFTH = """
DROP TABLE table_words;
DROP TABLE tables;
DROP TABLE scans;
ALTER TABLE postings RENAME TO newer;
CREATE TABLE postings (
    block INTEGER NOT NULL,
    word INTEGER NOT NULL,
    chunks BLOB NOT NULL,
    counts BLOB NOT NULL,
    PRIMARY KEY (block, word)
) WITHOUT ROWID;
INSERT INTO postings SELECT block, word, chunks, counts FROM newer;
DROP TABLE newer;
PRAGMA user_version = 5;
"""


def test_a_catalog_of_the_fifth_version_keeps_its_words(
    folder: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postings, "BLOCK", 4)
    for number in range(10):
        (folder / f"{number}.txt").write_text(f"The lamp of mast {number} is high.")
    ingest_paths([folder], store=store, embedder=HashEmbedder())
    path = Store(store, "default").catalog_path
    ask = "SELECT word, block, chunks, counts FROM postings ORDER BY 1, 2"
    with closing(sqlite3.connect(path)) as catalog:
        expected = catalog.execute(ask).fetchall()
        catalog.executescript(TO_THE_FIFTH)
    with CatalogWriter(path) as catalog:
        assert catalog.connection.execute(ask).fetchall() == expected
        assert postings.check(catalog.connection, at_most=100)[1] == 0
    assert {block for _, block, _, _ in expected} == {0, 1, 2}


def test_a_catalog_of_the_third_version_gets_fields_and_languages(
    folder: Path, store: Path
) -> None:
    values = {"author": "Ada", "tags": ["x", 1, True, {"a": 1}, None], "ok": False, "n": {"a": 1}}
    front = "\n".join(f"{name}: {json.dumps(value)}" for name, value in values.items())
    (folder / "m.md").write_text(f"---\n{front}\npage: 3\n'q\"': 1.5\n---\nThe mast is high.")
    (folder / "de.txt").write_text("Die Garantie gilt für alle Teile zwei Jahre lang ab dem Kauf.")
    ingest_paths([folder], store=store, embedder=HashEmbedder())
    path = Store(store, "default").catalog_path
    with closing(sqlite3.connect(path)) as catalog:
        ask = "SELECT document, name, kind, value FROM fields ORDER BY 1, 2, 3, 4"
        expected = catalog.execute(ask).fetchall()
        assert [row[1:] for row in expected] == [
            ("author", "text", "Ada"), ("ok", "boolean", 0), ('q"', "number", 1.5),
            ("tags", "boolean", 1), ("tags", "number", 1), ("tags", "text", "x"),
        ]  # fmt: skip
        catalog.executescript(TO_THE_THIRD)
    with CatalogWriter(path) as catalog:
        assert catalog.connection.execute(ask).fetchall() == expected
        assert catalog.connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    assert passing(store, {"language": "de"}) == ["de.txt"]
    assert passing(store, {"tags": "x", "ok": False}) == ["m.md"]
