"""Consistency check of a collection: the catalog with itself, with the index and with the files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ingest.catalog.view import Catalog, CatalogView
from ingest.catalog.writer import CatalogWriter
from ingest.errors import StoreError
from ingest.index.reader import VectorIndex, open_index
from ingest.index.repair import heal
from ingest.index.segments import finished
from ingest.index.writer import LAG
from ingest.paths import file_of, is_address
from ingest.private import close_to_others, open_to_others
from ingest.records import FileState
from ingest.similarity import COSINE, similarities
from ingest.store.directory import Store

# How many vectors are looked for in the index, spread over the collection.
SAMPLE = 200
UNIT = 1e-3


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem, in words. ``remedy`` is a command, or None where ``--fix`` mends it."""

    what: str
    remedy: str | None = None


def examine(store: Store) -> list[Finding]:
    """Check a collection: all problems, none if all is well. Changes nothing.

    Raises StoreEmpty if nothing was ingested, StoreError if the catalog cannot be opened.
    """
    with Catalog(store.catalog_path).reading() as view:
        findings = [*_check_catalog(view)]
        if not findings:
            findings += [*_check_words(view), *_check_index(store, view), *_check_files(view)]
    return [*findings, *_check_rights(store)]


def bring_up_to_date(store: Store) -> None:
    """Migrate a catalog that an earlier version wrote to the schema of this one.

    Raises StoreLocked, StoreError.
    """
    if store.exists:
        with store.write_lock(0, create=False), CatalogWriter(store.catalog_path):
            pass


def mend(store: Store, findings: list[Finding]) -> list[Finding]:
    """Repair what can be repaired from the catalog; returns the problems that are left.

    Raises StoreLocked, StoreError.
    """
    try:
        if close_to_others(store.directory):
            findings = examine(store)
    except OSError as error:
        raise StoreError(
            f"The rights to {store.directory} cannot be changed ({error.strerror or error}); let "
            "its owner do that"
        ) from None
    if any(finding.remedy is None for finding in findings):
        with store.write_lock(0, create=False), CatalogWriter(store.catalog_path) as catalog:
            catalog.rewrite_words()
        # All of it, also where a segment is sound and just not what the catalog says.
        heal(store, frozenset(segment.name for segment in finished(store.index_directory)))
    return examine(store)


def _check_catalog(view: CatalogView) -> Iterator[Finding]:
    restore = "rag-app restore FILE, or delete the store and ingest again"
    if problem := view.integrity_problem() or view.values_problem():
        yield Finding(f"The catalog is damaged: {problem}", restore)
        return
    if misplaced := view.misplaced_chunk_count():
        yield Finding(f"{misplaced} chunks are not the words that their offsets point at", restore)
    if orphans := view.orphan_count():
        yield Finding(f"{orphans} texts belong to no document", restore)
    wrong = 0
    one = view.similarity() == COSINE
    for _, matrix in view.vectors():
        lengths = np.linalg.norm(matrix, axis=1)
        wrong += int(np.sum(~(np.abs(lengths - 1) < UNIT if one else np.isfinite(lengths))))
    if wrong:
        yield Finding(f"{wrong} vectors are not of {'length one' if one else 'numbers'}", restore)


def _check_words(view: CatalogView) -> Iterator[Finding]:
    checked, wrong = view.check_postings(at_most=SAMPLE)
    if wrong:
        yield Finding(f"{wrong} of {checked} documents are not found by all of their words")


def _check_index(store: Store, view: CatalogView) -> Iterator[Finding]:
    index = open_index(store.index_directory)
    try:
        behind = view.count_after(index.generation)
        if behind and not index.generation:
            yield Finding("There is no sound index; searches compare every vector")
        elif behind >= LAG:
            yield Finding(f"The index lacks the {behind} newest chunks; searches scan them")
        elif lacking := _lacking(index, view):
            yield Finding(f"The index lacks {lacking} chunks of its own")
        elif missed := _missed(index, view):
            yield Finding(f"{missed} of {SAMPLE} chunks are not found by their own vector")
    except StoreError as error:
        yield Finding(f"The index cannot be searched: {error}")
    finally:
        index.close()


def _lacking(index: VectorIndex, view: CatalogView) -> int:
    held = set[str]().union(*(opened.ids() for opened in index.segments))
    its_own = view.vectors(upto=index.generation)
    return sum(id_ not in held for ids, _ in its_own for id_ in ids)


def _missed(index: VectorIndex, view: CatalogView) -> int:
    step = max(1, view.chunk_count() // SAMPLE)
    missed = 0
    for ids, matrix in view.vectors(upto=index.generation):
        for place in range(0, len(ids), step):
            # Chunks with the same text have the same vector, and any of them is right.
            own = similarities(matrix[place : place + 1], matrix[place], view.similarity())[0]
            found = index.query(matrix[place], 1)
            missed += not any(score > own - UNIT * max(1, abs(own)) for _, score in found)
    return missed


def _check_rights(store: Store) -> Iterator[Finding]:
    wide = list(open_to_others(store.directory))
    if wide:
        yield Finding(
            f"Others on the machine can reach {store.directory}, {len(wide)} files in all"
        )


def _check_files(view: CatalogView) -> Iterator[Finding]:
    gone: list[str] = []
    changed: list[str] = []
    for source, known in sorted(view.known_files().items()):
        if is_address(source):
            continue
        try:
            if FileState.of(file_of(source)) != known.state:
                changed.append(source)
        except OSError:
            gone.append(source)
    if gone:
        folder = str(Path(gone[0]).parent)
        yield Finding(
            f"{len(gone)} documents have lost their files, such as {gone[0]}",
            f"rag-app ingest {folder} --sync",
        )
    if changed:
        yield Finding(
            f"{len(changed)} files have changed since they were read, such as {changed[0]}",
            f"rag-app ingest {Path(changed[0]).parent}",
        )
