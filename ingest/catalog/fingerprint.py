"""The fingerprint of a collection: its model and chunk settings, which must never be mixed."""

from __future__ import annotations

import json
from typing import Any

from ingest.catalog.view import CatalogView
from ingest.catalog.writer import CatalogWriter
from ingest.embed.embedder import TUNED, Embedder
from ingest.errors import FingerprintMismatch
from ingest.settings import IndexSettings


def fingerprint_of(settings: IndexSettings, embedder: Embedder) -> dict[str, Any]:
    """The model and the settings that decide how a document is stored, as values of JSON."""
    fingerprint = {
        **embedder.fingerprint,
        "chunk_tokens": settings.chunk_tokens,
        "overlap_tokens": settings.overlap_tokens,
    }
    return dict(json.loads(json.dumps(fingerprint)))


def check_fingerprint(catalog: CatalogWriter, embedder: Embedder, settings: IndexSettings) -> None:
    """Set the fingerprint of a new collection; raise FingerprintMismatch if it has another."""
    now = fingerprint_of(settings, embedder)
    built_with = catalog.fingerprint()
    if built_with == now:
        return
    if built_with is None or not catalog.known_files():
        catalog.set_fingerprint(now)
        return
    _check_tuned(built_with, embedder, settings.collection)
    different = [name for name in now if now[name] != built_with.get(name)]
    if different:
        name = different[0]
        raise FingerprintMismatch(
            f"The collection {settings.collection!r} was built with {name} = "
            f"{built_with.get(name)}, now it is {now[name]}; set it back, use another collection "
            "(--collection), or change this one: rag-app reembed"
        )


def check_embedder(view: CatalogView, embedder: Embedder, collection: str) -> None:
    """Raise FingerprintMismatch if a collection was built with another embedding model."""
    built_with = view.fingerprint() or {}
    # The name first: to see that it is another model, it need not be loaded.
    different = "model" if built_with.get("model") != embedder.name else None
    now = embedder.name
    if different is None:
        for name, value in embedder.fingerprint.items():
            if built_with.get(name) != value:
                different, now = name, value
                break
    _check_tuned(built_with, embedder, collection)
    if different is not None:
        raise FingerprintMismatch(
            f"The collection {collection!r} was built with {different} = "
            f"{built_with.get(different)}, now it is {now}; set RAG_EMBEDDING_MODEL back, "
            "or change the collection to it: rag-app reembed"
        )


def _check_tuned(built_with: dict[str, Any], embedder: Embedder, collection: str) -> None:
    """Raise FingerprintMismatch if another process has tuned the model, or left the tuned one."""
    now, then = embedder.name.partition(TUNED)[0], str(built_with.get("model"))
    if then != embedder.name and then.partition(TUNED)[0] == now:
        raise FingerprintMismatch(
            f"The embedding model of the collection {collection!r} was tuned since it was opened "
            f"(now it is {then}, was {embedder.name}); start this program again"
        )
