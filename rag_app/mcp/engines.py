"""The engine of each collection that may be asked."""

from __future__ import annotations

import threading

from ingest.errors import RagError, UsageError
from ingest.store.collections import CollectionSummary, collection_names, list_collections
from rag_app.engine import Engine
from rag_app.opening import with_collection


class Engines:
    """The engines over the collections of a store, which share their models: made when they are
    first asked for. Threads may share it."""

    def __init__(self, engine: Engine, *, only: bool) -> None:
        """``engine`` is asked where no collection is named; with ``only``, no other is there."""
        self._first, self._only = engine, only
        self._others: dict[str, Engine] = {}
        self._lock = threading.Lock()

    def of(self, collection: str | None) -> Engine:
        """Raises UsageError where there is no such collection, StoreError."""
        first = self._first
        if collection is None or collection == first.index_settings.collection:
            return first
        if self._only or collection not in collection_names(first.index_settings.store):
            raise UsageError(f"There is no collection {collection!r}; list_collections names them")
        with self._lock:
            if collection not in self._others:
                self._others[collection] = with_collection(first, collection)
            return self._others[collection]

    def listed(self) -> list[CollectionSummary]:
        """The collections that may be asked, in order of name. Raises StoreError."""
        settings = self._first.index_settings
        found = list_collections(settings.store)
        return [one for one in found if not self._only or one.name == settings.collection]

    def close(self) -> None:
        """Close those that were made here; the first is its owner's."""
        with self._lock:
            for engine in self._others.values():
                engine.close()
            self._others.clear()


def in_one_line(error: RagError) -> str:
    """An error as the assistant is told it."""
    return " ".join(str(error).split())
