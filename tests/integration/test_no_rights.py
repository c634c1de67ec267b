"""A store that can only be read, and a user without a home: asking works, writing says why not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

import pytest

import ingest.maintenance.reembed
import ingest.pipeline
import rag_app.opening
from benchmarks.page.served import free_port
from ingest.catalog.view import Catalog
from ingest.catalog.writer import CatalogWriter
from ingest.errors import StoreError
from ingest.index.writer import refresh
from ingest.store.directory import Store
from rag_app import Conversation, Conversations, Exchange
from rag_app.cli.main import main
from rag_app.retrieval.retriever import Retriever
from tests.conftest import DATA, REPOSITORY
from tests.integration.test_processes import start
from tests.support.synthetic import HashEmbedder, clustered_vectors

pytestmark = pytest.mark.slow

# Not there, and nobody can make it, not even root.
HOMELESS = {**os.environ, "HOME": "/dev/null/home", "HF_HUB_OFFLINE": "1"}
REPORT = DATA / "documents" / "engineering" / "rg-12-field-calibration-report.txt"


@pytest.fixture(scope="module")
def left_by_a_kill(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store whose writer was killed: the last documents are in the journal only. Copied, never
    changed."""
    store = Store(tmp_path_factory.mktemp("killed"), "default")
    child = start("filler", store.root, store.root, 20)
    assert child.stdout is not None
    for line in child.stdout:
        if line.strip() == "stored d12":
            child.kill()
    child.communicate()
    assert (store.directory / "catalog.sqlite3-wal").stat().st_size
    return store


@pytest.fixture
def killed(left_by_a_kill: Store, tmp_path: Path) -> Store:
    store = Store(tmp_path / "killed", "default")
    shutil.copytree(left_by_a_kill.directory, store.directory)
    return store


@pytest.fixture
def read_only() -> Iterator[list[Path]]:
    """Folders put into this list can only be read, by root too."""
    folders: list[Path] = []
    yield folders
    for folder in folders:
        if os.geteuid() == 0:
            subprocess.run(["umount", "--lazy", folder], check=True)
        else:
            subprocess.run(["chmod", "-R", "u+w", folder], check=True)


def protect(folder: Path, read_only: list[Path]) -> None:
    if os.geteuid():
        subprocess.run(["chmod", "-R", "a-w", folder], check=True)
    else:
        for words in (["--bind", folder, folder], ["-o", "remount,bind,ro", folder]):
            if subprocess.run(["mount", *words], capture_output=True, check=False).returncode:
                pytest.skip("nothing can be mounted here")
    read_only.append(folder)


def test_conversations_are_read_where_nothing_can_be_written(
    tmp_path: Path, read_only: list[Path]
) -> None:
    store = Store(tmp_path / "store", "default")
    kept, conversation = Conversations(store), Conversation()
    kept.put(conversation, Exchange("Why?", partial="So."))
    protect(store.root, read_only)
    assert [one.title for one in kept.listed("so why")] == ["Why?"]
    assert kept.open(conversation.id).branch()[0].partial == "So."
    for change in (
        lambda: kept.put(conversation, Exchange("And?", partial="x")),
        lambda: kept.delete(conversation.id),
    ):
        with pytest.raises(StoreError, match=r"conversations in .* cannot be written"):
            change()


def names(store: Store) -> set[str]:
    with Catalog(store.catalog_path).reading() as view:
        return {document.name for document in view.documents()}


@pytest.mark.parametrize("journal", ["with its index", "alone", "folded in"])
def test_what_a_killed_writer_acknowledged_is_read(
    killed: Store, read_only: list[Path], journal: str
) -> None:
    acknowledged = {f"d{number}" for number in range(13)}
    if journal == "alone":
        (killed.directory / "catalog.sqlite3-shm").unlink()
    elif journal == "folded in":
        with killed.write_lock(0), CatalogWriter(killed.catalog_path) as catalog:
            refresh(catalog, killed.index_directory)
    protect(killed.root, read_only)
    assert names(killed) >= acknowledged
    with closing(Retriever(killed)) as retriever:
        for name in sorted(acknowledged):
            [found] = retriever.nearest(clustered_vectors(20, int(name[1:]))[7], 1)
            assert found.chunk.documents == (name,)


def run(*commands: Sequence[object]) -> subprocess.CompletedProcess[str]:
    """Some commands in one process without a home, which ends with the status of the last."""
    words = [[str(word) for word in one] for one in commands]
    code = (
        "import sys; from rag_app.cli.main import main;"
        f"sys.exit([main(one) for one in {words}][-1])"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        env=HOMELESS,
        capture_output=True,
        text=True,
        check=False,
    )


def test_commands_on_a_store_that_can_only_be_read(
    tmp_path: Path,
    read_only: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for module in (ingest.pipeline, ingest.maintenance.reembed, rag_app.opening):
        monkeypatch.setattr(module, "collection_embedder", lambda _: HashEmbedder())

    def run(*words: object) -> tuple[int, str]:
        code = main([*map(str, words), "--store", str(store)])
        return code, capsys.readouterr().err

    store, docs = tmp_path / "store", tmp_path / "docs"
    docs.mkdir()
    (docs / "lamp.txt").write_text("The red lamp means that the battery is low.")
    assert run("ingest", docs) == (0, "")
    protect(store, read_only)
    for asking in (["search", "red lamp"], ["status"], ["backup", tmp_path / "copy"], ["doctor"]):
        assert run(*asking) == (0, ""), asking
    for writing in (["ingest", docs], ["reembed"], ["restore", tmp_path / "copy"]):
        code, error = run(*writing)
        assert code == 3, writing
        assert error.count("\n") == 1, error
        assert "cannot be written" in error and "--store" in error


@pytest.mark.long
def test_nobody_needs_a_home(tmp_path: Path) -> None:
    store = tmp_path / "store"
    question = "Which instrument was calibrated in the field?"
    told = run(("ingest", REPORT, "--store", store), ("ask", question, "--store", store))
    assert told.returncode in (0, 1) and told.stderr == "", "answered or refused"
    port = free_port()
    chatting = [sys.executable, "-m", "rag_app", "chat", "--no-browser", "--without-login"]
    with subprocess.Popen(
        [*chatting, "--port", str(port)],
        cwd=REPOSITORY,
        env={**HOMELESS, "RAG_STORE": str(store)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as chat:
        try:
            assert healthy(f"http://127.0.0.1:{port}/_stcore/health"), chat.poll()
        finally:
            chat.kill()
        assert chat.stderr is not None and "Traceback" not in chat.stderr.read()


def healthy(url: str) -> bool:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(OSError), urllib.request.urlopen(url) as answer:
            return answer.status == 200
        time.sleep(0.2)
    return False
