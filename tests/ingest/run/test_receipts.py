"""What is kept of each file's fate: enough to know why something is not found."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest

from ingest import FileReceipt, ingest_paths
from ingest.catalog.schema import VERSIONS
from ingest.catalog.view import Catalog
from ingest.maintenance.reembed import reembed
from ingest.settings import IndexSettings
from ingest.store.directory import Store
from rag_app.cli.main import main
from tests.support.synthetic import HashEmbedder


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "lamp.txt").write_text("The lamp is checked every Monday.")
    return folder


def ingest(docs: Path) -> dict[str, FileReceipt]:
    report = ingest_paths([docs], store=docs.parent / "store", embedder=HashEmbedder())
    return {receipt.path: receipt for receipt in report.files}


def kept(docs: Path) -> dict[str, FileReceipt]:
    with Catalog(Store(docs.parent / "store", "default").catalog_path).reading() as view:
        return {receipt.path: receipt for receipt in view.receipts().values()}


def test_a_receipt_counts_characters_and_names_the_document_with_the_same_bytes(
    docs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = ingest(docs)["lamp.txt"]
    assert (first.chunks, first.characters, first.same_as) == (1, 33, None)
    (docs / "copy.txt").write_text("The lamp is checked every Monday.")
    second = ingest(docs)["copy.txt"]
    assert (second.chunks, second.characters, second.same_as) == (1, 33, "lamp.txt")
    assert kept(docs) == {"lamp.txt": first, "copy.txt": second}
    store = str(docs.parent / "store")
    assert main(["status", "--store", store]) == 0
    assert "lamp.txt (1 chunks, 33 characters, the same bytes as copy.txt)" in (
        capsys.readouterr().out
    )
    assert main(["status", "--store", store, "--json"]) == 0
    status = json.loads(capsys.readouterr().out)
    assert [document["same_as"] for document in status["documents"]] == [["lamp.txt"], ["copy.txt"]]
    assert {receipt["same_as"] for receipt in status["receipts"]} == {None, "lamp.txt"}


def test_an_unchanged_file_says_how_much_it_is(docs: Path) -> None:
    ingest(docs)
    again = ingest(docs)["lamp.txt"]
    assert (again.status, again.chunks, again.characters) == ("unchanged", 1, 33)
    assert kept(docs)["lamp.txt"].status == "added"


def test_a_failure_that_is_over_is_not_told_any_more(docs: Path) -> None:
    ingest(docs)
    said = (docs / "lamp.txt").read_text()
    (docs / "lamp.txt").write_bytes(b"%PDF-1.7 broken")
    assert ingest(docs)["lamp.txt"].status == "failed"
    assert kept(docs)["lamp.txt"].status == "failed"
    (docs / "lamp.txt").write_text(said)
    assert ingest(docs)["lamp.txt"].status == "unchanged"
    receipt = kept(docs)["lamp.txt"]
    assert (receipt.status, receipt.chunks, receipt.characters) == ("unchanged", 1, 33)


def test_other_chunk_settings_change_what_receipts_count(docs: Path) -> None:
    (docs / "long.txt").write_text("A mast carries a lamp and a gauge. " * 60)
    chunks = ingest(docs)["long.txt"].chunks
    settings = IndexSettings(store=docs.parent / "store", chunk_tokens=64, overlap_tokens=0)
    reembed(settings, embedder=HashEmbedder())
    assert kept(docs)["long.txt"].chunks > chunks


def test_a_catalog_of_an_earlier_version_is_brought_up_to_date(
    docs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ingest(docs)
    store = Store(docs.parent / "store", "default")
    newer = store.catalog_path.rename(store.directory / "newer.sqlite3")
    with closing(sqlite3.connect(store.catalog_path, isolation_level=None)) as catalog:
        catalog.executescript(VERSIONS[0])
        catalog.execute("ATTACH ? AS newer", (str(newer),))
        catalog.execute("DELETE FROM meta")
        for table in ("meta", "contents", "documents", "chunks", "receipts"):
            names = [row[1] for row in catalog.execute(f"PRAGMA main.table_info({table})")]
            columns = ", ".join(f'"{name}"' for name in names)
            values = columns
            if table == "contents":
                values = columns.replace('"text"', "CAST(utf8 AS TEXT)")
            texts = "JOIN newer.texts ON content = id" if table == "contents" else ""
            catalog.execute(
                f"INSERT INTO main.{table} ({columns}) SELECT {values} FROM newer.{table} {texts}"
            )
        catalog.execute("PRAGMA main.user_version = 1")
    newer.unlink()
    assert main(["search", "lamp", "--store", str(store.root)]) == 3
    assert "rag-app doctor --fix" in capsys.readouterr().err
    assert main(["doctor", "--fix", "--store", str(store.root)]) == 0
    assert ingest(docs)["lamp.txt"].status == "unchanged"
    assert main(["search", "lamp", "--store", str(store.root)]) == 0
    with Catalog(store.catalog_path).reading() as view:
        assert view.document_text("lamp.txt") == (docs / "lamp.txt").read_text()
        assert [one.characters for one in view.documents() if one.name == "lamp.txt"] == [33]


def test_what_a_reader_left_out_stands_in_the_receipt(docs: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "The mast is 12 m high."
    book.create_sheet("Secret")["A1"] = "The safe is behind the picture."
    book["Secret"].sheet_state = "hidden"
    book.save(docs / "mast.xlsx")
    for status in ("added", "unchanged"):
        receipt = ingest(docs)["mast.xlsx"]
        assert (receipt.status, receipt.reason) == (status, "1 hidden sheet not read")
    assert (
        ingest_paths(
            [docs], store=docs.parent / "store", embedder=HashEmbedder(), reread=True
        ).counts["unchanged"]
        == 2
    )
