"""A server over a copy of the sample documents, for all tests that change nothing others see."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ingest.embed.embedder import Embedder
from tests.rag_app.server.served import client, serving


@pytest.fixture(scope="module")
def store(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample store, which may be changed."""
    copy = tmp_path_factory.mktemp("served") / "store"
    shutil.copytree(sample, copy)
    return copy


@pytest.fixture(scope="module")
def address(store: Path, embedder: Embedder) -> Iterator[str]:
    """Where the copy is served, without keys."""
    with serving(store, embedder) as address:
        yield address


@pytest.fixture
def api(address: str) -> Iterator[httpx.Client]:
    with client(address) as api:
        yield api
