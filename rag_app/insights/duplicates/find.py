"""Near-duplicates of a collection: documents by their words and their passages' meaning, passages
that stand in several documents, and what would be kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ingest.embed.embedder import Embedder
from ingest.records import StoredDocument
from rag_app.collection.collection import Collection
from rag_app.collection.dates import dated
from rag_app.collection.sections import sections_of
from rag_app.comparison.align import Laid, lines_of
from rag_app.evidence.versions import subject_of
from rag_app.insights.base.points import Points, reading
from rag_app.insights.base.steps import QUIET, Steps
from rag_app.insights.duplicates.nearest import MOST_PAIRS, pairs_above
from rag_app.insights.duplicates.records import (
    Boilerplate,
    Change,
    DocumentPair,
    Duplicates,
    Kind,
    PassagePair,
)
from rag_app.insights.duplicates.shingles import overlaps

# From this share of the smaller one's shingles on, documents are edited copies, and those whose
# names say so versions. Measured by benchmarks.insights.duplicates.
SHARED = 0.25
VERSION_SHARED = 0.15
# From this cosine on two passages say the same; a reworded document has most of its passages so.
ALIKE = 0.9
REWORDED = 0.6
SAME = 0.99  # of all shingles of both: a copy
# Passages by their words: half of the smaller one's shingles are in the other.
PASSAGE_SHARED = 0.5
# A passage in so many documents is boilerplate.
MANY = 4
MOST_LISTED = 1000  # pairs of a kind
MOST_COMPARED = 30  # pairs of documents whose differences are looked for
CHANGES = 3  # shown of each
DOCUMENT_SIZE = 3  # words of a shingle of a document: with 4, heavy edits share too little

Alike = dict[tuple[int, int], float]


def find_duplicates(
    collection: Collection,
    embedder: Embedder | None = None,
    where: Mapping[str, Any] | None = None,
    *,
    alike: float = ALIKE,
    steps: Steps = QUIET,
) -> Duplicates:
    """Documents and passages that say the same. With an embedder, the sentences in which the first
    pairs of documents differ are looked for too. Nothing of the collection is changed.

    ``alike`` is the cosine from which on two passages say the same. Raises StoreEmpty, StoreError,
    UsageError for a wrong filter, EmbedderError, Stopped.
    """
    with reading(collection, where) as points:
        steps("Comparing words")
        texts = [points.view.document_text(one.name) or "" for one in points.documents]
        by_words = overlaps(texts, least=VERSION_SHARED, size=DOCUMENT_SIZE)
        chunks = points.texts(range(len(points)))
        of_passages = overlaps(chunks, least=PASSAGE_SHARED)
        near = pairs_above(
            points.vectors, alike, on_progress=lambda done, all_: steps("Comparing", done / all_)
        )
        rows = zip(near.first.tolist(), near.second.tolist(), strict=True)
        meaning = dict(zip(rows, near.cosine, strict=True))
        words = {
            (one, other): shared
            for one, other, shared in zip(
                of_passages.first.tolist(), of_passages.second.tolist(),
                of_passages.containment.tolist(), strict=True,
            )
        }  # fmt: skip
        shares = _shares(points, meaning)
        pairs = list(_equal(points))
        listed: set[tuple[int, int]] = set()
        lexical = {
            (one, other): (shared, resemblance)
            for one, other, shared, resemblance in zip(
                by_words.first.tolist(), by_words.second.tolist(),
                by_words.containment.tolist(), by_words.resemblance.tolist(), strict=True,
            )
        }  # fmt: skip
        for one, other in sorted(lexical.keys() | shares.keys()):
            shared, resemblance = lexical.get((one, other), (0.0, 0.0))
            documents = points.documents[one], points.documents[other]
            share = shares.get((one, other), 0.0)
            kind = _kind(documents, shared, resemblance, share)
            if kind is not None:
                listed.add((one, other))
                pairs.append(_pair(documents, kind, shared, resemblance, share))
        pairs.sort(key=lambda pair: (-max(pair.shared, pair.alike), pair.first, pair.second))
        if embedder is not None:
            pairs = [
                _compared(points, pair, embedder, steps) if at < MOST_COMPARED else pair
                for at, pair in enumerate(pairs)
            ]
        boilerplate, taken = _boilerplate(points, words)
        passages = _passages(points, words, meaning, listed, taken)
        notes = [
            f"Only the first {MOST_LISTED:,} of {len(found):,} {what} are listed."
            for found, what in ((pairs, "pairs of documents"), (passages, "pairs of passages"))
            if len(found) > MOST_LISTED
        ]
        if not near.is_whole:
            notes.append(
                f"More than {MOST_PAIRS:,} pairs of passages are alike in meaning; only so many "
                "were looked at. Give a filter, or a higher --alike."
            )
        return Duplicates(
            points.basis(*notes),
            tuple(pairs[:MOST_LISTED]),
            tuple(_placed(points, passages[:MOST_LISTED], words, chunks)),
            boilerplate,
        )


def _kind(
    documents: tuple[StoredDocument, StoredDocument],
    shared: float,
    resemblance: float,
    alike: float,
) -> Kind | None:
    if resemblance >= SAME:
        return "copy"
    if shared >= VERSION_SHARED and _subjects(documents[0]) & _subjects(documents[1]):
        return "version"
    if shared >= SHARED:
        return "edited"
    return "reworded" if alike >= REWORDED else None


def _subjects(document: StoredDocument) -> set[frozenset[str]]:
    """What a document is called by its name and by its title, without what tells versions apart."""
    return {subject_of(document.name), subject_of(document.title or "")} - {frozenset()}


def _equal(points: Points) -> Iterator[DocumentPair]:
    """Files with the same bytes, which are one content under several names."""
    for document in points.documents:
        for other in document.same_as:
            why = "both files have the same bytes"
            yield DocumentPair(document.name, other, "copy", 1.0, 1.0, 1.0, document.name, why)


def _pair(
    documents: tuple[StoredDocument, StoredDocument],
    kind: Kind,
    shared: float,
    resemblance: float,
    alike: float,
) -> DocumentPair:
    """The pair, the older first, with the newer as what would be kept."""
    dates = [dated(one.name, one.metadata, one.modified) for one in documents]
    old, new = documents
    newer, why = None, "nothing says which is newer"
    if dates[0] is not None and dates[1] is not None and dates[0][0] != dates[1][0]:
        order = 0 if dates[0][0] < dates[1][0] else 1
        old, new = documents[order], documents[1 - order]
        newer = new.name
        in_text = dates[0][1] and dates[1][1]
        why = "by the date in its name or metadata" if in_text else "by the date of its file"
    elif kind == "copy":
        old, new = sorted(documents, key=lambda one: (len(one.name), one.name))
        newer, why = old.name, "the same words under the shorter name"
    return DocumentPair(old.name, new.name, kind, shared, resemblance, alike, newer, why)


def _shares(points: Points, meaning: Mapping[tuple[int, int], float]) -> Alike:
    """The share of the passages of the smaller of two documents that have one in the other."""
    found: defaultdict[tuple[int, int], tuple[set[int], set[int]]] = defaultdict(
        lambda: (set(), set())
    )
    owners = points.owners.tolist()
    for one, other in meaning:
        if owners[one] != owners[other]:
            left, right = found[owners[one], owners[other]]
            left.add(one)
            right.add(other)
    sizes = np.bincount(points.owners).tolist()
    return {
        pair: max(len(left) / sizes[pair[0]], len(right) / sizes[pair[1]])
        if min(sizes[pair[0]], sizes[pair[1]]) * 2 >= max(sizes[pair[0]], sizes[pair[1]])
        else 0.0
        for pair, (left, right) in found.items()
    }


def _compared(points: Points, pair: DocumentPair, embedder: Embedder, steps: Steps) -> DocumentPair:
    """A pair with the first sentences in which its documents differ."""
    if pair.resemblance == 1.0:
        return replace(pair, changed=0)
    steps(f"Comparing {pair.first} with {pair.second}")
    first, second = (lines_of(sections_of(points.view, name)) for name in (pair.first, pair.second))
    found = Laid(first, second, embedder).aligned()
    changes = [Change(old.line, new.line) for old, new in found.changed]
    changes += [Change(old.line, "") for old in found.only_first]
    changes += [Change("", new.line) for new in found.only_second]
    return replace(pair, changed=len(changes), changes=tuple(changes[:CHANGES]))


def _boilerplate(
    points: Points, words: Mapping[tuple[int, int], float]
) -> tuple[tuple[Boilerplate, ...], set[int]]:
    """Passages in many documents, those in most first, and the rows of all of them."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    if not words:
        return (), set()
    rows, columns = np.array(list(words)).T
    graph = coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(points), len(points)))
    _, groups = connected_components(graph, directed=False)
    members: defaultdict[int, list[int]] = defaultdict(list)
    for row in np.unique(np.concatenate([rows, columns])).tolist():
        members[int(groups[row])].append(row)
    found: list[tuple[int, tuple[str, ...]]] = []
    taken: set[int] = set()
    for group in members.values():
        owners = sorted({int(points.owners[row]) for row in group})
        if len(owners) >= MANY:
            found.append((group[0], tuple(points.documents[owner].name for owner in owners)))
            taken.update(group)
    found.sort(key=lambda one: -len(one[1]))
    places = points.places([row for row, _ in found])
    return tuple(map(Boilerplate, places, (names for _, names in found))), taken


def _passages(
    points: Points,
    words: Mapping[tuple[int, int], float],
    meaning: Mapping[tuple[int, int], float],
    listed: set[tuple[int, int]],
    taken: set[int],
) -> list[tuple[int, int]]:
    """The pairs of passages that no pair of documents and no boilerplate explains."""
    owners = points.owners.tolist()
    pairs = [
        (one, other)
        for one, other in words.keys() | meaning.keys()
        if (owners[one], owners[other]) not in listed
        and not (owners[one] == owners[other] and other - one == 1)  # neighbours overlap
        and not (one in taken and other in taken)
    ]
    return sorted(pairs, key=lambda pair: (-words.get(pair, 0), -meaning.get(pair, 0), pair))


def _placed(
    points: Points,
    pairs: Sequence[tuple[int, int]],
    words: Mapping[tuple[int, int], float],
    texts: Sequence[str],
) -> Iterator[PassagePair]:
    places = points.places([row for pair in pairs for row in pair])
    for at, (one, other) in enumerate(pairs):
        cosine = float(np.dot(points.vectors[one], points.vectors[other]))
        is_copy = texts[one].split() == texts[other].split()
        kind: Kind = "copy" if is_copy else "edited" if (one, other) in words else "reworded"
        yield PassagePair(
            places[2 * at], places[2 * at + 1], kind, words.get((one, other), 0.0), cosine
        )
