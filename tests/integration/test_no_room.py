"""A full disk: one line that says so, nothing damaged, and on it goes when there is room again."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

import ingest.maintenance.reembed
import ingest.pipeline
import rag_app.opening
from ingest.catalog.view import Catalog
from ingest.maintenance.doctor import examine
from ingest.store.directory import Store
from rag_app.cli.main import main
from rag_app.retrieval.retriever import Retriever
from tests.conftest import REPOSITORY
from tests.support.synthetic import HashEmbedder

pytestmark = pytest.mark.slow

WORDS = "river gauge mast lamp battery sensor reading alarm snow wind level probe".split()
FILES = 12


class Result(NamedTuple):
    code: int
    out: str
    error: str


class Disk:
    """A small file system of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._filler = path / "filler"

    def fill(self, *, but: int = 0) -> None:
        """Take all room but so many bytes."""
        self._filler.unlink(missing_ok=True)
        with self._filler.open("wb", buffering=0) as file:
            state = os.statvfs(self.path)
            file.write(bytes(max(0, state.f_bavail * state.f_frsize - but)))

    def empty(self) -> None:
        self._filler.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small file system can be mounted by root only")
    yield Disk(place)
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(FILES):
        write(folder / f"f{number}.txt", number)
    return folder


def write(path: Path, seed: int) -> None:
    chance = random.Random(seed)
    sentences = (" ".join(chance.choices(WORDS, k=9)) + f" {seed}." for _ in range(120))
    path.write_text(" ".join(sentences))


@pytest.fixture
def vectors_are_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (ingest.pipeline, ingest.maintenance.reembed, rag_app.opening):
        monkeypatch.setattr(module, "collection_embedder", lambda _: HashEmbedder())


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    disk: Disk,
    vectors_are_hashes: None,  # noqa: ARG001
):
    """The command line, with vectors made of hashes and the store on the small disk."""
    monkeypatch.setenv("RAG_STORE", str(disk.path / "store"))

    def run(*words: object) -> Result:
        code = main([str(word) for word in words])
        return Result(code, *capsys.readouterr())

    return run


def says_in_one_line(result: Result, words: str) -> None:
    assert result.code == 3, result
    assert result.error.count("\n") == 1, result.error
    assert words in result.error and "Traceback" not in result.error


def places(result: Result) -> list[tuple[str, int]]:
    assert result.code == 0
    return [(hit["document"], hit["start"]) for hit in json.loads(result.out)["hits"]]


def held(disk: Disk) -> dict[str, str]:
    with Catalog(Store(disk.path / "store", "default").catalog_path).reading() as view:
        return {one.name: str(view.document_text(one.name)) for one in view.documents()}


def on_disk(docs: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in docs.iterdir()}


@pytest.mark.parametrize("room", [0, 20_000, 300_000, 1_000_000])
def test_ingestion(run, disk: Disk, docs: Path, room: int) -> None:
    disk.fill(but=room)
    stopped = run("ingest", docs)
    says_in_one_line(stopped, "disk")
    assert "run" in stopped.error or "check" in stopped.error
    disk.empty()
    again = run("ingest", docs)
    assert again.code == 0
    assert held(disk) == on_disk(docs)
    assert examine(Store(disk.path / "store", "default")) == []


def test_a_change_that_does_not_fit_leaves_what_was(run, disk: Disk, docs: Path) -> None:
    assert run("ingest", docs).code == 0
    before = on_disk(docs)
    disk.fill()
    assert held(disk) == before, "read where SQLite finds no room for its shared memory"
    write(docs / "f3.txt", 99)
    says_in_one_line(run("ingest", docs), "disk")
    assert held(disk) == before
    found = run("search", before["f3.txt"][:200], "-k", 1)
    assert found.code == 0 and "f" in found.out
    disk.empty()
    assert run("ingest", docs).code == 0
    assert held(disk) == on_disk(docs)


def test_the_index_does_not_fit(run, disk: Disk, docs: Path) -> None:
    assert run("ingest", docs).code == 0
    write(docs / "f3.txt", 99)
    disk.fill(but=500_000)
    result = run("ingest", docs)
    says_in_one_line(result, "The documents are stored, but their index could not be written")
    assert "rag-app doctor --fix" in result.error
    assert "1 updated" in result.out, "the report is not lost"
    assert held(disk) == on_disk(docs)
    index = Store(disk.path / "store", "default").index_directory
    assert not list(index.glob("building-*")), "half an index takes no room"
    text = held(disk)["f3.txt"]
    assert run("search", text[:150], "-k", 1).code == 0
    disk.empty()
    assert run("doctor", "--fix").code == 0
    assert examine(Store(disk.path / "store", "default")) == []


def test_a_full_temporary_folder(
    run,
    disk: Disk,
    docs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = tmp_path / "elsewhere"
    assert run("ingest", docs, "--store", store).code == 0
    before = run("search", "The mast is high", "--store", store, "--json")
    disk.fill()
    monkeypatch.setattr(tempfile, "tempdir", str(disk.path))
    indexed = partial(Retriever, exact_up_to=0)
    monkeypatch.setattr(rag_app.opening, "Retriever", indexed)
    after = run("search", "The mast is high", "--store", store, "--json")
    assert places(after) == places(before)
    assert "temporary folder" in caplog.text and "TMPDIR" in caplog.text
    assert [path.name for path in disk.path.iterdir()] == ["filler"], "nothing is left there"


def test_backup(run, disk: Disk, docs: Path, tmp_path: Path) -> None:
    store = tmp_path / "elsewhere"
    assert run("ingest", docs, "--store", store).code == 0
    target = disk.path / "copy"
    assert run("backup", target, "--store", store).code == 0
    before = target.read_bytes()
    write(docs / "f3.txt", 99)
    assert run("ingest", docs, "--store", store).code == 0
    disk.fill(but=100_000)
    says_in_one_line(run("backup", target, "--store", store), "disk is full")
    assert target.read_bytes() == before
    assert sorted(path.name for path in disk.path.iterdir()) == ["copy", "filler"]
    disk.fill()
    says_in_one_line(run("backup", target, "--store", store), "full")
    assert target.read_bytes() == before


@pytest.mark.parametrize("share", [0.0, 0.5, 1.2, 2.0])
def test_restore(run, disk: Disk, docs: Path, tmp_path: Path, share: float) -> None:
    assert run("ingest", docs).code == 0
    copy = tmp_path / "copy"
    assert run("backup", copy).code == 0
    saved = held(disk)
    write(docs / "f3.txt", 99)
    assert run("ingest", docs).code == 0
    before = held(disk)
    disk.fill(but=int(copy.stat().st_size * share))
    result = run("restore", copy)
    if result.code:
        says_in_one_line(result, "")
    assert held(disk) in (before, saved)
    disk.empty()
    assert run("restore", copy).code == 0
    assert held(disk) == saved
    assert examine(Store(disk.path / "store", "default"))[1:] == [], "only the changed file"
    assert not list((disk.path / "store").rglob("restore*"))


@pytest.mark.parametrize("room", [0, 60_000, 900_000])
def test_reembed(run, disk: Disk, docs: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    assert run("ingest", docs).code == 0
    before = held(disk)
    monkeypatch.setenv("RAG_CHUNK_TOKENS", "60")
    disk.fill(but=room)
    says_in_one_line(run("reembed"), "disk")
    assert held(disk) == before
    assert run("search", "The mast is high").code == 0
    disk.empty()
    assert run("reembed").code == 0
    assert held(disk) == before
    assert run("ingest", docs).code == 0
    assert shutil.disk_usage(disk.path).used < 20_000_000


LIMITED = """
import resource, runpy, sys
limit = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
runpy.run_module("tests.integration.cli_child", run_name="__main__")
"""


@pytest.mark.usefixtures("vectors_are_hashes")
@pytest.mark.parametrize(("limit", "code"), [(20_000, 3), (10_000_000, 0)])
@pytest.mark.long
def test_no_file_may_be_larger_than(
    docs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], limit: int, code: int
) -> None:
    """Another way to run out of room, which needs no rights to be tried."""
    command = ["ingest", str(docs), "--store", str(tmp_path / "store")]
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(limit), *command],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done
    assert done.stderr.count("\n") == (code == 3) and "Traceback" not in done.stderr
    assert main(command) == 0
    assert capsys.readouterr().err == ""
    store = Store(tmp_path / "store", "default")
    assert examine(store) == []
    with Catalog(store.catalog_path).reading() as view:
        assert len(view.documents()) == FILES
