"""The engines of one server: opened once, one for each collection, with the same models."""

from __future__ import annotations

import threading

from ingest.store.collections import collection_names
from ingest.store.directory import Store
from rag_app.engine import Engine
from rag_app.opening import with_collection
from rag_app.server.gate.problems import Problem

_Known = tuple[str | None, Engine]


class Engines:
    """Lends engines by the names of collections. Threads may share it."""

    def __init__(self, own: Engine) -> None:
        """``own`` is that of the settings, whose collection need not be there yet."""
        self.own = own
        self._others: dict[str, _Known] = {}
        self._lock = threading.Lock()

    @property
    def collection(self) -> str:
        """The collection that is meant where nobody names one."""
        return self.own.store.collection

    def of(self, collection: str | None) -> Engine:
        """The engine of a collection. Raises Problem (404) if there is none of that name."""
        if collection is None or collection == self.collection:
            return self.own
        store = Store(self.own.store.root, collection)
        note = store.note
        if note is None and not store.exists:
            raise Problem(404, "unknown-collection", "There is no collection of this name")
        id_ = note.id if note else None
        with self._lock:
            known = self._others.get(collection)
            if known is None or known[0] != id_:  # another has taken its name
                if known is not None:
                    known[1].close()
                known = self._others[collection] = id_, with_collection(self.own, collection)
            return known[1]

    def names(self) -> list[str]:
        """The collections that can be asked, in order. Raises StoreError."""
        return sorted({self.collection, *collection_names(self.own.store.root)})

    def close(self) -> None:
        """Close all of them. They are not used after."""
        with self._lock:
            for _, engine in self._others.values():
                engine.close()
            self._others.clear()
        self.own.close()
