"""Passages and documents that do not belong, each with why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ingest.similarity import Vectors
from rag_app.collection.collection import Collection
from rag_app.insights.base.points import Points, reading
from rag_app.insights.base.steps import QUIET, Steps
from rag_app.insights.outliers.records import Outlier, Outliers
from rag_app.insights.outliers.scores import FORMS, Strangeness, forms_of, strangeness

COUNT = 20
FROM = 2.5  # standard deviations; of what is less strange, one in fifty is in any collection
TELLING = 3.0  # the deviation from which on a form is named
AT_ONCE = 5000  # texts
LEAST_DOCUMENTS = 4  # with fewer, none is more unlike the others than they are


def find_outliers(
    collection: Collection,
    where: Mapping[str, Any] | None = None,
    *,
    count: int = COUNT,
    steps: Steps = QUIET,
) -> Outliers:
    """The passages and documents that are most unlike the others, at most ``count`` of each; none
    where nothing stands out. Raises UsageError, StoreEmpty, StoreError, Stopped."""
    with reading(collection, where) as points:
        forms = _forms(points, steps)
        of_passages = strangeness(points.vectors, forms, steps=steps)
        of_documents = strangeness(points.document_vectors, _mean_forms(points, forms))
        usual = of_passages.alike[:, 0] if of_passages.alike.shape[1] else np.zeros(1)
        typical = _typical_rows(points)
        passages = list(range(len(points)))
        notes = []
        if len(points.documents) < LEAST_DOCUMENTS:
            notes.append("There are too few documents to say which of them does not belong.")
            count_of_documents = 0
        else:
            count_of_documents = count
        return Outliers(
            basis=points.basis(*notes),
            passages=_strangest(points, of_passages, passages, count),
            documents=_strangest(points, of_documents, typical, count_of_documents),
            usual=float(np.median(usual)),
        )


def _forms(points: Points, steps: Steps) -> Vectors:
    parts: list[Vectors] = []
    for first in range(0, len(points), AT_ONCE):
        steps("Reading passages", first / len(points))
        parts.append(forms_of(points.texts(range(first, min(first + AT_ONCE, len(points))))))
    return np.concatenate(parts)


def _mean_forms(points: Points, forms: Vectors) -> Vectors:
    sums = np.zeros((len(points.documents), forms.shape[1]), dtype=np.float32)
    np.add.at(sums, points.owners, forms)
    counts = np.bincount(points.owners, minlength=len(points.documents))
    return np.asarray(sums / counts[:, None], dtype=np.float32)


def _typical_rows(points: Points) -> list[int]:
    """Of each document, the row of the passage that is nearest to its mean."""
    alike = np.einsum("ij,ij->i", points.vectors, points.document_vectors[points.owners])
    order = np.lexsort((-alike, points.owners))
    firsts = np.searchsorted(points.owners[order], np.arange(len(points.documents)))
    return [int(row) for row in order[firsts]]


def _strangest(
    points: Points, found: Strangeness, rows: list[int], count: int
) -> tuple[Outlier, ...]:
    """The strangest of what stands in ``rows`` of the points."""
    order = np.argsort(-found.score, kind="stable")[:count]
    chosen = [int(at) for at in order if found.score[at] >= FROM]
    nearest = [int(found.neighbours[at, 0]) for at in chosen if found.neighbours.shape[1]]
    usual = float(np.median(found.alike[:, 0])) if found.alike.shape[1] else 0.0
    places = points.places([rows[at] for at in chosen])
    beside = points.places([rows[at] for at in nearest])
    return tuple(
        Outlier(
            place=place,
            score=float(found.score[at]),
            why=_why(found, at, usual),
            nearest=other,
            alike=float(found.alike[at, 0]),
        )
        for at, place, other in zip(chosen, places, beside, strict=True)
    )


def _why(found: Strangeness, at: int, usual: float) -> str:
    """What is unusual, in words."""
    reasons: list[str] = []
    alike = float(found.alike[at, 0])
    if found.meaning[at] >= 1:
        reasons.append(f"nothing is much like it (nearest {alike:.2f}, usually {usual:.2f})")
    deviations = found.forms[at]
    for form in np.argsort(-np.abs(deviations), kind="stable")[:2].tolist():
        if abs(deviations[form]) >= TELLING:
            reasons.append(f"unusually {FORMS[form][0 if deviations[form] > 0 else 1]}")
    return "; ".join(reasons) or "a little unlike the others in several ways"
