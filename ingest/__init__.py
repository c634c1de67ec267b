"""Ingestion: files to documents that can be searched, the writing half of the project.

from ingest import ingest_paths
report = ingest_paths(["handbook.pdf"], store="storage")
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingest.errors import RagError
    from ingest.maintenance.delete import delete_documents
    from ingest.pipeline import ingest_paths
    from ingest.records import FileReceipt, IngestReport
    from ingest.settings import IndexSettings
    from ingest.store.collections import (
        CollectionSummary,
        collection_names,
        create_collection,
        delete_collection,
        list_collections,
        rename_collection,
    )

__all__ = [
    "CollectionSummary",
    "FileReceipt",
    "IndexSettings",
    "IngestReport",
    "RagError",
    "collection_names",
    "create_collection",
    "delete_collection",
    "delete_documents",
    "ingest_paths",
    "list_collections",
    "rename_collection",
]

# The packages of ONNX Runtime, which embeds and reads scans, send events to their maker by default,
# and keep a device id and a queue of them in the home. Read once, as it is imported, this stops all
# of it (https://github.com/microsoft/onnxruntime/pull/27379; its other name: pull request 29843).
os.environ["ORT_DISABLE_TELEMETRY"] = os.environ["ORT_TELEMETRY_DISABLED"] = "1"

_HOMES = {
    "CollectionSummary": "ingest.store.collections",
    "FileReceipt": "ingest.records",
    "IndexSettings": "ingest.settings",
    "IngestReport": "ingest.records",
    "RagError": "ingest.errors",
    "collection_names": "ingest.store.collections",
    "create_collection": "ingest.store.collections",
    "delete_collection": "ingest.store.collections",
    "delete_documents": "ingest.maintenance.delete",
    "ingest_paths": "ingest.pipeline",
    "list_collections": "ingest.store.collections",
    "rename_collection": "ingest.store.collections",
}


def __getattr__(name: str) -> Any:
    # Imported when asked for, so that ``import ingest`` costs nothing.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
