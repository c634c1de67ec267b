"""What all tests share: a clean environment, the real model, and the ingested sample documents."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from ingest import cli, ingest_paths
from ingest.catalog.view import Catalog
from ingest.embed.embedder import Embedder
from ingest.index import process as index_process
from ingest.index.writer import SegmentPlan, make_segment
from ingest.records import IngestReport
from ingest.store.directory import Store
from rag_app import AnswerSettings, Engine, open_engine

REPOSITORY = Path(__file__).resolve().parent.parent
DATA = REPOSITORY / "data"

MAKE_IN_PROCESS = index_process.make_in_process

# Nothing may be fetched: a library that tries fails at once instead of waiting.
os.environ["HF_HUB_OFFLINE"] = "1"

# One commit, one verdict. New examples are looked for with --hypothesis-profile=default.
# How long an example takes says nothing on a machine that does other things too.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings of the machine, no .env and no rag.toml reach a test."""
    for name in list(os.environ):
        if name.startswith(("RAG_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session", autouse=True)
def own_folders_are_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Logins and remembered LLMs are not among those of who runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield


@pytest.fixture(scope="session", autouse=True)
def index_is_made_in_this_process() -> Iterator[None]:
    """Where nothing is said of processes: one that imports Chroma takes a second to start, and
    hundreds of tests ingest something. Tests of programs start them as their users do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index_process, "make_in_process", make_here)
        yield


def make_here(store: Store, part: SegmentPlan) -> None:
    """Make a segment as its process does."""
    with Catalog(store.catalog_path).reading() as view:
        make_segment(view, part, store.index_directory)


@pytest.fixture(scope="session", autouse=True)
def this_process_gives_way_to_nobody() -> Iterator[None]:
    """The command line does for the rest of its process, which here is that of all later tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli, "POLITE", 0)
        yield


@pytest.fixture
def index_is_made_in_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is for users."""
    monkeypatch.setattr(index_process, "make_in_process", MAKE_IN_PROCESS)


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
    with open_engine(sample, answers=AnswerSettings(), embedder=embedder) as engine:
        yield engine
