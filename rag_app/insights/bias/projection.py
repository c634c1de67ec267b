"""The direction of a group in the space of vectors, and vectors without it."""

from __future__ import annotations

import numpy as np

from ingest.similarity import Vectors, unit


def direction(one: Vectors, other: Vectors) -> Vectors:
    """The direction in which pairs of texts differ that name one group and another, shape
    (dimension,), of length one, from ``other`` to ``one``: the first principal component of the
    pairs about their own means (Bolukbasi et al., NeurIPS 2016). Both have shape (pairs,
    dimension)."""
    middle = (one + other) / 2
    around = np.concatenate([one - middle, other - middle]).astype(np.float64)
    _, _, axes = np.linalg.svd(around, full_matrices=False)
    axis = axes[0]
    if float(((one - other) @ axis).sum()) < 0:
        axis = -axis
    return np.asarray(axis, dtype=np.float32)


def without(vectors: Vectors, axis: Vectors) -> Vectors:
    """Vectors, shape (n, dimension), without what they have of a direction, of length one again:
    hard debiasing by projection. It takes away what is linear and along one axis only; a classifier
    may still tell the groups apart (Gonen and Goldberg, NAACL 2019)."""
    return unit(vectors - np.outer(vectors @ axis, axis))
