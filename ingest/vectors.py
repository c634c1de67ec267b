"""The vector index: Chroma, made from the catalog, in snapshots that never change.

    index/000042/       what Chroma holds of generation 42
    index/building-…/   a snapshot being made; means nothing until it has its name

To apply changes, the newest snapshot is copied, the copy is changed, closed and then renamed.
So no process ever reads what another one writes, a process killed while writing leaves a folder
that nobody looks at, and a reader keeps the snapshot it has opened. Measured on chromadb 1.5.9:
writing one directory from two processes loses records, a client does not see what another
process wrote, and 7 of 143 kills during an upsert ruined the directory for good
(docs/decisions/0002).

What has come since a snapshot is found by an exact scan of the catalog, and what has gone is
left out because the catalog no longer has it (``rag_app.retrieve``).
"""

from __future__ import annotations

import logging
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.catalog import CatalogView, Vectors
from ingest.errors import StoreError

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api.client import Client

logger = logging.getLogger(__name__)

COLLECTION = "chunks"
# Up to this many chunks a copy costs less than a second, so every run ends with an index that
# holds everything; above it, changes of under one in fifty wait for the next run.
ALWAYS_APPLY = 20_000
APPLY_SHARE = 50
# How many snapshots stay: one that readers may still be opening, and the newest.
KEEP = 2
# After how many changes Chroma writes its graph to disk, which takes as long as it is large: not
# while a snapshot is filled, and with the lowest that there is when it is done.
NEVER = 2**31 - 1
WRITE_OUT = 2


class VectorIndex:
    """One opened snapshot. Threads may share it."""

    def __init__(self, directory: Path) -> None:
        """Open a snapshot. Raises StoreError if Chroma cannot read it."""
        self._directory = directory
        self.generation = int(directory.name)
        with _chroma_errors(directory):
            self._client = _open_client(directory)
            self._collection = self._client.get_collection(COLLECTION, embedding_function=None)
            self.count = self._collection.count()

    def query(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
        """The ``k`` nearest chunks as (id, cosine similarity), best first.

        ``vector`` has shape (dimension,). Raises StoreError if Chroma fails.
        """
        if not self.count:
            return []
        with _chroma_errors(self._directory):
            found = self._collection.query(
                query_embeddings=[vector.tolist()],
                n_results=min(k, self.count),
                include=["distances"],
            )
        distances = (found["distances"] or [[]])[0]
        return [
            (id_, 1.0 - distance) for id_, distance in zip(found["ids"][0], distances, strict=True)
        ]

    def close(self) -> None:
        self._client.close()


def open_newest(index_directory: Path) -> VectorIndex | None:
    """Open the newest snapshot that can be opened; None if there is none.

    A damaged one is passed over with a warning: the catalog answers for it.
    """
    for directory in reversed(_snapshots(index_directory)):
        try:
            return VectorIndex(directory)
        except StoreError as error:
            logger.warning("%s", error)
    return None


def newest_generation(index_directory: Path) -> int:
    """The generation of the newest snapshot; -1 if there is none."""
    snapshots = _snapshots(index_directory)
    return int(snapshots[-1].name) if snapshots else -1


def refresh(view: CatalogView, index_directory: Path, *, always: bool = True) -> bool:
    """Bring the index to the catalog's generation, and say whether it is there now.

    With ``always`` false, a change that is small beside a large index waits. The caller holds
    the store's write lock. Nothing is embedded. Raises StoreError if Chroma cannot be written.
    """
    generation = view.generation()
    snapshots = _snapshots(index_directory)
    newest = int(snapshots[-1].name) if snapshots else 0
    if newest == generation:
        return True
    if not always and snapshots and not _worth_applying(view, newest):
        return False
    index_directory.mkdir(parents=True, exist_ok=True)
    for leftover in index_directory.glob("building-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    building = index_directory / f"building-{uuid.uuid4().hex}"
    if not (newest and _apply_to_copy(view, snapshots[-1], building)):
        shutil.rmtree(building, ignore_errors=True)
        if not _apply(view, building, after=0):
            raise StoreError(
                f"Chroma did not keep what was written to {building}; check the disk, then run "
                "rag-app ingest again"
            )
    building.rename(index_directory / f"{generation:06}")
    for old in _snapshots(index_directory)[:-KEEP]:
        shutil.rmtree(old, ignore_errors=True)
    return True


def _worth_applying(view: CatalogView, newest: int) -> bool:
    total = view.chunk_count()
    return total <= ALWAYS_APPLY or view.count_after(newest) * APPLY_SHARE >= total


def _apply_to_copy(view: CatalogView, snapshot: Path, building: Path) -> bool:
    """Copy a snapshot and apply what has changed since; False where it is better made anew."""
    removed = len(view.removed_after(int(snapshot.name)))
    # Chroma's graph loses its way after many removals (up to 4.4 % of the live records were not
    # found by their own vector): made anew, it has none.
    if removed * 4 > view.chunk_count():
        return False
    try:
        shutil.copytree(snapshot, building)
        return _apply(view, building, after=int(snapshot.name))
    except (StoreError, OSError, shutil.Error) as error:
        logger.warning("The index is made anew, because its last state cannot be used: %s", error)
        return False


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
    # files anew, each time, beside all others who read them. So they are written out here; the
    # threshold counts for who opens the collection after it was set.
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
    with _chroma_errors(directory):
        client = _open_client(directory)
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


def _snapshots(index_directory: Path) -> list[Path]:
    """The finished snapshots, oldest first."""
    if not index_directory.is_dir():
        return []
    finished = (path for path in index_directory.iterdir() if path.name.isdecimal())
    return sorted(finished, key=lambda path: int(path.name))


def _open_client(directory: Path) -> Client:
    import chromadb
    from chromadb.api.client import Client
    from chromadb.config import Settings

    client = chromadb.PersistentClient(
        path=str(directory), settings=Settings(anonymized_telemetry=False)
    )
    assert isinstance(client, Client)  # declared wider, without the close() that it has
    return client


@contextmanager
def _chroma_errors(directory: Path) -> Iterator[None]:
    """Turn what Chroma raises over a damaged or unwritable directory into StoreError."""
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, ValueError, RuntimeError, OSError, KeyError) as error:
        raise StoreError(f"Chroma cannot use {directory} ({error})") from error
    except BaseException as error:
        # A panic in Chroma's Rust core derives from BaseException, not from Exception.
        if type(error).__name__ == "PanicException":
            raise StoreError(f"Chroma cannot use {directory} ({error})") from error
        raise
