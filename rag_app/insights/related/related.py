"""Documents and passages that are related to a document, or to one of its passages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ingest.errors import UsageError
from rag_app.collection.collection import Collection
from rag_app.insights.base.points import Points, reading
from rag_app.insights.base.steps import QUIET, Steps
from rag_app.insights.related.records import Related, RelatedItem


def related(
    collection: Collection,
    document: str,
    where: Mapping[str, Any] | None = None,
    *,
    at: int | None = None,
    k: int = 10,
    steps: Steps = QUIET,
) -> Related:
    """The ``k`` documents nearest to a document; or, with ``at``, the passages of other documents
    nearest to its passage at that offset of its text.

    A document's score is the mean, over the passages of the one asked about, of the cosine of its
    own nearest passage. Raises StoreEmpty, StoreError, Stopped, and UsageError for a wrong filter,
    or a document that is not there or does not pass it.
    """
    with reading(collection, where) as points:
        owner = row_of(points).get(document)
        if owner is None:
            raise UsageError(
                f"There is no document {document!r} among those that pass the filter; "
                "see: rag-app status"
            )
        own = np.flatnonzero(points.owners == owner)
        if at is not None:
            own = own[(points.starts[own] <= at) & (at < points.ends[own])][:1]
            if not len(own):
                raise UsageError(f"{document} has no passage at {at}; leave out --at")
        steps("Comparing passages")
        alike = points.vectors[own] @ points.vectors.T
        if at is not None:
            scores = np.where(points.owners == owner, -np.inf, alike[0])
            rows = [row for row in np.argsort(-scores, kind="stable")[:k].tolist()
                    if np.isfinite(scores[row])]  # fmt: skip
            found = [(float(scores[row]), row, int(own[0])) for row in rows]
        else:
            found = _documents(points, alike, own, owner, k)
        places = points.places([row for _, *both in found for row in both])
        items = [
            RelatedItem(places[2 * at].document, score, places[2 * at], places[2 * at + 1])
            for at, (score, *_) in enumerate(found)
        ]
        return Related(points.basis(), document, tuple(items))


def row_of(points: Points) -> dict[str, int]:
    """The rows of documents by each of their names."""
    return {
        name: row for row, one in enumerate(points.documents) for name in (*one.same_as, one.name)
    }


def _documents(
    points: Points, alike: Any, own: Any, owner: int, k: int
) -> list[tuple[float, int, int]]:
    """The score of each of the ``k`` nearest documents, and the rows of the passages by which it is
    nearest: its own, and the one that was asked about."""
    begins = np.flatnonzero(np.r_[True, np.diff(points.owners) > 0])
    nearest = np.maximum.reduceat(alike, begins, axis=1)  # of each passage, in each document
    scores = nearest.mean(axis=0)
    scores[owner] = -np.inf
    found = []
    for other in np.argsort(-scores, kind="stable")[:k].tolist():
        if not np.isfinite(scores[other]):
            continue
        passages = np.flatnonzero(points.owners == other)
        block = alike[:, passages]
        asked, place = divmod(int(block.argmax()), len(passages))
        found.append((float(scores[other]), int(passages[place]), int(own[asked])))
    return found
