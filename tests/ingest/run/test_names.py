"""Files and the names of their documents: found again, renamed, moved, stored once."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.catalog.view import Catalog
from ingest.embed.embedder import Embedder
from ingest.store.directory import Store
from tests.support.folders import CountingEmbedder, chunk_ids, names, statuses


def test_a_partial_run_touches_nothing_else_and_finds_its_documents(
    folder: Path, store: Path, embedder: Embedder
) -> None:
    ingest_paths([folder], store=store, embedder=embedder)
    (folder / "sub" / "c.html").write_text("<p>The mast costs 95 pounds.</p>")
    report = ingest_paths([folder / "sub" / "c.html"], store=store, embedder=embedder)
    assert statuses(report) == {"sub/c.html": "updated"}
    report = ingest_paths([folder / "sub"], store=store, embedder=embedder, sync=True)
    assert statuses(report) == {"sub/c.html": "unchanged"}
    assert names(store) == ["a.txt", "b.md", "sub/c.html"]


def test_a_wider_folder_renames_instead_of_doubling(
    folder: Path, store: Path, counting: CountingEmbedder
) -> None:
    ingest_paths([folder / "sub"], store=store, embedder=counting)
    assert names(store) == ["c.html"]
    before = counting.embedded
    ingest_paths([folder], store=store, embedder=counting)
    assert names(store) == ["a.txt", "b.md", "sub/c.html"]
    assert counting.embedded == before + 2, "a new name needs no new vector"


def test_two_roots_with_the_same_names(tmp_path: Path, store: Path, embedder: Embedder) -> None:
    for place, text in (("north", "It rains."), ("south", "It shines.")):
        (tmp_path / place).mkdir()
        (tmp_path / place / "readme.txt").write_text(text)
    ingest_paths([tmp_path / "north", tmp_path / "south"], store=store, embedder=embedder)
    assert names(store) == ["readme.txt", "south/readme.txt"]
    again = ingest_paths([tmp_path / "south", tmp_path / "north"], store=store, embedder=embedder)
    assert again.counts["unchanged"] == 2


def test_the_same_bytes_are_stored_once(
    folder: Path, store: Path, counting: CountingEmbedder
) -> None:
    (folder / "copy.txt").write_bytes((folder / "a.txt").read_bytes())
    before = counting.embedded
    report = ingest_paths([folder], store=store, embedder=counting)
    assert counting.embedded == before + 3
    receipt = next(one for one in report.files if one.path == "copy.txt")
    assert receipt.status == "added"
    assert receipt.reason == "duplicate of a.txt"
    (folder / "a.txt").unlink()
    ingest_paths([folder], store=store, embedder=counting, sync=True)
    assert names(store) == ["b.md", "copy.txt", "sub/c.html"]
    assert len(chunk_ids(store)) == 3


def test_the_store_among_the_documents_is_not_read(folder: Path, embedder: Embedder) -> None:
    store = folder / "storage"
    ingest_paths([folder], store=store, embedder=embedder)
    report = ingest_paths([folder], store=store, embedder=embedder)
    assert report.counts["unchanged"] == len(report.files) == 3


def test_links_do_not_lead_out(folder: Path, store: Path, embedder: Embedder) -> None:
    outside = folder.parent / "secret.txt"
    outside.write_text("A secret.")
    (folder / "link.txt").symlink_to(outside)
    (folder / "again.txt").symlink_to(folder / "a.txt")
    report = ingest_paths([folder], store=store, embedder=embedder)
    assert report.counts["added"] == 3
    skipped = [receipt for receipt in report.files if receipt.status == "skipped"]
    assert [receipt.reason for receipt in skipped] == ["a link that leads out of the folder"]


@pytest.mark.parametrize("collection", ["Ü ber/../..", "default ", "DEFAULT", "💧" * 100])
def test_any_text_names_a_collection(
    folder: Path, store: Path, embedder: Embedder, collection: str
) -> None:
    ingest_paths([folder / "a.txt"], store=store, embedder=embedder)
    ingest_paths([folder / "b.md"], store=store, collection=collection, embedder=embedder)
    assert names(store) == ["a.txt"]
    assert names(store, collection) == ["b.md"]
    assert {path.parent for path in store.iterdir()} == {store}


def test_names_that_change_places_lose_nothing(
    folder: Path, store: Path, counting: CountingEmbedder
) -> None:
    """Found by the state machine: a file's old text went before its new name was stored."""
    (folder / "b.txt").write_text("It rains.\n")
    ingest_paths([folder], store=store, embedder=counting)
    before = counting.embedded
    (folder / "a.txt").rename(folder / "swap")
    (folder / "b.txt").rename(folder / "a.txt")
    (folder / "swap").rename(folder / "b.txt")
    ingest_paths([folder], store=store, embedder=counting, sync=True)
    assert counting.embedded == before
    (folder / "b.txt").rename(folder / "z.txt")
    (folder / "b.txt").write_text("Something new.\n")
    ingest_paths([folder], store=store, embedder=counting, sync=True)
    assert counting.embedded == before + 1
    with Catalog(Store(store, "default").catalog_path).reading() as view:
        assert view.document_text("a.txt") == "It rains.\n"
        assert view.document_text("b.txt") == "Something new.\n"
        assert view.document_text("z.txt") == "The red lamp means that the battery is low.\n"


def test_a_moved_folder_is_the_same_collection(
    folder: Path, store: Path, counting: CountingEmbedder
) -> None:
    ingest_paths([folder], store=store, embedder=counting)
    before = counting.embedded
    moved = folder.rename(folder.parent / "elsewhere")
    (moved / "b.md").unlink()
    report = ingest_paths([moved], store=store, embedder=counting, sync=True)
    assert counting.embedded == before
    assert statuses(report) == {"a.txt": "updated", "sub/c.html": "updated", "b.md": "deleted"}
    assert names(store) == ["a.txt", "sub/c.html"]
