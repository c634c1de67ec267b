"""What has not changed costs next to nothing: no embedding, no byte written, no heavy import."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingest import IndexSettings, ingest_paths
from ingest.catalog.fingerprint import fingerprint_of
from ingest.catalog.writer import CatalogWriter
from ingest.index.writer import refresh
from ingest.records import DocumentEntry, FileState
from ingest.run.last_run import remember_run
from ingest.store.directory import Store
from tests.conftest import REPOSITORY
from tests.support.synthetic import HashEmbedder, content_of, random_vectors

HEAVY = ("torch", "transformers", "sentence_transformers", "chromadb", "llama_index")
TIMES = 5  # measured so often, and the shortest counts: the machine has other things to do


def make(home: Path, files: int, chunks: int) -> tuple[Path, Path]:
    """A tree of files, and a store that holds it, without reading and embedding each."""
    tree, store = home / "tree", Store(home / "store", "default")
    store.create()
    documents = []
    for number in range(files):
        path = tree / f"folder{number % 100:02}" / f"file{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"The file {number} says that the mast is {number} metres high.\n")
        name = path.relative_to(tree).as_posix()
        entry = DocumentEntry(name, str(path), str(tree), FileState.of(path))
        vectors = random_vectors(chunks, number, dimension=384)
        documents.append((entry, content_of(name, vectors)))
    with store.write_lock(0), CatalogWriter(store.catalog_path) as catalog:
        catalog.put_all(documents)
        catalog.set_fingerprint(fingerprint_of(IndexSettings(), HashEmbedder()))
        remember_run(catalog, [], [tree])
        refresh(catalog, store.index_directory)
    return tree, store.root


def bytes_of(folder: Path) -> dict[str, str]:
    """A hash of every file of a folder, but for the lock, which is empty."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "write.lock"
    }


def seconds_of_a_look(tree: Path, store: Path, files: int) -> float:
    embedder = HashEmbedder()
    before = bytes_of(store)
    times = []
    for _ in range(TIMES):
        report = ingest_paths([tree], store=store, embedder=embedder)
        times.append(report.seconds)
        assert report.counts["unchanged"] == files == len(report.files)
    assert embedder.embedded == 0
    assert bytes_of(store) == before, "not a byte is written"
    return min(times)


@pytest.mark.slow
def test_two_hundred_files(tmp_path: Path) -> None:
    tree, store = make(tmp_path, files=200, chunks=5)
    assert seconds_of_a_look(tree, store, 200) < 1.0
    started = time.perf_counter()
    process = subprocess.run(
        [sys.executable, "-c", WHOLE, tree, "--store", store],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    print(f"\nthe whole process: {time.perf_counter() - started:.2f} s")
    assert process.stdout.splitlines()[0].startswith("200 unchanged; 0 chunks written")
    assert process.stdout.splitlines()[1] == "[]", "imported for nothing"


WHOLE = f"""
import sys
from ingest.__main__ import main
assert main() == 0
print([name for name in {HEAVY!r} if name in sys.modules])
"""


@pytest.mark.long
def test_a_thousand_files_of_ten_thousand_chunks(tmp_path: Path) -> None:
    tree, store = make(tmp_path, files=1000, chunks=10)
    assert seconds_of_a_look(tree, store, 1000) < 1.0


@pytest.mark.long
def test_ten_thousand_files(tmp_path: Path) -> None:
    tree, store = make(tmp_path, files=10_000, chunks=1)
    seconds = seconds_of_a_look(tree, store, 10_000)
    print(f"\n10,000 unchanged files: {seconds:.2f} s")
    assert seconds < 5
