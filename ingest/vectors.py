"""The vector index: Chroma, made from the catalog, in snapshots that never change.

To apply changes, the newest snapshot is copied, and the copy is changed, closed and finished. So
no process ever reads what another one writes, a process killed while writing leaves a folder that
nobody looks at, and a reader keeps the snapshot it has opened. Measured on chromadb 1.5.9: writing
one directory from two processes loses records, a client does not see what another process wrote,
and 7 of 143 kills during an upsert ruined the directory for good (docs/decisions/0002).

What has come since a snapshot is found by an exact scan of the catalog, and what has gone is
left out because the catalog no longer has it (``rag_app.retrieve``).
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
import weakref
from collections.abc import Iterator, Set
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ingest import snapshot
from ingest.catalog import CatalogView, Vectors
from ingest.catalog_writer import CatalogWriter
from ingest.chroma import COLLECTION, chroma_errors, open_client
from ingest.errors import IndexNotWritten, StoreError
from ingest.room import give_back_room

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api.client import Client

logger = logging.getLogger(__name__)

# Up to this many chunks a copy costs less than a second, so every run ends with an index that
# holds everything; above it, changes of under one in fifty wait for the next run.
ALWAYS_APPLY = 20_000
APPLY_SHARE = 50
# A graph from which more than one in so many was removed is made anew.
REMOVED_SHARE = 4
# How many snapshots stay: one that readers may still be opening, and the newest.
KEEP = 2
# After how many changes Chroma writes its graph to disk, which takes as long as it is large: not
# while a snapshot is filled, and with the lowest that there is when it is done.
NEVER = 2**31 - 1
WRITE_OUT = 2


class VectorIndex:
    """One opened snapshot. Threads may share it."""

    def __init__(self, directory: Path) -> None:
        """Open a snapshot. Raises StoreError if it is damaged."""
        snapshot.check(directory)
        self.name = directory.name
        self.generation = snapshot.generation_of(directory)
        self._view = snapshot.private_view(directory)
        # Also where nobody closes it: a process that ends leaves no copies behind.
        self._remove_view = weakref.finalize(self, shutil.rmtree, self._view, ignore_errors=True)
        with chroma_errors(directory):
            self._client = open_client(self._view)
            try:
                self._collection = self._client.get_collection(COLLECTION, embedding_function=None)
                self.count = self._collection.count()
            except BaseException:
                self._client.close()
                raise

    def query(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
        """The ``k`` nearest chunks as (id, cosine similarity), best first.

        ``vector`` has shape (dimension,). Raises StoreError if Chroma fails.
        """
        if not self.count:
            return []
        with chroma_errors(self._view):
            found = self._collection.query(
                query_embeddings=[vector.tolist()],
                n_results=min(k, self.count),
                include=["distances"],
            )
        distances = (found["distances"] or [[]])[0]
        pairs = zip(found["ids"][0], distances, strict=True)
        return [(id_, 1.0 - distance) for id_, distance in pairs]

    def close(self) -> None:
        """Give back the client and its copy of the database."""
        self._client.close()
        self._remove_view()


def open_newest(
    index_directory: Path, *, newer_than: int = -1, damaged: Set[str] = frozenset()
) -> VectorIndex | None:
    """Open the newest snapshot after a generation that can be opened; None if there is none.

    A damaged one is passed over: the catalog answers for it. Those whose names are known to be
    damaged are not looked at again.
    """
    for directory in reversed(snapshot.snapshots(index_directory)):
        if snapshot.generation_of(directory) <= newer_than:
            return None
        if directory.name in damaged:
            continue
        try:
            return VectorIndex(directory)
        except StoreError as error:
            logger.warning("%s", error)
    return None


def drop(index_directory: Path, names: Set[str] | None = None) -> None:
    """Remove snapshots, all or those that are named. The caller holds the write lock."""
    for directory in snapshot.snapshots(index_directory):
        if names is None or directory.name in names:
            snapshot.remove(directory)


def refresh(catalog: CatalogWriter, index_directory: Path, *, always: bool = True) -> bool:
    """Bring the index to the catalog's generation, and say whether it is there now.

    With ``always`` false, a change that is small beside a large index waits. The caller holds
    the store's write lock. Nothing is embedded. Raises IndexNotWritten.
    """
    generation = catalog.generation()
    try:
        newest = _newest_sound(index_directory)
        if newest is not None and snapshot.generation_of(newest) == generation:
            return True
        if newest is not None and not always and not _worth_applying(catalog, newest):
            return False
        _make(catalog, newest, snapshot.begin(index_directory), generation)
    except (StoreError, OSError, sqlite3.Error) as error:
        with suppress(OSError):  # half of an index is of no use, and its room is
            snapshot.begin(index_directory)
        raise IndexNotWritten(
            f"The documents are stored, but their index could not be written ({error}); free some "
            "space, then run: rag-app doctor --fix (until then searches compare every vector)"
        ) from error
    kept = snapshot.snapshots(index_directory)[-KEEP:]
    for old in snapshot.snapshots(index_directory)[:-KEEP]:
        snapshot.remove(old)
    try:
        # Readers of an older index, if there still are any, take it for damaged, and scan.
        catalog.forget_removed(snapshot.generation_of(kept[0]))
        give_back_room(catalog)
    except StoreError as error:
        logger.warning("The catalog keeps its free pages: %s", error)
    return True


def _make(catalog: CatalogView, newest: Path | None, building: Path, generation: int) -> None:
    """Make a snapshot, from the newest one where that is possible."""
    removed = _apply_to_copy(catalog, newest, building) if newest is not None else None
    if removed is None:
        shutil.rmtree(building, ignore_errors=True)
        removed = 0
        if not _apply(catalog, building, after=0):
            raise StoreError(f"Chroma did not keep what was written to {building}")
    snapshot.finish(building, generation, removed=removed)


def _newest_sound(index_directory: Path) -> Path | None:
    """The newest snapshot that is not damaged. Those that are, are removed on the way."""
    for directory in reversed(snapshot.snapshots(index_directory)):
        try:
            snapshot.check(directory)
        except StoreError as error:
            logger.warning("%s; it is made anew", error)
            snapshot.remove(directory)
        else:
            return directory
    return None


def _worth_applying(view: CatalogView, newest: Path) -> bool:
    total = view.chunk_count()
    after = snapshot.generation_of(newest)
    waiting = view.count_after(after) + len(view.removed_after(after))
    return total <= ALWAYS_APPLY or waiting * APPLY_SHARE >= total


def _apply_to_copy(view: CatalogView, newest: Path, building: Path) -> int | None:
    """Copy a snapshot and apply what has changed since; None where it is better made anew.

    Returns how many chunks were ever removed from the graph.
    """
    after = snapshot.generation_of(newest)
    try:
        removed = snapshot.check(newest) + len(view.removed_after(after))
        # Chroma's graph loses its way after many removals, also of one at a time: live records
        # were not found by their own vector. Made anew, it has none.
        if removed * REMOVED_SHARE > view.chunk_count():
            return None
        snapshot.copy(newest, building)
        return removed if _apply(view, building, after=after) else None
    except (StoreError, OSError, shutil.Error) as error:
        logger.warning("The index is made anew, because its last state cannot be used: %s", error)
        return None


def _apply(view: CatalogView, directory: Path, *, after: int) -> bool:
    """Apply all changes after a generation; False if Chroma's count is not the catalog's."""
    with _opened(directory) as (client, collection):
        largest = client.get_max_batch_size()
        removed = view.removed_after(after) if after else []
        for first in range(0, len(removed), largest):
            collection.delete(ids=removed[first : first + largest])
        for ids, vectors in view.vectors(after=after, batch_size=largest):
            collection.upsert(ids=ids, embeddings=vectors)
        collection.modify(configuration={"hnsw": {"sync_threshold": WRITE_OUT}})
    # A client that opens a collection of which a part is only in Chroma's queue writes the graph's
    # files anew, each time. So they are written out here; the threshold counts for who opens the
    # collection after it was set.
    with _opened(directory) as (_, collection):
        if sample := next(view.vectors(batch_size=1), None):
            ids, vectors = sample
            for _ in range(WRITE_OUT):
                collection.upsert(ids=ids, embeddings=vectors)
            collection.query(query_embeddings=vectors, n_results=1, include=[])
        return bool(collection.count() == view.chunk_count())


@contextmanager
def _opened(directory: Path) -> Iterator[tuple[Client, Collection]]:
    """A client to write with, and the collection."""
    with chroma_errors(directory):
        client = open_client(directory)
        try:
            yield (
                client,
                client.get_or_create_collection(
                    COLLECTION,
                    embedding_function=None,  # Chroma's own would download a model
                    configuration={"hnsw": {"space": "cosine", "sync_threshold": NEVER}},
                ),
            )
        finally:
            client.close()
