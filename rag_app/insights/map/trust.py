"""Trustworthiness of a projection: how far neighbours on the map are neighbours in meaning."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from ingest.similarity import Vectors

NEIGHBOURS = 15
SAMPLE = 1000  # points whose neighbours are compared with all vectors
BLOCK = 100


def trustworthiness(
    vectors: Vectors, positions: npt.NDArray[np.float32], k: int = NEIGHBOURS, seed: int = 0
) -> float | None:
    """Trustworthiness at ``k``, 0 to 1, of positions of shape (n, 2), estimated from a sample of
    points; None for so few points that it is not defined (2 k or fewer).

    Venna and Kaski 2001; equal to scikit-learn's where the sample is everything.
    """
    n = len(vectors)
    if n <= 2 * k:
        return None
    chosen = np.arange(n)
    if n > SAMPLE:
        chosen = np.random.default_rng(seed).choice(n, SAMPLE, replace=False)
    _, on_map = cKDTree(positions).query(positions[chosen], k + 1)
    lost = 0.0
    for first in range(0, len(chosen), BLOCK):
        rows = chosen[first : first + BLOCK]
        alike = vectors[rows] @ vectors.T
        alike[np.arange(len(rows)), rows] = np.inf
        for own, row, beside in zip(alike, rows, on_map[first : first + BLOCK], strict=True):
            others = beside[beside != row][:k]
            ranks = (own[:, None] > own[others]).sum(axis=0)  # from 1: the point itself is first
            lost += np.maximum(ranks - k, 0).sum()
    return float(1 - lost * 2 / (len(chosen) * k * (2 * n - 3 * k - 1)))
