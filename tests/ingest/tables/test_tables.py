"""Tables out of texts, cells as values, and catalogs that had no tables."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.catalog.kept_tables.find import find_tables, read_table
from ingest.catalog.writer import CatalogWriter
from ingest.load.read import load_bytes
from ingest.store.directory import Store
from ingest.tables.derive import tables_of
from ingest.tables.values import Style, date_of, number_of
from tests.support.synthetic import HashEmbedder

MARKDOWN = b"""# Stock

| Name | Price (EUR) | Since | Open |
|---|---|---|---|
| Lamp | 49.90 | 2024-03-01 | yes |
| Desk |  | 2023-01-15 | no |
"""


def test_a_table_has_names_types_units_and_places() -> None:
    document = load_bytes(MARKDOWN, "a.md")
    [table] = tables_of(document.text, document.blocks)
    assert table.caption == "Stock"
    assert [(one.name, one.kind, one.unit) for one in table.columns] == [
        ("Name", "text", ""), ("Price (EUR)", "number", "EUR"), ("Since", "date", ""),
        ("Open", "bool", ""),
    ]  # fmt: skip
    assert table.rows[1].cells == ("Desk", "", "2023-01-15", "no")
    assert document.text[table.rows[1].start : table.rows[1].end].startswith("Name: Desk")


@pytest.mark.parametrize(
    ("cell", "number", "unit"),
    [
        ("$1,234.50", "1234.50", "USD"), ("1.234,50 €", "1234.50", "EUR"), ("(500)", "-500", ""),
        ("12.5%", "12.5", "%"), ("3 kg", "3", "kg"), ("1st", "1", ""),
        ("512 ft (156 m)", "512", "ft"), ("2:05", "125", ""),
    ],
)  # fmt: skip
def test_numbers_are_read_exactly(cell: str, number: str, unit: str) -> None:
    assert number_of(cell) == (Decimal(number), unit)


@pytest.mark.parametrize("cell", ["n/a", "2-1", "Lamp 3", "", "1.2.3"])
def test_what_is_no_number_is_none(cell: str) -> None:
    assert number_of(cell) is None


def test_dates_are_read_as_their_column_writes_them() -> None:
    assert date_of("March 5, 2024") == date_of("5. März 2024") == 20240305
    assert date_of("03/05/2024", Style(day_first=False)) == 20240305
    assert date_of("03/05/2024") == 20240503


def test_a_catalog_of_the_seventh_version_gets_its_tables_from_its_texts(
    folder: Path, store: Path
) -> None:
    (folder / "a.md").write_bytes(MARKDOWN)
    ingest_paths([folder], store=store, embedder=HashEmbedder())
    path = Store(store, "default").catalog_path
    with closing(sqlite3.connect(path)) as catalog:
        catalog.executescript("DROP TABLE table_words; DROP TABLE tables; PRAGMA user_version = 7")
    with CatalogWriter(path) as catalog:
        [found] = find_tables(catalog, {"lamp": ()})
        assert read_table(catalog, found).rows[0].cells[0] == "Lamp"


def test_the_tables_of_a_deleted_document_are_gone(folder: Path, store: Path) -> None:
    (folder / "a.md").write_bytes(MARKDOWN)
    (folder / "b.txt").write_text("Something else stays here.")
    ingest_paths([folder], store=store, embedder=HashEmbedder())
    (folder / "a.md").unlink()
    ingest_paths([folder], store=store, embedder=HashEmbedder(), sync=True)
    with CatalogWriter(Store(store, "default").catalog_path) as catalog:
        assert not find_tables(catalog, {"lamp": ()})


def test_a_table_wider_than_a_row_of_text_keeps_the_order_of_its_columns() -> None:
    names = ["Station", *(f"Reading {number}" for number in range(2_500))]
    rows = [
        ",".join([f"S{row}", *(str(row + number) for number in range(2_500))]) for row in (1, 2)
    ]
    document = load_bytes("\n".join([",".join(names), *rows]).encode(), "wide.csv")
    [table] = tables_of(document.text, document.blocks)
    assert [one.name for one in table.columns] == names
    assert [one.cells[-1] for one in table.rows] == ["2500", "2501"]


def test_a_table_of_many_rows_is_found_by_its_names_and_by_what_most_rows_say(
    folder: Path, store: Path
) -> None:
    lines = [f"Z{row:05},{'North' if row % 2 else 'South'},{row % 9}" for row in range(12_000)]
    (folder / "orders.csv").write_text("\n".join(["Order,Region,Units", *lines]))
    ingest_paths([folder], store=store, embedder=HashEmbedder())
    with CatalogWriter(Store(store, "default").catalog_path) as view:
        for word in ("order", "region", "north"):
            assert [one.document for one in find_tables(view, {word: ()})] == ["orders.csv"]
