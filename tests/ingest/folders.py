"""What tests of ingestion ask of a folder and its store."""

from __future__ import annotations

from pathlib import Path

from ingest.catalog import Catalog
from ingest.embed import Embedder
from ingest.records import IngestReport
from ingest.store import Store


class CountingEmbedder(Embedder):
    """The real model, which counts what it embeds."""

    embedded = 0

    def encode(self, texts):
        self.embedded += len(texts)
        return super().encode(texts)


def statuses(report: IngestReport) -> dict[str, str]:
    return {receipt.path: receipt.status for receipt in report.files}


def names(store: Path, collection: str = "default") -> list[str]:
    with Catalog(Store(store, collection).catalog_path).reading() as view:
        return [document.name for document in view.documents()]


def chunk_ids(store: Path) -> set[str]:
    with Catalog(Store(store, "default").catalog_path).reading() as view:
        return {id_ for ids, _ in view.vectors() for id_ in ids}
