"""Delete documents from a collection by name, whatever becomes of their files."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable

from ingest.catalog.writer import CatalogWriter
from ingest.errors import IndexNotWritten, StoreEmpty, UsageError
from ingest.index import process as index_process
from ingest.records import FileReceipt, IngestReport
from ingest.run.last_run import remember_run
from ingest.settings import IndexSettings, load_settings
from ingest.store.directory import Store


def delete_documents(
    names: Iterable[str],
    *,
    store: str | os.PathLike[str] | None = None,
    collection: str | None = None,
    settings: IndexSettings | None = None,
    collection_id: str | None = None,
) -> IngestReport:
    """Delete documents by name: all of them, or none if the collection lacks one.

    Their files are left alone, so ingesting their folder again brings back those that are still
    there. Of a file that could not be read, the receipt is forgotten.

    With ``collection_id`` (``ingest.store.identity.Note.id``), no other collection is written to.

    Raises UsageError for a name that is not known, StoreEmpty, CollectionGone, StoreLocked,
    StoreError, and IndexNotWritten with the report.
    """
    started = time.perf_counter()
    settings = settings or load_settings(IndexSettings, store=store, collection=collection)
    target = Store(settings.store, settings.collection)
    if collection_id is None and not target.exists:
        raise StoreEmpty("Nothing has been ingested yet; run: rag-app ingest PATH")
    wanted = list(dict.fromkeys(names))
    with (
        target.write_lock(settings.lock_seconds, create=False, collection_id=collection_id),
        CatalogWriter(target.catalog_path) as catalog,
    ):
        documents = {file.name for file in catalog.known_files().values()}
        unread = {
            receipt.path: source
            for source, receipt in catalog.receipts().items()
            if receipt.is_unread and receipt.path not in documents
        }
        for name in wanted:
            if name not in documents and name not in unread:
                raise UsageError(f"There is no document {name!r}; see: rag-app status")
        for name in wanted:
            if name in documents:
                catalog.delete(name)
            else:
                catalog.drop_receipt(unread[name])
        receipts = tuple(FileReceipt(name, "deleted") for name in wanted)
        remember_run(catalog, receipts)
        report = IngestReport(receipts, time.perf_counter() - started)
        try:
            index_process.refresh(target, catalog, always=False)
        except IndexNotWritten as error:
            error.report = report
            raise
    return report
