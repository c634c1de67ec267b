"""Documents for somebody, by what they read, cited or liked: by meaning, and by others who liked
the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ingest.errors import UsageError
from ingest.text.wording import many
from rag_app.collection.collection import Collection
from rag_app.insights.base.csv_table import read_rows
from rag_app.insights.base.points import reading
from rag_app.insights.base.steps import QUIET, Steps
from rag_app.insights.related.records import Recommendations, Recommended
from rag_app.insights.related.related import row_of
from rag_app.insights.related.scores import (
    DIVERSITY,
    as_shares,
    by_meaning,
    by_ratings,
    diverse,
    item_item,
)

COLUMNS = 'columns "user", "item" and, if you like, "weight"'


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody knows a document: above 0 they liked it, by so much; 0 or less, they know it and it
    is not to be recommended, nor anything because of it."""

    user: str
    document: str
    weight: float = 1.0


def read_history(source: Path | bytes) -> list[Seen]:
    """A history from a CSV file with a head: ``user``, ``item`` (a document's name) and ``weight``,
    1 if left out. Raises UsageError for a file that is none."""
    name = source if isinstance(source, Path) else "The file"
    rows = read_rows(source, COLUMNS)
    try:
        seen = [
            Seen(row.get("user") or "", item, float(row.get("weight") or 1))
            for row in rows
            if (item := row.get("item"))
        ]
    except ValueError as error:
        raise UsageError(f"{name} cannot be read as CSV ({error}); it needs {COLUMNS}") from None
    if not seen or not all(np.isfinite(one.weight) for one in seen):
        raise UsageError(f"{name} has no history; it needs {COLUMNS}")
    return seen


def recommend(
    collection: Collection,
    history: Sequence[Seen],
    user: str = "",
    where: Mapping[str, Any] | None = None,
    *,
    k: int = 10,
    diversity: float = DIVERSITY,
    steps: Steps = QUIET,
) -> Recommendations:
    """``k`` documents that ``user`` does not know, by what the history says that they liked.

    What others liked counts where they liked some of the same; ``diversity``, 0 to 1, is how much
    is given up so that the items differ. Raises StoreEmpty, StoreError, Stopped, and UsageError for
    a wrong filter, or a user who likes nothing that is here.
    """
    with reading(collection, where) as points:
        rows = row_of(points)
        weights: defaultdict[str, dict[int, float]] = defaultdict(dict)
        for one in history:
            if one.document in rows:
                weights[one.user][rows[one.document]] = one.weight
        own = weights.get(user, {})
        liked = {row: weight for row, weight in own.items() if weight > 0}
        if not liked:
            raise UsageError(
                f"The history says of no document here that {user or 'you'} liked it; use names "
                "as in: rag-app status"
            )
        steps("Scoring documents")
        vectors = points.document_vectors
        known, of_known = list(liked), list(liked.values())
        meaning = by_meaning(vectors, known, of_known)
        ratings = _ratings(weights, len(vectors))
        others = by_ratings(item_item(ratings), known, of_known)
        scores = as_shares(meaning.sum(axis=0)) + as_shares(others.sum(axis=0))
        scores[list(own)] = -np.inf
        chosen = diverse(scores, vectors, k, diversity)
        best = max((float(scores[row]) for row in chosen), default=1.0) or 1.0
        nearest = [_typical(points.vectors, points.owners, vectors, row) for row in chosen]
        missing = sum(one.document not in rows for one in history)
        notes = [f"{many(missing, 'line')} of the history left out: no such document."]
        return Recommendations(
            points.basis(*notes[: bool(missing)]),
            user,
            len(own),
            tuple(
                Recommended(
                    document=points.documents[row].name,
                    title=points.documents[row].title,
                    score=float(scores[row]) / best,
                    by=_by(meaning[:, row], others[:, row]),
                    because=points.documents[
                        known[int(_reasons(meaning, others, row).argmax())]
                    ].name,
                    place=place,
                )
                for row, place in zip(chosen, points.places(nearest), strict=True)
            ),
        )


def _ratings(weights: Mapping[str, Mapping[int, float]], count: int) -> Any:
    """What each user liked, shape (users, documents)."""
    from scipy.sparse import csr_matrix

    entries = [
        (user, row, weight)
        for user, own in enumerate(weights.values())
        for row, weight in own.items()
        if weight > 0
    ]
    users, rows, values = zip(*entries, strict=True)
    return csr_matrix((values, (users, rows)), shape=(len(weights), count))


def _reasons(meaning: Any, others: Any, row: int) -> Any:
    return as_shares(meaning[:, row]) + as_shares(others[:, row])


def _by(meaning: Any, others: Any) -> str:
    if not others.any():
        return "meaning"
    return "both" if meaning.any() else "others"


def _typical(passages: Any, owners: Any, documents: Any, row: int) -> int:
    """The row of the passage of a document that is nearest to its mean."""
    own = np.flatnonzero(owners == row)
    return int(own[int((passages[own] @ documents[row]).argmax())])
