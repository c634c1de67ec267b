"""A logistic regression on vectors, its cross-validation, and labels that look wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ingest.errors import UsageError
from ingest.similarity import Vectors

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

# The inverse of the regularization. With 8 examples a class of banking77, 1 (scikit-learn's own)
# gives an accuracy of 0.805, 10 of 0.836, 50 of 0.838.
STRENGTH = 10
ITERATIONS = 100
FOLDS = 5

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Classifier:
    """What was learned of some examples. ``labels`` are in the order of the columns of what
    ``probabilities`` gives."""

    labels: tuple[str, ...]
    model: LogisticRegression

    def probabilities(self, vectors: Vectors) -> Floats:
        """The probability of each label for each vector, shape (vectors, labels)."""
        return np.asarray(self.model.predict_proba(vectors), dtype=np.float64)


def learned(vectors: Vectors, labels: Sequence[str]) -> Classifier:
    """Learn labels of unit vectors, shape (n, dimension). Raises UsageError where there are not
    two labels."""
    from sklearn.linear_model import LogisticRegression

    if len(set(labels)) < 2:
        raise UsageError(
            "Classes are learned from examples of two labels at least; give examples of another"
        )
    model = LogisticRegression(C=STRENGTH, max_iter=ITERATIONS)
    model.fit(vectors, np.array(labels, dtype=object).astype(str))
    return Classifier(tuple(str(label) for label in model.classes_), model)


def out_of_fold(vectors: Vectors, labels: Sequence[str]) -> tuple[Floats, Mask]:
    """The probability of each label, in order of the alphabet, for each example by a model that
    has not seen it, shape (n, labels); and for which examples there is one: a label needs two.

    Stratified cross-validation in up to ``FOLDS`` folds, always the same ones.
    """
    from sklearn.model_selection import StratifiedKFold

    counts = Counter(labels)
    names = sorted(counts)
    column = {name: at for at, name in enumerate(names)}
    found = np.zeros((len(labels), len(names)))
    has_two = np.array([counts[label] > 1 for label in labels])
    rows = np.flatnonzero(has_two)
    own = np.array(labels)[rows]
    if len(set(own.tolist())) < 2:
        return found, np.zeros(len(labels), dtype=bool)
    folds = min(FOLDS, min(count for count in counts.values() if count > 1))
    for train, test in StratifiedKFold(folds, shuffle=True, random_state=0).split(rows, own):
        model = learned(vectors[rows[train]], own[train].tolist())
        columns = [column[label] for label in model.labels]
        found[np.ix_(rows[test], columns)] = model.probabilities(vectors[rows[test]])
    return found, has_two


def suspects(probabilities: Floats, labels: Sequence[str], names: Sequence[str]) -> list[int]:
    """Rows of examples whose label looks wrong, the surest first.

    Confident learning (Northcutt, Jiang and Chuang, JAIR 70, 2021): a label's threshold is the
    mean probability that its own examples have for it; an example counts as another label's where
    it is above that one's threshold, and likeliest among those.

    ``probabilities``, shape (examples, labels), are out of fold; ``names`` are its columns.
    """
    column = {name: at for at, name in enumerate(names)}
    given = np.array([column[label] for label in labels])
    own = probabilities[np.arange(len(labels)), given]
    sums = np.bincount(given, weights=own, minlength=len(names))
    thresholds = sums / np.maximum(np.bincount(given, minlength=len(names)), 1)
    confident = np.where(probabilities >= thresholds, probabilities, -1.0)
    other = confident.argmax(axis=1)
    is_wrong = (confident.max(axis=1) > 0) & (other != given)
    margin = own - probabilities[np.arange(len(labels)), other]
    return [int(row) for row in np.argsort(margin, kind="stable") if is_wrong[row]]


def confident_from(confidence: Floats, is_right: Mask, accuracy: float) -> float:
    """The least confidence from which on so large a share was right; 1.01, which nothing reaches,
    where there is none."""
    order = np.argsort(-confidence, kind="stable")
    shares = np.cumsum(is_right[order]) / np.arange(1, len(order) + 1)
    # Equal confidences stand or fall together.
    last = np.r_[np.diff(confidence[order]) != 0, True][: len(order)]
    enough = np.flatnonzero((shares >= accuracy) & last)
    return float(confidence[order[enough[-1]]]) if len(enough) else 1.01
