"""A store of documents that are all alike, one model, and the command line as a function."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, Engine, open_engine, opening
from rag_app.cli.main import main
from tests.rag_app.eval.calibration.works import PLACES, machine

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A store of documents that are all alike but for names and numbers. Not to be changed."""
    folder = tmp_path_factory.mktemp("works")
    (folder / "docs").mkdir()
    for number, name in enumerate(PLACES):
        (folder / "docs" / f"{name.lower()}.md").write_text(machine(name, number))
    ingest_paths([folder / "docs"], store=folder / "store", embedder=embedder)
    return folder / "store"


@pytest.fixture
def store(works: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    shutil.copytree(works, tmp_path / "store")
    return tmp_path / "store"


@pytest.fixture(autouse=True)
def one_model_for_engines(embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "collection_embedder", lambda _: embedder)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: object) -> tuple[int, str, str]:
        code = main([*map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def engine(store: Path) -> Iterator[Engine]:
    with open_engine(store, answers=AnswerSettings()) as opened:
        yield opened
