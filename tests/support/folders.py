"""What tests of ingestion ask of a folder and its store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.catalog.view import Catalog
from ingest.embed.embedder import Embedder
from ingest.load.sandbox.reader import IsolatedReader
from ingest.records import IngestReport, LoadedDocument
from ingest.store.directory import Store


class CountingEmbedder(Embedder):
    """The real model, which counts what it embeds."""

    embedded = 0

    def encode(self, texts):
        self.embedded += len(texts)
        return super().encode(texts)


def read_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have files read by an earlier version, which took lamps for lumps, until it is undone."""
    load = IsolatedReader.load

    def load_badly(
        self: IsolatedReader,
        data: bytes | bytearray,
        name: str,
        on_page: Callable[[int, int], None] | None = None,
    ) -> LoadedDocument:
        loaded = load(self, data, name, on_page)
        return replace(loaded, text=loaded.text.replace("lamp", "lump"), title="Lumps")

    monkeypatch.setattr(IsolatedReader, "load", load_badly)


def statuses(report: IngestReport) -> dict[str, str]:
    return {receipt.path: receipt.status for receipt in report.files}


def names(store: Path, collection: str = "default") -> list[str]:
    with Catalog(Store(store, collection).catalog_path).reading() as view:
        return [document.name for document in view.documents()]


def chunk_ids(store: Path) -> set[str]:
    with Catalog(Store(store, "default").catalog_path).reading() as view:
        return {id_ for ids, _ in view.vectors() for id_ in ids}
