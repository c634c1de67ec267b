"""A folder of three small documents, a place for its store, and a model that counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.folders import CountingEmbedder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three small documents."""
    folder = tmp_path / "docs"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text("The red lamp means that the battery is low.\n")
    (folder / "b.md").write_text("# Leave\n\nEveryone has 27 days of leave.\n")
    (folder / "sub" / "c.html").write_text("<title>Prices</title><p>The mast costs 90 pounds.</p>")
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture(scope="module")
def counting() -> CountingEmbedder:
    return CountingEmbedder()
