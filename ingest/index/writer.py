"""Update the vector index from the catalog, segment by segment.

A segment is made beside the others and gets its name when it is complete, so a process killed while
writing leaves a folder that nobody looks at. Small collections are one segment, which is copied
and added to; large ones are several, of which most stay as they are.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.catalog.connection import translated_errors
from ingest.catalog.view import CatalogView
from ingest.errors import IndexNotWritten, StoreError
from ingest.index import segments
from ingest.index.chroma import COLLECTION, chroma_errors, open_client
from ingest.index.segments import Segment
from ingest.similarity import SPACES, Similarity

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api.client import Client

logger = logging.getLogger(__name__)

# A segment of so many chunks takes 400 MB of memory while it is made.
LARGEST = 200_000
# Up to this many chunks a copy costs less than a second, so every run ends with an index that
# holds everything; above it, changes of under one in fifty wait for the next run.
ALWAYS_APPLY = 20_000
APPLY_SHARE = 50
# Who makes one small change after the other lets so many chunks wait: to compare them takes a
# millisecond, and the process that adds to an index five seconds of a processor, most of them for
# importing Chroma.
LAG = 1_000
# A segment of which more than one chunk in so many is gone is made anew.
GONE_SHARE = 4
# Links of a vector in the graph. Twice Chroma's default: as quick to build, a third of the misses
# (24,000 vectors of real texts, recall@10 0.9996 instead of 0.9987), 128 bytes a vector.
NEIGHBOURS = 32
# After how many changes Chroma writes its graph to disk, which takes as long as it is large: not
# while a segment is filled, and with the lowest that there is when it is done.
NEVER = 2**31 - 1
WRITE_OUT = 2
PASSING = "passing"  # no id of a chunk


@dataclass(frozen=True, slots=True)
class SegmentPlan:
    """A segment to be built: its range of generations, and the segment it extends, if any."""

    after: int
    upto: int
    base: Segment | None = None


Make = Callable[[CatalogView, SegmentPlan, Path], None]


def refresh(
    view: CatalogView,
    index_directory: Path,
    *,
    always: bool = True,
    lag: int = 0,
    largest: int = LARGEST,
    make: Make | None = None,
) -> None:
    """Update the index to the catalog's generation.

    With ``always`` false, a change that is small beside a large index waits, and one of fewer
    chunks than ``lag``, where there is an index at all. ``make`` makes a segment, in place of the
    function here. The caller holds the store's write lock. Nothing is embedded. Raises
    IndexNotWritten.
    """
    try:
        superseded = _superseded(index_directory)
        with translated_errors(view.path):
            for planned in plan(view, index_directory, always=always, lag=lag, largest=largest):
                (make or make_segment)(view, planned, index_directory)
        # Readers may be opening what this run has replaced: that goes with the next one.
        for segment in superseded:
            segments.remove(segment)
    except (StoreError, OSError) as error:
        with suppress(OSError):  # half of a segment is of no use, and its room is
            segments.begin(index_directory)
        raise IndexNotWritten(
            f"The documents are stored, but their index could not be written ({error}); free some "
            "space, then run: rag-app doctor --fix (until then searches compare every vector)"
        ) from error


def plan(
    view: CatalogView,
    index_directory: Path,
    *,
    always: bool = True,
    lag: int = 0,
    largest: int = LARGEST,
) -> list[SegmentPlan]:
    """The segments to be built for the index to match the catalog; none if it does.

    Segments that are damaged are removed on the way.
    """
    generation = view.generation()
    plans: list[SegmentPlan] = []
    reached = 0
    last: tuple[Segment, int] | None = None  # the segment that ends there, and its chunks
    for segment, chunks in _sound(index_directory, generation):
        live = view.count_after(segment.after, segment.upto)
        if chunks < live or (chunks - live) * GONE_SHARE > chunks:
            continue
        if segment.after > reached:
            plans += _split(view, reached, segment.after, largest)
        reached, last = segment.upto, (segment, chunks)
    waiting = view.count_after(reached)
    if not waiting and (reached or not generation):
        return plans
    if last is None:
        return plans + _split(view, reached, generation, largest)
    segment, chunks = last
    small = waiting < lag or (chunks > ALWAYS_APPLY and waiting * APPLY_SHARE < chunks)
    if small and not always:
        return plans
    if chunks + waiting <= largest:
        return [*plans, SegmentPlan(segment.after, generation, base=segment)]
    return plans + _split(view, reached, generation, largest)


def drop(index_directory: Path, names: Set[str] | None = None) -> None:
    """Remove segments: all, or those that are named. The caller holds the write lock."""
    for segment in segments.finished(index_directory):
        if names is None or segment.name in names:
            segments.remove(segment)


def _superseded(index_directory: Path) -> list[Segment]:
    """Segments that an earlier run has replaced."""
    found = segments.finished(index_directory)
    used = segments.without_overlap(found)
    return [segment for segment in found if segment not in used]


def _sound(index_directory: Path, generation: int) -> Iterator[tuple[Segment, int]]:
    """The segments that can be used, with the number of their chunks. What is damaged, or later
    than the catalog (which someone has put back), is removed."""
    bad: set[str] = set()
    counts: dict[str, int] = {}
    for segment in segments.finished(index_directory):
        try:
            if segment.upto > generation:
                raise StoreError(f"The index {segment.path} is of another catalog")
            counts[segment.name] = segments.check(segment)
        except StoreError as error:
            logger.warning("%s; it is made anew", error)
            bad.add(segment.name)
    drop(index_directory, bad)
    for segment in segments.without_overlap(segments.finished(index_directory)):
        yield segment, counts[segment.name]


def _split(view: CatalogView, after: int, upto: int, largest: int) -> list[SegmentPlan]:
    """A range cut so that no part has more chunks than the largest segment, but for a single
    document that has."""
    cuts = [after]
    chunks = 0
    for generation, count in view.chunks_by_generation(after, upto):
        if chunks and chunks + count > largest:
            cuts.append(generation - 1)
            chunks = 0
        chunks += count
    return [SegmentPlan(first, last) for first, last in pairwise([*cuts, upto])]


def make_segment(view: CatalogView, planned: SegmentPlan, index_directory: Path) -> None:
    """Build a segment, from a copy of the one it extends where that is possible.

    Raises StoreError or OSError, and leaves what means nothing.
    """
    building = segments.begin(index_directory)
    if planned.base is not None:
        try:
            segments.copy(planned.base, building)
            chunks = _fill(view, building, planned.base.upto, planned.upto)
            segments.finish(building, planned.after, planned.upto, chunks=chunks)
            return
        except (StoreError, OSError, shutil.Error) as error:
            logger.warning("%s cannot be added to, and is made anew: %s", planned.base.path, error)
            shutil.rmtree(building, ignore_errors=True)
    chunks = _fill(view, building, planned.after, planned.upto)
    segments.finish(building, planned.after, planned.upto, chunks=chunks)


def _fill(view: CatalogView, directory: Path, after: int, upto: int) -> int:
    """Add what came in a range of generations; returns how many chunks there are then.

    Raises StoreError if Chroma did not keep what it was given.
    """
    expected = view.count_after(after, upto)
    ids: list[str] = []
    with _opened(directory, view.similarity()) as (client, collection):
        before = collection.count()
        largest = client.get_max_batch_size()
        for ids, vectors in view.vectors(after=after, upto=upto, batch_size=largest):
            collection.upsert(ids=ids, embeddings=vectors)
        collection.modify(configuration={"hnsw": {"sync_threshold": WRITE_OUT}})
    # A client that opens a collection of which a part is only in Chroma's queue writes the graph's
    # files anew, each time. So they are written out here; the threshold counts for who opens the
    # collection after it was set. By something that comes and goes: to change a chunk that is there
    # takes links from its neighbours, of which some were then not found by their own vector.
    with _opened(directory, view.similarity()) as (_, collection):
        if ids:
            collection.upsert(ids=[PASSING], embeddings=vectors[-1:])
            collection.delete(ids=[PASSING])
            collection.query(query_embeddings=vectors[-1:], n_results=1, include=[])
        count = int(collection.count())
    # Fewer than the sum where a deleted chunk has come back: it takes its own place.
    if not max(before, expected) <= count <= before + expected:
        raise StoreError(f"Chroma did not keep what was written to {directory}")
    return count


@contextmanager
def _opened(directory: Path, similarity: Similarity) -> Iterator[tuple[Client, Collection]]:
    """A client to write with, and the collection."""
    with chroma_errors(directory):
        client = open_client(directory)
        try:
            yield (
                client,
                client.get_or_create_collection(
                    COLLECTION,
                    embedding_function=None,  # Chroma's own would download a model
                    configuration={
                        "hnsw": {
                            "space": SPACES[similarity],
                            "max_neighbors": NEIGHBOURS,
                            "sync_threshold": NEVER,
                        }
                    },
                ),
            )
        finally:
            client.close()
