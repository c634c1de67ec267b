"""Documents are deleted by name, all or none, and come back only when they are ingested again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest import delete_documents, ingest_paths
from ingest.errors import StoreEmpty, UsageError
from ingest.maintenance.doctor import examine
from ingest.store.directory import Store
from rag_app.cli.main import main
from tests.support.synthetic import HashEmbedder


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    docs = tmp_path / "docs"
    docs.mkdir()
    for name in ("lamp", "mast", "rain"):
        (docs / f"{name}.txt").write_text(f"The {name} is checked every Monday.")
    ingest_paths([docs], store=tmp_path / "store", embedder=HashEmbedder())
    return docs


def names(home: Path) -> list[str]:
    report = ingest_paths([home / "empty"], store=home / "store", embedder=HashEmbedder())
    assert report.files
    from ingest.catalog.view import Catalog

    with Catalog(Store(home / "store", "default").catalog_path).reading() as view:
        return [document.name for document in view.documents()]


def test_by_name(docs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = tmp_path / "store"
    report = delete_documents(["mast.txt"], store=store)
    assert [(one.path, one.status) for one in report.files] == [("mast.txt", "deleted")]
    assert names(tmp_path) == ["lamp.txt", "rain.txt"]
    assert examine(Store(store, "default")) == []
    assert main(["delete", "lamp.txt", "--store", str(store)]) == 0
    assert "deleted" in capsys.readouterr().out
    again = ingest_paths([docs], store=store, embedder=HashEmbedder())
    assert (again.counts["added"], again.counts["unchanged"]) == (2, 1)


def test_all_or_none(docs: Path, tmp_path: Path) -> None:
    assert docs.is_dir()
    with pytest.raises(UsageError, match=r"no\.txt"):
        delete_documents(["lamp.txt", "no.txt"], store=tmp_path / "store")
    assert len(names(tmp_path)) == 3
    with pytest.raises(StoreEmpty):
        delete_documents(["lamp.txt"], store=tmp_path / "other")
    assert main(["delete", "no.txt", "--store", str(tmp_path / "store")]) == 2


def test_a_reader_that_has_enough_is_no_error(docs: Path, tmp_path: Path) -> None:
    assert docs.is_dir()
    command = [sys.executable, "-m", "rag_app", "status", "--json", "--store"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(
            [*command, str(tmp_path / "store")],
            stdout=closed,
            stderr=subprocess.PIPE,
            env=environment,
            check=False,
        )
    assert done.stderr == b""
