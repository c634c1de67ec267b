"""Repair the vector index from the catalog, without embedding anything."""

from __future__ import annotations

import logging
from collections.abc import Set

from ingest.catalog.writer import CatalogWriter
from ingest.errors import StoreError, StoreLocked
from ingest.index import process as index_process
from ingest.index import writer as index_writer
from ingest.store.directory import Store

logger = logging.getLogger(__name__)


def heal(store: Store, damaged: Set[str] = frozenset()) -> bool:
    """Drop damaged segments and update the index, if nobody is writing; whether that was done.

    ``damaged`` are the names of segments that gave wrong results. A writer that is at work
    will do the same when it is done, and a store that cannot be written is searched without an
    index: both are no errors here.
    """
    try:
        with store.write_lock(0, create=False), CatalogWriter(store.catalog_path) as catalog:
            index_writer.drop(store.index_directory, damaged)
            index_process.refresh(store, catalog)
            return True
    except StoreLocked:
        return False
    except StoreError as error:
        logger.warning("The index could not be mended: %s", error)
        return False
