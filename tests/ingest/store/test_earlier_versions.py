"""What people have from earlier versions opens, is added to, and is restored from its backup."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.maintenance.backup import restore
from ingest.maintenance.doctor import examine
from ingest.store.directory import Store
from rag_app import AnswerSettings, Conversations, open_engine
from tests.conftest import REPOSITORY

KEPT = sorted((REPOSITORY / "tests" / "golden").glob("store-*.tar.gz"))
QUESTION = "How long is the notice period?"
NAMES = ["lease.md", "prices.csv"]


@pytest.fixture(params=KEPT, ids=lambda path: path.name.split(".tar")[0])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """What a version left: ``documents``, the ``store`` of them, and a ``backup``."""
    with tarfile.open(request.param) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path


def test_there_is_one_of_the_first_version() -> None:
    assert KEPT[0].name == "store-0.1.0.tar.gz"


def answers(store: Path, embedder: Embedder) -> None:
    with open_engine(store, answers=AnswerSettings(), embedder=embedder) as engine:
        assert [one.name for one in engine.documents()][:2] == NAMES
        answer = engine.ask(QUESTION)
        [citation, *_] = answer.citations
        text = engine.document_text(citation.document)
        assert text[citation.start : citation.end] == citation.quote
        assert "three months" in citation.quote and not answer.refused
        assert "65" in engine.ask("What is the total price?").text


def test_it_opens_and_answers_before_anything_is_written(old: Path, embedder: Embedder) -> None:
    answers(old / "store", embedder)
    [kept] = Conversations(Store(old / "store", "default")).listed()
    assert kept.title == QUESTION
    [exchange] = Conversations(Store(old / "store", "default")).open(kept.id).exchanges
    assert exchange.answer and exchange.answer.citations[0].document == "lease.md"


def test_it_is_added_to(old: Path, embedder: Embedder) -> None:
    (old / "zoo.md").write_text("# Garden\n\nThe hedge is cut in May.\n")
    report = ingest_paths([old / "zoo.md"], store=old / "store", embedder=embedder)
    assert report.counts["added"] == 1
    answers(old / "store", embedder)
    broken = [one for one in examine(Store(old / "store", "default")) if "file" not in str(one)]
    assert not broken


def test_its_backup_is_restored(old: Path, embedder: Embedder) -> None:
    store = Store(old / "other", "default")
    assert restore(store, old / "backup", wait_seconds=5) == len(NAMES)
    answers(old / "other", embedder)
