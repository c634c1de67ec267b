"""The command line as a function, and one embedding model for all that it opens."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.embed.embedder import Embedder
from rag_app.cli.main import main
from rag_app.eval import workplace as stores

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def one_model(embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading it takes a second, and many commands are run here."""
    monkeypatch.setattr(stores, "collection_embedder", lambda _: embedder)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``rag-app eval``: exit code, standard output, standard error."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["eval", *map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return run
