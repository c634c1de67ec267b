"""Searching stays right while the collection changes and when the index is damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.store.directory import Store
from rag_app import AnswerSettings, Engine, open_engine
from rag_app.records import Hit

FACTS = {
    "lamp.txt": "The red lamp means that the battery is low.",
    "leave.txt": "Everyone has 27 days of annual leave.",
    "mast.txt": "The mast of ten metres costs 90 pounds.",
    "rain.txt": "The rain gauge is emptied every Monday.",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in FACTS.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def store(tmp_path: Path, folder: Path, embedder: Embedder) -> Path:
    ingest_paths([folder], store=tmp_path / "store", embedder=embedder)
    return tmp_path / "store"


def engine_over(store: Path, embedder: Embedder) -> Engine:
    return open_engine(store, answers=AnswerSettings(), embedder=embedder)


def documents(hits: list[Hit]) -> list[str]:
    return [hit.document for hit in hits]


def test_best_first_with_exact_places(store: Path, embedder: Embedder) -> None:
    with engine_over(store, embedder) as engine:
        hits = engine.search("how many holidays do I get", k=3)
        assert documents(hits)[0] == "leave.txt"
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        for hit in hits:
            assert engine.document_text(hit.document)[hit.start : hit.end] == hit.text


def test_an_open_engine_sees_what_is_ingested_changed_and_deleted(
    store: Path, folder: Path, embedder: Embedder
) -> None:
    with engine_over(store, embedder) as engine:
        assert documents(engine.search("lamp", k=1)) == ["lamp.txt"]
        (folder / "snow.txt").write_text("The snow sensor is heated below zero.")
        (folder / "lamp.txt").write_text("The red lamp means that the memory is full.")
        (folder / "leave.txt").unlink()
        ingest_paths([folder], store=store, embedder=embedder, sync=True)
        assert documents(engine.search("snow sensor", k=1)) == ["snow.txt"]
        assert "memory is full" in engine.search("red lamp", k=1)[0].text
        assert "leave.txt" not in documents(engine.search("annual leave", k=10))


def test_an_old_index_is_made_right_by_the_catalog(
    store: Path, folder: Path, embedder: Embedder
) -> None:
    """What a reader sees between a commit and the next snapshot."""
    index = Store(store, "default").index_directory
    kept = index.parent / "kept"
    shutil.copytree(index, kept)
    (folder / "snow.txt").write_text("The snow sensor is heated below zero.")
    for name in ("lamp.txt", "leave.txt", "mast.txt"):
        (folder / name).unlink()
    ingest_paths([folder], store=store, embedder=embedder, sync=True)
    shutil.rmtree(index)
    kept.rename(index)
    with engine_over(store, embedder) as engine:
        hits = engine.search("snow sensor", k=2)
        assert documents(hits) == ["snow.txt", "rain.txt"]
        assert all(hit.text for hit in hits)


@pytest.mark.parametrize("damage", ["deleted", "truncated", "zeroed"])
def test_a_damaged_index_is_replaced_by_an_exact_scan(
    store: Path, embedder: Embedder, damage: str
) -> None:
    with engine_over(store, embedder) as engine:
        expected = [(hit.document, round(hit.score, 4)) for hit in engine.search("rain", k=4)]
    index = Store(store, "default").index_directory
    if damage == "deleted":
        shutil.rmtree(index)
    for path in index.rglob("chroma.sqlite3"):
        path.write_bytes(b"" if damage == "truncated" else bytes(path.stat().st_size))
    with engine_over(store, embedder) as engine:
        hits = engine.search("rain", k=4)
    assert [(hit.document, round(hit.score, 4)) for hit in hits] == expected


def test_ingesting_again_mends_a_damaged_index(
    store: Path, folder: Path, embedder: Embedder
) -> None:
    index = Store(store, "default").index_directory
    for path in index.rglob("chroma.sqlite3"):
        path.write_bytes(b"")
    (folder / "snow.txt").write_text("The snow sensor is heated below zero.")
    ingest_paths([folder], store=store, embedder=embedder)
    with engine_over(store, embedder) as engine:
        assert len(engine.search("weather", k=10)) == 5


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"document": "rain.txt"}, {"rain.txt"}),
        ({"document": {"$in": ["rain.txt", "mast.txt"]}}, {"rain.txt", "mast.txt"}),
        ({"document": {"$ne": "rain.txt"}}, {"lamp.txt", "leave.txt", "mast.txt"}),
        ({"$or": [{"document": "rain.txt"}, {"document": "lamp.txt"}]}, {"rain.txt", "lamp.txt"}),
        ({"kind": "text", "document": {"$nin": ["rain.txt"]}}, set(FACTS) - {"rain.txt"}),
        ({"page": {"$gte": 1}}, set()),
        ({"author": "nobody"}, set()),
        ({"$and": [{"kind": "text"}, {"page": {"$ne": 3}}]}, set(FACTS)),
    ],
)
def test_filters(
    store: Path, embedder: Embedder, where: dict[str, object], expected: set[str]
) -> None:
    with engine_over(store, embedder) as engine:
        assert set(documents(engine.search("lamp", k=10, where=where))) == expected


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"$not": []},
        {"page": {"$like": 1}},
        {"$or": []},
        {"a": {"$in": 3}},
        {"a": {}},
    ],
)
def test_wrong_filters_are_refused(
    store: Path, embedder: Embedder, where: dict[str, object]
) -> None:
    from ingest.errors import UsageError

    with engine_over(store, embedder) as engine, pytest.raises(UsageError):
        engine.search("lamp", where=where)
