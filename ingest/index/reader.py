"""Searching the vector index: Chroma segments, opened read-only.

Readers and writers never meet in a file: a segment never changes, and a reader keeps those that it
has opened until newer ones take their place. Measured on chromadb 1.5.9: writing one directory from
two processes loses records, a client does not see what another process wrote, and 7 of 143 kills
during an upsert ruined the directory for good (docs/decisions/0002).

What has come since the last segment is found by comparing vectors of the catalog, and what has gone
is left out because the catalog no longer has it (``rag_app.retrieval.retriever``).
"""

from __future__ import annotations

import logging
import shutil
import weakref
from pathlib import Path

from ingest.errors import StoreError
from ingest.index import segments
from ingest.index.chroma import COLLECTION, chroma_errors, open_client
from ingest.index.segments import Segment
from ingest.similarity import Vectors, from_distances

logger = logging.getLogger(__name__)


class OpenSegment:
    """One opened segment. Threads may share it."""

    def __init__(self, segment: Segment) -> None:
        """Open a segment. Raises StoreError if it is damaged, or gone."""
        segments.check(segment)
        self.segment = segment
        self._view = segments.private_view(segment)
        # Also where nobody closes it: a process that ends leaves no copies behind.
        self._remove_view = weakref.finalize(self, shutil.rmtree, self._view, ignore_errors=True)
        with chroma_errors(segment.path):
            self._client = open_client(self._view)
            try:
                self._collection = self._client.get_collection(COLLECTION, embedding_function=None)
                self.count = self._collection.count()
                # Not .configuration, which builds the embedding function that it names.
                settings = self._collection.configuration_json.get("hnsw") or {}
                self._space = str(settings.get("space"))
            except BaseException:
                self._client.close()
                raise
        # When the last search that asks it is done.
        self._close_client = weakref.finalize(self, self._client.close)
        self._close_client.atexit = False

    def query(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
        """The ``k`` nearest chunks as (id, similarity), best first. Some may be gone from
        the catalog.

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
        return list(zip(found["ids"][0], from_distances(distances, self._space), strict=True))

    def ids(self) -> set[str]:
        """All chunks that it holds. Raises StoreError if Chroma fails."""
        with chroma_errors(self._view):
            return set(self._collection.get(include=[])["ids"])

    def close(self) -> None:
        """Give back the client and its copy of the database."""
        self._close_client()
        self._remove_view()


class VectorIndex:
    """The opened segments of an index: all that came up to ``generation``.

    It follows what writers do when ``follow`` is called. Not safe for threads.
    """

    def __init__(self, index_directory: Path) -> None:
        """Nothing is opened yet."""
        self._directory = index_directory
        self._damaged: set[str] = set()
        self.segments: list[OpenSegment] = []

    @property
    def generation(self) -> int:
        """Up to which generation it has everything; 0 where it has nothing."""
        return self.segments[-1].segment.upto if self.segments else 0

    @property
    def damaged(self) -> frozenset[str]:
        """The names of segments that turned out to be damaged."""
        return frozenset(self._damaged)

    def follow(self) -> None:
        """Open what is new, let go of what has been replaced. A damaged segment is passed over, and
        what comes after it: the catalog answers for them."""
        opened = {one.segment.name: one for one in self.segments}
        while True:
            usable = segments.finished(self._directory)
            wanted = segments.chain(one for one in usable if one.name not in self._damaged)
            try:
                for segment in wanted:
                    if segment.name not in opened:
                        opened[segment.name] = OpenSegment(segment)
            except StoreError as error:
                if segment.path.exists():
                    logger.warning("%s", error)
                # Otherwise a writer has just replaced it.
                self._damaged.add(segment.name)
                continue
            # What is replaced is closed by whoever searches it last.
            self.segments = [opened[segment.name] for segment in wanted]
            return

    def query(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
        """The ``k`` nearest of all segments, as ``OpenSegment.query`` gives them."""
        found = dict(pair for one in self.segments for pair in one.query(vector, k))
        return sorted(found.items(), key=lambda pair: -pair[1])[:k]

    def drop(self, segment: OpenSegment) -> None:
        """Mark a segment as damaged, because it gave wrong results, and close it."""
        self._damaged.add(segment.segment.name)
        self.follow()

    def close(self) -> None:
        """Close all segments."""
        for one in self.segments:
            one.close()
        self.segments = []


def open_index(index_directory: Path) -> VectorIndex:
    """Open the index as it is now. Its generation is 0 where none can be opened."""
    index = VectorIndex(index_directory)
    index.follow()
    return index
