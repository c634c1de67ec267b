"""Replace the catalog of a collection by one that was prepared in a file, in one transaction.

Used where everything changes at once: ``ingest.maintenance.backup`` and
``ingest.maintenance.reembed``.
"""

from __future__ import annotations

from pathlib import Path

from ingest.catalog.files import overwrite_catalog, prepare_replacement
from ingest.catalog.writer import CatalogWriter
from ingest.index import process as index_process
from ingest.index import writer as index_writer
from ingest.store.directory import Store


def replace_catalog(store: Store, prepared: Path) -> int:
    """Replace a collection's catalog by a prepared one; returns its number of documents.

    The caller holds the write lock. Killed at any moment, the collection is what it was, or what
    was prepared. The index is made anew from it; nothing is embedded. The prepared file is removed
    when all that it holds is in the collection. Raises StoreError; IndexNotWritten after that.
    """
    prepare_replacement(prepared, store.catalog_path)
    # No index may be taken for one of what comes: searches compare every vector until it is made.
    index_writer.drop(store.index_directory)
    overwrite_catalog(store.catalog_path, prepared)
    discard(prepared)
    with CatalogWriter(store.catalog_path) as written:
        index_process.refresh(store, written)
        return written.document_count()


def discard(prepared: Path) -> None:
    """Remove a prepared catalog with its journals, or what a killed process left of them."""
    for part in prepared.parent.glob(f"{prepared.name}*"):
        part.unlink()
