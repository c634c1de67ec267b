"""Classes of a collection's documents, learned from a few examples of them or of texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ingest.embed.embedder import Embedder
from ingest.errors import UsageError
from ingest.similarity import Vectors, unit
from ingest.text.wording import many
from rag_app.collection.collection import Collection
from rag_app.insights.base.csv_table import read_rows
from rag_app.insights.base.points import Points, reading
from rag_app.insights.base.steps import QUIET, Steps
from rag_app.insights.classes.model import (
    Classifier,
    Floats,
    confident_from,
    learned,
    out_of_fold,
    suspects,
)
from rag_app.insights.classes.records import Classes, Example, Predicted, Quality, Suspect

# A label is given from that probability on from which so many examples were right.
ACCURACY = 0.95
# Where cross-validation cannot tell from which: too few examples.
THRESHOLD = 0.5
COLUMNS = 'a column "label", and "document" or "text"'


def read_examples(source: Path | bytes) -> list[Example]:
    """Examples from a CSV file with a head: ``label``, and ``document`` (a name in the collection)
    or ``text``. Raises UsageError for a file that is none."""
    examples = [
        Example(label, row.get("document") or None, row.get("text") or None)
        for row in read_rows(source, COLUMNS)
        if (label := (row.get("label") or "").strip()) and (row.get("document") or row.get("text"))
    ]
    if not examples:
        name = source if isinstance(source, Path) else "The file"
        raise UsageError(f"{name} has no example; it needs {COLUMNS}")
    return examples


def learn_classes(
    collection: Collection,
    embedder: Embedder,
    examples: Sequence[Example],
    where: Mapping[str, Any] | None = None,
    *,
    texts: Sequence[str] = (),
    accuracy: float = ACCURACY,
    steps: Steps = QUIET,
) -> Classes:
    """Learn the labels of examples, and predict those of all documents that pass a filter and of
    ``texts``, such as questions that are to be sent where they belong.

    A label is given where it is so probable that, of the examples in cross-validation, a share of
    ``accuracy`` was right; else it abstains. A document's probabilities are the mean of its
    passages'. Raises StoreEmpty, StoreError, EmbedderError, Stopped, and UsageError for a wrong
    filter, fewer than two labels, or no example that is known.
    """
    with reading(collection, where) as points:
        known, vectors, notes = _known(points, embedder, examples)
        labels = [one.label for one in known]
        model = learned(vectors, labels)
        steps("Cross-validating", 0.2)
        quality, wrong = _checked(known, vectors, accuracy)
        if quality is None:
            notes.append(
                "There are too few examples to check the labels: each label needs two at least."
            )
        elif quality.threshold > 1:
            notes.append(
                f"In no part of the examples were {accuracy:.0%} right, so no label is given; "
                "give more examples."
            )
        threshold = THRESHOLD if quality is None else quality.threshold
        singles = sorted(label for label in set(labels) if labels.count(label) == 1)
        if singles and quality is not None:
            notes.append(f"Not checked, of one example: {', '.join(singles)}.")
        steps("Predicting", 0.7)
        given = {one.document: one.label for one in known if one.document is not None}
        of_documents = _of_documents(points, model)
        of_texts: Sequence[Floats] | Floats = (
            model.probabilities(unit(embedder.encode_queries(list(texts)))) if texts else []
        )
        return Classes(
            points.basis(*notes),
            model.labels,
            quality,
            tuple(
                _predicted(one.name, row, model.labels, threshold, given.get(one.name))
                for one, row in zip(points.documents, of_documents, strict=True)
            ),
            tuple(
                _predicted(text, row, model.labels, threshold)
                for text, row in zip(texts, of_texts, strict=True)
            ),
            tuple(wrong),
        )


def _known(
    points: Points, embedder: Embedder, examples: Sequence[Example]
) -> tuple[list[Example], Vectors, list[str]]:
    """The examples that are texts or documents of the collection, with a vector each, and notes on
    the others. A name may be that of any file with the same bytes."""
    row_of = {
        name: row for row, one in enumerate(points.documents) for name in (*one.same_as, one.name)
    }
    known = [one for one in examples if one.text or one.document in row_of]
    if not known:
        raise UsageError(
            "None of the examples names a document of the collection; see: rag-app status"
        )
    missing = len(examples) - len(known)
    notes = []
    if missing:
        notes.append(f"{many(missing, 'example')} left out: no such document here.")
    written = iter(embedder.encode([one.text for one in known if one.text]))
    vectors = [
        next(written) if one.text else points.document_vectors[row_of[str(one.document)]]
        for one in known
    ]
    return known, unit(np.stack(vectors)), notes


def _checked(
    examples: Sequence[Example], vectors: Vectors, accuracy: float
) -> tuple[Quality | None, list[Suspect]]:
    labels = [one.label for one in examples]
    probabilities, is_checked = out_of_fold(vectors, labels)
    rows = np.flatnonzero(is_checked)
    if not len(rows):
        return None, []
    names = sorted(set(labels))
    own = [labels[row] for row in rows]
    found = probabilities[rows]
    confidence = found.max(axis=1)
    is_right = np.array(names)[found.argmax(axis=1)] == np.array(own)
    threshold = confident_from(confidence, is_right, accuracy)
    above = confidence >= threshold
    quality = Quality(
        accuracy=float(is_right.mean()),
        accuracy_above=float(is_right[above].mean()) if above.any() else 0.0,
        share_above=float(above.mean()),
        threshold=threshold,
        checked=len(rows),
    )
    wrong = [
        Suspect(
            item=examples[rows[row]].document or examples[rows[row]].text or "",
            given=own[row],
            likeliest=names[int(found[row].argmax())],
            probability=float(found[row].max()),
            probability_given=float(found[row, names.index(own[row])]),
        )
        for row in suspects(found, own, names)
    ]
    return quality, wrong


def _of_documents(points: Points, model: Classifier) -> Floats:
    """The mean of the probabilities of each document's passages, shape (documents, labels)."""
    of_passages = model.probabilities(points.vectors)
    sums = np.zeros((len(points.documents), len(model.labels)))
    np.add.at(sums, points.owners, of_passages)
    return np.asarray(sums / np.bincount(points.owners)[:, None], dtype=np.float64)


def _predicted(
    item: str, row: Floats, labels: Sequence[str], threshold: float, given: str | None = None
) -> Predicted:
    first, second = np.argsort(-row, kind="stable")[:2].tolist()
    probability = float(row[first])
    label = given or (labels[first] if probability >= threshold else None)
    return Predicted(item, label, labels[first], probability, labels[second], given)
