"""A small real store, and the page over it without a browser."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

import rag_app.ui
from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import Engine, open_engine
from rag_app.auth.logins import User
from rag_app.ui.session import engine as engines
from rag_app.ui.session.user import FIELD, header_value

APP = Path(rag_app.ui.__file__).parent / "app.py"
SECONDS = 60

FILES = {
    "gardens.md": (
        "# Garden rules\n\nThe garden gate is locked at nine in the evening. "
        "Dogs must be kept on a lead.\n\n## Water\n\nWatering is allowed before ten o'clock.\n"
    ),
    "library/loans.txt": (
        "LIBRARY LOANS\n\nA book may be kept for three weeks. "
        "The fine for a late book is 20 pence a day.\n"
    ),
}

OpenPage = Callable[..., AppTest]


@pytest.fixture(scope="session", autouse=True)
def packages_looked_through_once() -> Iterator[None]:
    """Each page without a browser would read what all installed packages say of themselves, for
    components of theirs: half a second."""
    looked = functools.cache(manifest_scanner.scan_component_manifests)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", looked)
        yield


@pytest.fixture(scope="session")
def made_store(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A store with two documents and a file that could not be read. Not to be changed."""
    folder = tmp_path_factory.mktemp("documents")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "broken.pdf").write_bytes(b"no PDF at all")
    store = tmp_path_factory.mktemp("store")
    report = ingest_paths([folder], store=store, embedder=embedder)
    assert report.counts["added"] == 2
    assert report.counts["failed"] == 1
    return store


@pytest.fixture
def small_store(made_store: Path, tmp_path: Path) -> Path:
    """A copy of it: what is asked is kept there."""
    return Path(shutil.copytree(made_store, tmp_path / "small"))


@pytest.fixture
def own_store(made_store: Path, tmp_path: Path) -> Path:
    """A copy of the store that a test may change."""
    return Path(shutil.copytree(made_store, tmp_path / "own"))


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch, embedder: Embedder) -> OpenPage:
    """Open the page over a store, with the model that is loaded already."""

    def open_with_model(store: str, *, collection: str) -> Engine:
        return open_engine(store, collection=collection, embedder=embedder)

    monkeypatch.setattr(engines, "open_engine", open_with_model)

    def open_page(
        store: Path, conversation: str | None = None, *, user: User | None = None
    ) -> AppTest:
        """``user`` is who the gate has let in, where there is a login."""
        monkeypatch.setenv("RAG_STORE", str(store))
        page = AppTest.from_file(APP, default_timeout=SECONDS)
        if user is not None:
            page.user = {FIELD: header_value(user, "a login").decode("ascii")}
        if conversation is not None:
            page.query_params["conversation"] = conversation
        return page.run()

    return open_page
