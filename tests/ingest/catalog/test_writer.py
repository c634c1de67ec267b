"""The writer of a catalog, apart from what the tests of ingestion show of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.catalog.writer import CatalogWriter
from ingest.errors import StoreError


def test_an_error_of_the_engine_leaves_as_a_store_error(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite3"
    with (
        pytest.raises(StoreError, match=r"catalog\.sqlite3 cannot be used \(no such table"),
        CatalogWriter(path) as catalog,
    ):
        catalog.connection.execute("DROP TABLE chunks")
        catalog.chunk_count()
