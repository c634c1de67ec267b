"""Collections of a store: names of any text, one step each, safe from kills and from each other."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest import (
    collection_names,
    create_collection,
    delete_collection,
    ingest_paths,
    list_collections,
    rename_collection,
)
from ingest.catalog.view import Catalog
from ingest.errors import StoreEmpty, StoreError, StoreLocked, UsageError
from ingest.index.repair import heal
from ingest.settings import IndexSettings
from ingest.store.collections import renamed_to
from ingest.store.directory import Store
from rag_app.retrieval.query import analyzed
from rag_app.retrieval.retriever import Retriever
from tests.conftest import REPOSITORY
from tests.support.synthetic import HashEmbedder

NAMES = ["default", "Étude 1", "a/../../b", ".hidden", "CON", "  ", "\x00\n", "名前", "x" * 300,
         "half \ud800 pair", "Default"]  # fmt: skip
EMBEDDER = HashEmbedder()
TEXT = "The gate opens at nine.\n"


def ingest(store: Path, name: str, text: str = TEXT, file: str = "a.txt") -> None:
    """Put a file where uploads are kept, and ingest it."""
    place = Store(store, name)
    place.uploads_directory.mkdir(parents=True, exist_ok=True)
    (place.uploads_directory / file).write_text(text)
    report = ingest_paths(
        [place.uploads_directory / file],
        settings=IndexSettings(store=store, collection=name, lock_seconds=0),
        embedder=EMBEDDER,
    )
    assert not report.counts["failed"], report.files


def texts(store: Path, name: str) -> dict[str, str | None]:
    try:
        with Catalog(Store(store, name).catalog_path).reading() as view:
            return {one.name: view.document_text(one.name) for one in view.documents()}
    except StoreEmpty:
        return {}


def test_any_text_is_a_name(tmp_path: Path) -> None:
    for name in NAMES:
        create_collection(name, store=tmp_path)
    assert set(collection_names(tmp_path)) == set(NAMES)
    assert all(path.parent == tmp_path for path in tmp_path.iterdir())
    ingest(tmp_path, "名前")
    rename_collection("名前", "../x", store=tmp_path)
    assert texts(tmp_path, "../x") == {"a.txt": TEXT}
    for name in {*NAMES, "../x"} - {"名前"}:
        delete_collection(name, store=tmp_path)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UsageError, match="needs a name"):
        create_collection("", store=tmp_path)


def test_what_is_listed(tmp_path: Path) -> None:
    assert list_collections(tmp_path / "none") == []
    ingest(tmp_path, "full")
    create_collection("Empty", store=tmp_path)
    (tmp_path / "not ours").mkdir()
    empty, full = list_collections(tmp_path)
    assert (empty.name, empty.documents, empty.chunks, empty.changed) == ("Empty", 0, 0, None)
    assert (full.name, full.documents, full.chunks) == ("full", 1, 1)
    assert full.changed is not None


def test_a_collection_of_an_earlier_version_is_known_by_its_directory_or_once_written_to(
    tmp_path: Path,
) -> None:
    for name in ("default", "Étude"):
        ingest(tmp_path, name)
        (Store(tmp_path, name).directory / "collection.json").unlink()
    assert [one.name for one in list_collections(tmp_path)] == ["default", None]
    ingest(tmp_path, "Étude")
    assert collection_names(tmp_path) == ["default", "Étude"]


def test_what_cannot_be_done_is_refused(tmp_path: Path) -> None:
    ingest(tmp_path, "a")
    ingest(tmp_path, "b")
    for refused in (
        lambda: create_collection("a", store=tmp_path),
        lambda: rename_collection("a", "b", store=tmp_path),
        lambda: rename_collection("none", "c", store=tmp_path),
        lambda: delete_collection("none", store=tmp_path),
    ):
        with pytest.raises(UsageError, match=r"There is (a|no) collection"):
            refused()
    rename_collection("a", "a", store=tmp_path)
    assert texts(tmp_path, "a") == texts(tmp_path, "b") == {"a.txt": TEXT}
    assert not Store(tmp_path, "none").directory.exists()


def test_what_a_killed_process_left_of_no_collection_is_in_nobodys_way(tmp_path: Path) -> None:
    ingest(tmp_path, "a")
    for name in ("b", "c"):
        Store(tmp_path, name).create()
        (Store(tmp_path, name).directory / "write.lock").touch()
    assert collection_names(tmp_path) == ["a"]
    create_collection("b", store=tmp_path)
    rename_collection("a", "c", store=tmp_path)
    assert texts(tmp_path, "c") == {"a.txt": TEXT}


def test_uploads_go_with_a_renamed_collection(tmp_path: Path) -> None:
    ingest(tmp_path, "a")
    rename_collection("a", "b", store=tmp_path)
    # Another collection takes the old name, with a file of the same name.
    ingest(tmp_path, "a", "Another text.\n")
    ingest(tmp_path, "b", "The gate opens at ten.\n")
    assert texts(tmp_path, "b") == {"a.txt": "The gate opens at ten.\n"}
    assert texts(tmp_path, "a") == {"a.txt": "Another text.\n"}


def test_an_open_reader_finds_what_is_there_now(tmp_path: Path) -> None:
    """Of a collection deleted and made anew under its name, with the same generations."""
    ingest(tmp_path, "a")
    retriever = Retriever(Store(tmp_path, "a"))
    vector = EMBEDDER.encode(["The lamp is green."])[0]

    def found() -> list[str]:
        with retriever.reading() as snapshot:
            query = analyzed("The lamp is green.", vector)
            return [one.chunk.text for one in retriever.search(snapshot, query, 5)]

    assert found() == [TEXT.strip()]
    delete_collection("a", store=tmp_path)
    with pytest.raises(StoreEmpty):
        found()
    ingest(tmp_path, "a", "The lamp is green.\n")
    assert found() == ["The lamp is green."]
    id_ = Store(tmp_path, "a").note
    rename_collection("a", "b", store=tmp_path)
    assert id_ is not None and renamed_to(id_.id, tmp_path) == "b"
    assert renamed_to("none", tmp_path) is None
    # Mending what is not there makes nothing.
    assert not heal(Store(tmp_path, "a"))
    assert collection_names(tmp_path) == ["b"]
    retriever.close()


@contextmanager
def child(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.ingest.store.collections_child", *arguments],
        cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.communicate(timeout=30)


@pytest.mark.slow
def test_what_another_process_is_writing_to_is_left_alone(tmp_path: Path) -> None:
    ingest(tmp_path, "a")
    with child(str(tmp_path), "a") as holder:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        settings = IndexSettings(store=tmp_path, lock_seconds=0)
        with pytest.raises(StoreLocked, match=f"Process {holder.pid} .* is writing"):
            delete_collection("a", settings=settings)
        with pytest.raises(StoreLocked, match=f"Process {holder.pid} .* is writing"):
            rename_collection("a", "b", settings=settings)
    assert texts(tmp_path, "a") == {"a.txt": TEXT}
    assert collection_names(tmp_path) == ["a"]


def test_who_waited_for_the_lock_of_what_is_gone_writes_to_what_is_there(tmp_path: Path) -> None:
    """The lock goes with its directory: who waits at the old name must not take it for this one."""
    ingest(tmp_path, "a")
    place, target = Store(tmp_path, "a"), Store(tmp_path, "b")
    entered = threading.Event()
    there: list[bool] = []

    def wait() -> None:
        with place.write_lock(20):
            there.append((place.directory / "write.lock").exists())
            entered.set()
            with pytest.raises(StoreLocked), place.write_lock(0):
                pass

    with place.write_lock(0):
        waiting = threading.Thread(target=wait)
        waiting.start()
        time.sleep(0.3)
        os.rename(place.directory, target.directory)  # noqa: PTH104
    waiting.join(timeout=20)
    assert entered.is_set() and there == [True]
    with target.write_lock(0):
        pass


@pytest.mark.slow
def test_killed_at_any_step_it_is_as_before_or_as_wanted(tmp_path: Path) -> None:
    store, template = tmp_path / "store", tmp_path / "template"
    ingest(store, "a")
    (Store(store, "a").directory / "conversations.sqlite3").write_bytes(b"kept")
    shutil.copytree(store, template)
    old, new = ["a"], {"create": ["a", "new"], "rename": ["new"], "delete": []}
    killed = dict.fromkeys(new, 0)
    outcomes = {operation: set[bool]() for operation in new}
    with child(str(store)) as worker:
        assert worker.stdin and worker.stdout
        for operation, wanted in new.items():
            words = {"create": ["new"], "rename": ["a", "new"], "delete": ["a"]}[operation]
            for step in range(1, 200):
                shutil.rmtree(store, ignore_errors=True)
                shutil.copytree(template, store)
                print(json.dumps([step, operation, *words]), file=worker.stdin, flush=True)
                said = worker.stdout.readline().strip()
                names = collection_names(store)
                outcomes[operation].add(names == wanted)
                if said == "done":
                    assert names == wanted
                    break
                assert said == "killed", (operation, step)
                assert names in (old, wanted), (operation, step)
                killed[operation] += 1
                for name in set(names) - ({"new"} if operation == "create" else set()):
                    assert texts(store, name) == {"a.txt": TEXT}, (operation, step)
                    kept = Store(store, name).directory / "conversations.sqlite3"
                    assert kept.read_bytes() == b"kept"
                    if names == wanted:  # its upload is the document that it was
                        ingest(store, name, "Changed.\n")
                        assert texts(store, name) == {"a.txt": "Changed.\n"}, (operation, step)
                # Whoever writes anything removes what is left over.
                with Store(store, "other").write_lock(0):
                    pass
                assert not list(store.glob(".deleted-*"))
                assert collection_names(store) == sorted({*names, "other"})
    assert all(seen == {True, False} for seen in outcomes.values()), outcomes
    assert min(killed.values()) >= 4, killed
    print(f"\nkilled before each of {killed} steps")


def test_a_directory_that_cannot_be_renamed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(tmp_path, "a")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", refuse)
        for attempt in (
            lambda: rename_collection("a", "b", store=tmp_path),
            lambda: delete_collection("a", store=tmp_path),
            lambda: create_collection("c", store=tmp_path),
        ):
            with pytest.raises(StoreError, match="Permission denied"):
                attempt()
    assert collection_names(tmp_path) == ["a"]
    assert texts(tmp_path, "a") == {"a.txt": TEXT}
    assert [path.name for path in tmp_path.iterdir()] == [Store(tmp_path, "a").directory.name]
