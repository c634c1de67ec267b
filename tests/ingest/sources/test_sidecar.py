"""Metadata of one's own: from front matter, from a sidecar beside the documents, and kept."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ingest import IndexSettings, IngestReport, ingest_paths
from ingest.catalog.filters import parse_filter
from ingest.catalog.view import Catalog
from ingest.catalog.writer import CatalogWriter
from ingest.maintenance.backup import backup, restore
from ingest.maintenance.reembed import reembed
from ingest.records import StoredDocument
from ingest.store.directory import Store
from tests.support.folders import statuses
from tests.support.synthetic import HashEmbedder

ADA = {"author": "Ada", "year": 2021, "tags": ["x", "y"]}


@pytest.fixture(scope="module")
def hashing() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture
def ingest(folder: Path, store: Path, hashing: HashEmbedder):
    def ingest(*paths: Path, sync: bool = False) -> IngestReport:
        return ingest_paths(paths or [folder], store=store, embedder=hashing, sync=sync)

    return ingest


def write(folder: Path, *lines: object) -> None:
    """A sidecar of these lines; those that are not text as JSON."""
    said = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    (folder / "metadata.jsonl").write_text("\n".join(said) + "\n", encoding="utf-8")


def documents(store: Path) -> dict[str, StoredDocument]:
    with Catalog(Store(store, "default").catalog_path).reading() as view:
        return {document.name: document for document in view.documents()}


def metadata(store: Path) -> dict[str, dict[str, Any]]:
    return {name: dict(document.metadata) for name, document in documents(store).items()}


def passing(store: Path, where: dict[str, Any]) -> list[str]:
    """The documents under whose names something passes a filter."""
    with Catalog(Store(store, "default").catalog_path).reading() as view:
        parsed = parse_filter(where)
        ids = [id_ for batch, _ in view.vectors(where=parsed) for id_ in batch]
        found = view.chunks(ids, parsed).values()
        return sorted({name for chunk in found for name in chunk.documents})


def reason(report: IngestReport, path: str = "metadata.jsonl") -> str:
    [receipt] = [receipt for receipt in report.files if receipt.path == path]
    return receipt.reason or ""


def test_a_sidecar_describes_files_and_is_no_document(ingest, folder: Path, store: Path) -> None:
    write(
        folder, {"document": "a.txt", **ADA}, {"file": "./sub/c.html", "author": "Cy", "ok": True}
    )
    report = ingest()
    assert set(documents(store)) == {"a.txt", "b.md", "sub/c.html"}
    assert statuses(report)["metadata.jsonl"] == "added"
    assert reason(report) == "metadata of 2 files"
    assert metadata(store)["a.txt"] == ADA
    assert passing(store, {"tags": "y"}) == ["a.txt"]
    assert passing(store, {"year": {"$gte": 2021}}) == ["a.txt"]
    assert passing(store, {"ok": True}) == ["sub/c.html"]
    assert passing(store, {"author": {"$ne": "Ada"}}) == ["b.md", "sub/c.html"]


def test_a_change_of_the_sidecar_alone_takes_effect_and_embeds_nothing(
    ingest, folder: Path, store: Path, hashing: HashEmbedder
) -> None:
    write(folder, {"document": "a.txt", **ADA}, {"document": "b.md", "author": "Bo"})
    ingest()
    before = hashing.embedded
    assert set(statuses(ingest()).values()) == {"unchanged"}
    write(folder, {"document": "a.txt", "author": "Eve"})
    after = statuses(ingest())
    assert after.pop("metadata.jsonl") == "updated"
    assert set(after.values()) == {"unchanged"}
    assert metadata(store)["a.txt"] == {"author": "Eve"}
    assert metadata(store)["b.md"] == {}
    assert passing(store, {"author": {"$in": ["Ada", "Bo"]}}) == []
    (folder / "metadata.jsonl").unlink()
    assert statuses(ingest())["metadata.jsonl"] == "deleted"
    assert metadata(store)["a.txt"] == {}
    assert "metadata.jsonl" not in statuses(ingest())
    assert hashing.embedded == before


def test_a_sidecar_that_is_given_alone_is_applied(ingest, folder: Path, store: Path) -> None:
    ingest()
    write(folder, {"document": "sub/c.html", "author": "Cy"})
    assert statuses(ingest(folder / "metadata.jsonl")) == {"metadata.jsonl": "added"}
    assert metadata(store)["sub/c.html"] == {"author": "Cy"}


def test_a_single_file_gets_what_the_folders_above_say_and_the_nearest_counts(
    ingest, folder: Path, store: Path
) -> None:
    ingest()
    (folder / "sub/new.txt").write_text("The mast is new.")
    write(folder, {"document": "sub/new.txt", "author": "far", "year": 1})
    write(folder / "sub", {"document": "new.txt", "author": "near"})
    assert statuses(ingest(folder / "sub/new.txt")) == {"sub/new.txt": "added"}
    assert metadata(store)["sub/new.txt"] == {"author": "near", "year": 1}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nonsense", "line 2 is not used: not JSON"),
        ("[" * 100_000, "line 2 is not used: not JSON"),
        ('{"author": "Ada"}', "line 2 is not used: it names no file"),
        ('["a.txt"]', "line 2 is not used: it names no file"),
        ('{"document": 3}', "line 2 is not used: it names no file"),
        ('{"document": "../a.txt"}', "line 2 is not used: its path leads out of the folder"),
        ('{"document": "/etc/passwd"}', "line 2 is not used: its path leads out of the folder"),
        ('{"document": "\\ud800"}', "line 2 is not used: its path is no path"),
        ('{"document": "none.txt", "x": 1}', "line 2: there is no file none.txt"),
        (f'{{"document": "{"x" * 5000}"}}', "line 2: there is no file xxx"),
        ('{"document": "b.md", "page": 1, "x": 1}', "line 2: “page” is not used, that name is b"),
        ('{"document": "b.md", "x": {"y": 1}}', "line 2: “x” is not used, only texts, numbers"),
        ('{"document": "a.txt", "author": "Eve"}', "line 2 replaces line 1"),
    ],
)
def test_a_line_that_is_wrong_costs_that_line(
    ingest, folder: Path, store: Path, line: str, words: str
) -> None:
    write(folder, {"document": "a.txt", "author": "Ada"}, line, {"document": "b.md", "n": 1})
    report = ingest()
    assert statuses(report)["metadata.jsonl"] == "added"
    assert words in reason(report)
    assert metadata(store)["a.txt"] == {"author": "Eve" if "Eve" in line else "Ada"}
    assert metadata(store)["b.md"]["n"] == 1
    assert set(documents(store)) == {"a.txt", "b.md", "sub/c.html"}
    assert statuses(ingest())["metadata.jsonl"] == "unchanged"


def test_a_file_of_that_name_with_something_else_is_told_and_no_document(
    ingest, folder: Path, store: Path
) -> None:
    write(folder, {"question": "Who?"}, {"question": "When?"})
    report = ingest()
    assert statuses(report)["metadata.jsonl"] == "failed"
    assert "a file of this name is metadata and no document" in reason(report)
    assert "metadata.jsonl" not in documents(store)


def test_a_sidecar_that_cannot_be_read_changes_nothing(ingest, folder: Path, store: Path) -> None:
    write(folder, {"document": "a.txt", "author": "Ada"})
    ingest()
    (folder / "metadata.jsonl").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (folder / "a.txt").write_text("Other words, of the same author.")
    report = ingest()
    assert statuses(report)["metadata.jsonl"] == "failed"
    assert "what it said before still counts" in reason(report)
    assert metadata(store)["a.txt"] == {"author": "Ada"}


def test_equal_bytes_have_metadata_under_each_name(ingest, folder: Path, store: Path) -> None:
    (folder / "copy.txt").write_bytes((folder / "a.txt").read_bytes())
    write(folder, {"document": "copy.txt", "author": "Cy"}, {"document": "a.txt", "year": 1})
    ingest()
    assert documents(store)["copy.txt"].same_as == ("a.txt",)
    assert passing(store, {"author": "Cy"}) == ["copy.txt"]
    assert passing(store, {"year": 1}) == ["a.txt"]
    assert passing(store, {"year": 1, "author": "Cy"}) == []
    assert passing(store, {"$or": [{"year": 1}, {"author": "Cy"}]}) == ["a.txt", "copy.txt"]


def test_front_matter_belongs_to_the_content_and_a_sidecar_counts_more(
    ingest, folder: Path, store: Path
) -> None:
    text = (
        "---\nauthor: Ada\nyear: 2020\ndate: 2026-05-01\ntype: memo\nnested: {a: 1}\n---\n# Masts\n"
    )
    (folder / "m.md").write_text(text + "The mast is high.")
    (folder / "n.md").write_text(text + "The mast is high.")
    write(folder, {"document": "n.md", "author": "Bo"})
    report = ingest()
    assert "its own “type” is not used, that name is built in" in reason(report, "m.md")
    assert passing(store, {"author": "Ada"}) == ["m.md"]
    assert passing(store, {"author": "Bo"}) == ["n.md"]
    assert passing(store, {"year": 2020}) == ["m.md", "n.md"]
    assert passing(store, {"date": {"$gte": "2026-01-01"}}) == ["m.md", "n.md"]
    assert passing(store, {"type": "memo"}) == []
    assert passing(store, {"nested": 1}) == []


def test_metadata_in_an_archive_is_told_and_beside_it_counts(
    ingest, folder: Path, store: Path
) -> None:
    with zipfile.ZipFile(folder / "z.zip", "w") as archive:
        archive.writestr("in/d.txt", "The lamp is green.")
        archive.writestr("metadata.jsonl", '{"document": "in/d.txt", "author": "inside"}')
    write(folder, {"document": "z.zip/in/d.txt", "author": "beside"})
    report = ingest()
    assert "put the file beside it" in reason(report, "z.zip/metadata.jsonl")
    assert metadata(store)["z.zip/in/d.txt"] == {"author": "beside"}
    assert passing(store, {"folder": "z.zip"}) == ["z.zip/in/d.txt"]
    write(folder, {"document": "z.zip/in/d.txt", "author": "changed"})
    assert statuses(ingest())["z.zip/in/d.txt"] == "unchanged"
    assert passing(store, {"author": "changed"}) == ["z.zip/in/d.txt"]


def test_what_an_earlier_version_took_for_a_document_goes(
    ingest, folder: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, {"document": "a.txt", "author": "Ada"})
    with monkeypatch.context() as earlier:
        earlier.setattr("ingest.sources.sidecar.NAME", "another name")
        ingest()
    assert "metadata.jsonl" in documents(store)
    ingest()
    assert set(documents(store)) == {"a.txt", "b.md", "sub/c.html"}
    assert metadata(store)["a.txt"] == {"author": "Ada"}


def test_reembedding_a_backup_and_moving_keep_it(
    ingest, folder: Path, store: Path, hashing: HashEmbedder, tmp_path: Path
) -> None:
    write(folder, {"document": "a.txt", **ADA})
    (folder / "de.txt").write_text("Die Garantie gilt für alle Teile zwei Jahre lang ab dem Kauf.")
    ingest()
    place = Store(store, "default")
    backup(place, tmp_path / "backup")
    reembed(IndexSettings(store=store, chunk_tokens=100), embedder=hashing)
    assert passing(store, ADA | {"tags": "x"}) == ["a.txt"]
    assert passing(store, {"language": "de"}) == ["de.txt"]
    ingest_paths([], store=tmp_path / "other", embedder=hashing)
    restore(Store(tmp_path / "other", "default"), tmp_path / "backup", wait_seconds=0)
    assert passing(tmp_path / "other", ADA | {"tags": "x"}) == ["a.txt"]
    moved = folder.rename(tmp_path / "moved")
    shutil.rmtree(store)
    ingest_paths([moved], store=store, embedder=hashing)
    assert passing(store, {"author": "Ada"}) == ["a.txt"]


def test_killed_while_metadata_changes_nothing_or_all_has_changed(
    ingest, folder: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, {"document": "a.txt", "n": 1}, {"document": "b.md", "n": 1})
    ingest()
    write(folder, {"document": "a.txt", "n": 2}, {"document": "b.md", "n": 2})
    with monkeypatch.context() as killed:
        whole = CatalogWriter._write_fields

        def until_the_second(catalog: CatalogWriter, name: str) -> None:
            whole(catalog, name)
            if name == "b.md":
                raise KeyboardInterrupt

        killed.setattr(CatalogWriter, "_write_fields", until_the_second)
        with pytest.raises(KeyboardInterrupt):
            ingest()
    assert passing(store, {"n": 1}) == ["a.txt", "b.md"]
    assert passing(store, {"n": 2}) == []
    assert statuses(ingest())["metadata.jsonl"] == "updated"
    assert passing(store, {"n": 2}) == ["a.txt", "b.md"]


def test_fields_go_with_their_document(ingest, folder: Path, store: Path) -> None:
    write(folder, {"document": "a.txt", "n": 1}, {"document": "b.md", "n": 1})
    ingest()
    (folder / "a.txt").unlink()
    ingest(sync=True)
    with Catalog(Store(store, "default").catalog_path).reading() as view:
        fields = view.connection.execute("SELECT document, name FROM fields").fetchall()
    assert fields == [("b.md", "n")]
