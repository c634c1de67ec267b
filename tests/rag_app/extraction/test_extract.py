"""Fields of documents, found by rules: what is right, what is not there, and where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.errors import StoreEmpty, UsageError
from rag_app import Engine, Stop, open_engine
from rag_app.extraction.records import Cell, ExtractedRow
from tests.rag_app.extraction.documents import DOCUMENTS, SCHEMA


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Engine:
    """Documents of different makers."""
    root, store = tmp_path_factory.mktemp("documents"), tmp_path_factory.mktemp("store")
    for name, text in DOCUMENTS.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    ingest_paths([root], store=store, embedder=embedder)
    return open_engine(store, embedder=embedder)


def values(row: ExtractedRow) -> dict[str, str | None]:
    return {cell.field: cell.value for cell in row.cells}


def one(engine: Engine, schema: object, document: str) -> Cell:
    (row,) = engine.extract(schema, [document])
    return row.cells[0]


def test_labels_tables_and_sentences_are_read(engine: Engine) -> None:
    rows = {row.document: values(row) for row in engine.extract(SCHEMA)}
    assert rows["invoices/plain.txt"] == {
        "number": "A-17", "due date": "2026-04-30", "total": "120.00 GBP", "paid": "no",
    }  # fmt: skip
    assert rows["invoices/table.md"] == {
        "number": "B/2026/4", "due date": "2026-05-01", "total": "1081.20 EUR", "paid": "yes",
    }  # fmt: skip
    assert rows["invoices/letter.md"]["due date"] == "2026-06-30"
    assert rows["invoices/letter.md"]["total"] == "670.80 GBP"


def test_each_citation_holds_its_value(engine: Engine) -> None:
    found = 0
    for row in engine.extract(SCHEMA):
        text = engine.document_text(row.document)
        for cell in row.cells:
            assert (cell.value is None) == (cell.source is None)
            if cell.source is not None:
                found += 1
                assert text[cell.source.start : cell.source.end] == cell.source.quote
                assert cell.text in cell.source.quote
    assert found > 8


def test_what_is_not_there_is_not_found(engine: Engine) -> None:
    cell = one(engine, {"blood pressure": "number"}, "invoices/plain.txt")
    assert cell.value is None
    assert cell.source is None


def test_a_value_is_of_one_field(engine: Engine) -> None:
    """The end of a contract is not its beginning, and neither party is the other."""
    schema = {
        "start date": {"kind": "date", "description": "when the agreement begins"},
        "end date": {"kind": "date", "description": "when it ends"},
        "provider": "name", "client": "name", "automatic renewal": "yes/no",
        "notice period": "number",
    }  # fmt: skip
    (row,) = engine.extract(schema, ["contract.md"])
    assert values(row) == {
        "start date": "2026-01-15", "end date": "2027-06-28", "provider": "Fenwick Robotics Inc.",
        "client": "Corbel Studio LLC", "automatic renewal": "no", "notice period": "30 days",
    }  # fmt: skip


def test_documents_by_name_folder_pattern_and_filter(engine: Engine) -> None:
    def names(documents: list[str] | None, where: dict[str, object] | None = None) -> list[str]:
        return [row.document for row in engine.extract({"total": "money"}, documents, where)]

    invoices = [name for name in sorted(DOCUMENTS) if name.startswith("invoices/")]
    assert names(["invoices"]) == names(["invoices/"]) == names(["invoices/*"]) == invoices
    assert names(["*.txt", "contract.md"]) == ["invoices/plain.txt", "contract.md"]
    assert names(None, {"folder": "invoices"}) == invoices
    assert names(None) == sorted(DOCUMENTS)


def test_a_document_that_is_not_there_has_a_row_that_says_so(engine: Engine) -> None:
    rows = list(engine.extract({"total": "money"}, ["gone.pdf", "invoices/plain.txt"]))
    assert "There is no document “gone.pdf”" in rows[0].failure
    assert rows[0].cells[0].value is None
    assert rows[1].cells[0].value == "120.00 GBP"


def test_it_ends_before_the_next_document_when_stopped(engine: Engine) -> None:
    stop = Stop()
    rows = []
    for row in engine.extract({"total": "money"}, stop=stop):
        rows.append(row)
        stop.set()
    assert len(rows) == 1


@pytest.mark.long
def test_a_long_document_is_searched_where_its_fields_are_likeliest(
    tmp_path: Path, embedder: Embedder
) -> None:
    filler = "The mast is high and the sea is calm, as the keeper has written in his book. " * 5
    parts = [f"## Part {number}\n\n{filler}\n" for number in range(60)]
    parts[40] += "\nThe rent is due on 4 July 2027 and amounts to £840.00.\n"
    (tmp_path / "long.md").write_text("\n".join(parts), encoding="utf-8")
    ingest_paths([tmp_path / "long.md"], store=tmp_path / "store", embedder=embedder)
    with open_engine(tmp_path / "store", embedder=embedder) as engine:
        schema = {"rent": "money", "due date": {"kind": "date", "description": "rent is due"}}
        (row,) = engine.extract(schema)
    assert [cell.value for cell in row.cells] == ["840.00 GBP", "2027-07-04"]


def test_wrong_schemas_and_empty_stores_are_refused(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no fields"):
        list(engine.extract({}))
    with pytest.raises(UsageError, match="which there is not; there are: text, number"):
        list(engine.extract({"total": "cash"}))
    with pytest.raises(StoreEmpty):
        list(open_engine(tmp_path / "nothing").extract({"total": "money"}))
