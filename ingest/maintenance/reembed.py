"""Re-embed a collection with another model or other chunk settings, from its stored texts.

The new catalog is built beside the old one, which goes on answering, one document after the other;
then it takes the old one's place in one transaction. Interrupted, it goes on where it was. The
files are not needed: texts and their structure are in the catalog.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from ingest.catalog.contents import EmbeddedContent
from ingest.catalog.fingerprint import fingerprint_of
from ingest.catalog.view import Catalog
from ingest.catalog.writer import CatalogWriter
from ingest.chunk import chunk_document, embedding_text
from ingest.embed.embedder import Embedder
from ingest.errors import StoreError
from ingest.maintenance.replace_catalog import discard, replace_catalog
from ingest.progress import NoProgress, Progress
from ingest.records import DocumentEntry, FileReceipt, IngestReport, LoadedDocument
from ingest.settings import IndexSettings
from ingest.similarity import Vectors
from ingest.store.directory import Store
from ingest.store.tuned_model import collection_embedder

# So many are embedded together.
BATCH_CHUNKS = 64


@dataclass(frozen=True, slots=True)
class StoredContent:
    """A stored text with its structure, and every document that has it."""

    digest: str
    document: LoadedDocument
    note: str | None
    entries: tuple[DocumentEntry, ...]


def reembed(
    settings: IndexSettings, *, embedder: Embedder | None = None, progress: Progress | None = None
) -> IngestReport:
    """Cut and embed all documents of a collection again, with the settings that are given.

    Raises StoreEmpty if nothing was ingested, StoreLocked, StoreError, EmbedderError.
    """
    started = time.perf_counter()
    embedder = embedder or collection_embedder(settings)
    progress = progress or NoProgress()
    store = Store(settings.store, settings.collection)
    fingerprint = fingerprint_of(settings, embedder)
    receipts: list[FileReceipt] = []
    with store.write_lock(settings.lock_seconds, create=False):
        new = _new_catalog(store, fingerprint)
        with CatalogWriter(new) as catalog:
            catalog.set_fingerprint(fingerprint)
            with Catalog(store.catalog_path).reading() as view:
                contents = view.digests()
            progress.begin(len(contents), sum(size for _, size in contents))
            try:
                for digest, size in contents:
                    content = _stored(store, digest)
                    chunks = _put(catalog, content, embedder, settings)
                    names = [entry.name for entry in content.entries]
                    pages = len(content.document.page_starts) or None
                    updated = [
                        FileReceipt(name, "updated", chunks, pages, characters=size)
                        for name in names
                    ]
                    receipts += updated
                    progress.working(names[0], chunks, size)
                    progress.finished(updated[0], 0)
            finally:
                progress.end()
            _drop_others(catalog, {receipt.path for receipt in receipts})
            _copy_receipts(store, catalog, {one.path: one.chunks for one in receipts})
        replace_catalog(store, new)
    return IngestReport(tuple(receipts), time.perf_counter() - started)


def _new_catalog(store: Store, fingerprint: dict[str, Any]) -> Path:
    """Where the new catalog is built; what an earlier run with other settings left is removed."""
    path = store.directory / "reembed.sqlite3"
    if path.exists():
        with CatalogWriter(path) as earlier:
            same = earlier.fingerprint() == fingerprint
        if not same:
            discard(path)
    return path


def _stored(store: Store, digest: str) -> StoredContent:
    with Catalog(store.catalog_path).reading() as view:
        number = view.content_number(digest)
        assert number is not None, "it was listed, and nobody else writes"
        document, note = view.stored_document(number), view.summary_of(number).note
        entries = view.entries_of(number)
    return StoredContent(digest, document, note, entries)


def _put(
    catalog: CatalogWriter, content: StoredContent, embedder: Embedder, settings: IndexSettings
) -> int:
    """Store a content in the new catalog, unless an earlier run has; returns its chunks."""
    number = catalog.content_number(content.digest)
    unplaced = content.entries
    if number is None:
        chunked = chunk_document(
            content.document,
            embedder,
            chunk_tokens=settings.chunk_tokens,
            overlap_tokens=settings.overlap_tokens,
        )
        texts = (embedding_text(content.document, chunk) for chunk in chunked.chunks)
        embedded = EmbeddedContent(
            digest=content.digest,
            document=content.document,
            chunks=chunked.chunks,
            sentences=chunked.sentences,
            vectors=_embed(embedder, texts),
            note=content.note,
        )
        catalog.put(unplaced[0], embedded)
        unplaced = unplaced[1:]
        number = catalog.content_number(content.digest)
        if number is None:
            raise StoreError(f"The new catalog did not keep {content.entries[0].name}")
    if unplaced:
        # Also those that an earlier run has placed: their files may have moved since.
        catalog.put_all([(entry, number) for entry in unplaced])
    return catalog.summary_of(number).chunks


def _embed(embedder: Embedder, texts: Iterator[str]) -> Iterator[Vectors]:
    while batch := list(islice(texts, BATCH_CHUNKS)):
        yield from embedder.encode(batch)


def _drop_others(catalog: CatalogWriter, names: set[str]) -> None:
    """Delete what an interrupted run has stored, and the collection no longer has."""
    for document in catalog.documents():
        if document.name not in names:
            catalog.delete(document.name)


def _copy_receipts(store: Store, catalog: CatalogWriter, chunks: Mapping[str, int]) -> None:
    """Keep what happened to each file; documents have another number of chunks now."""
    with Catalog(store.catalog_path).reading() as view:
        receipts = view.receipts()
    for source, receipt in receipts.items():
        known = {} if receipt.is_unread else chunks
        count = known.get(receipt.path, receipt.chunks)
        catalog.set_receipt(source, replace(receipt, chunks=count))
