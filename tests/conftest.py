"""What all tests share: a clean environment, the real model, and the ingested sample documents."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed import Embedder
from ingest.records import IngestReport
from rag_app import AnswerSettings, Engine, open_engine

REPOSITORY = Path(__file__).resolve().parent.parent
DATA = REPOSITORY / "data"

# Nothing may be fetched: a library that tries fails at once instead of waiting.
os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings of the machine, no .env and no rag.toml reach a test."""
    for name in list(os.environ):
        if name.startswith(("RAG_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The default model, loaded once."""
    return Embedder()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A store with the sample documents. Not to be changed."""
    store = tmp_path_factory.mktemp("sample") / "store"
    report: IngestReport = ingest_paths([DATA / "documents"], store=store, embedder=embedder)
    assert report.counts["failed"] == 0, report.files
    return store


@pytest.fixture
def sample_engine(sample: Path, embedder: Embedder) -> Iterator[Engine]:
    """An engine over the sample documents, without an LLM."""
    with open_engine(sample, answers=AnswerSettings()) as engine:
        engine.embedder = embedder
        yield engine
