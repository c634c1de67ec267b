"""Scores of items for somebody who knows some of them, and a choice that is not all the same.

Items are rows: of vectors of length one, shape (items, dimension), or of ratings. What somebody
knows is given as rows with weights, above 0 for what was liked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ingest.similarity import Vectors

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = npt.NDArray[np.float64]
# Of what is alike to several liked items, each counts by a power of its cosine: the nearest ones
# count most, and the many that are somewhat alike do not add up to more. Plots of films, nDCG@10:
# 0.015 with 1, 0.024 with 3, 0.032 with 8 (benchmarks.insights.recommend --tune).
POWER = 8
# Two items that few people rated are alike by chance: as if so many more had not liked both.
SHRINKAGE = 5
DIVERSITY = 0.2  # of the score, given up for what is unlike what is chosen already


def by_meaning(vectors: Vectors, known: Sequence[int], weights: Sequence[float]) -> Floats:
    """What each known item gives to the score of each item, shape (known, items); a column's sum is
    the item's score."""
    alike = np.maximum(vectors[list(known)] @ vectors.T, 0).astype(np.float64) ** POWER
    return np.asarray(alike * np.asarray(weights, dtype=np.float64)[:, None])


def item_item(ratings: csr_matrix) -> csr_matrix:
    """How alike items are by who liked both, shape (items, items), 0 on the diagonal.

    ``ratings`` are weights of shape (users, items), 0 where nothing is known. Cosine of columns
    (Sarwar, Karypis, Konstan and Riedl, WWW 2001), shrunk where few users have both.
    """
    from scipy.sparse import diags

    binary = (ratings != 0).astype(np.float64)
    both = (binary.T @ binary).tocsr()
    lengths = np.sqrt(np.asarray(ratings.multiply(ratings).sum(axis=0)).ravel())
    scale = diags(1 / np.where(lengths > 0, lengths, 1))
    alike = (scale @ (ratings.T @ ratings) @ scale).tocsr()
    shrunk = both.copy()
    shrunk.data = both.data / (both.data + SHRINKAGE)
    alike = alike.multiply(shrunk).tolil()
    alike.setdiag(0)
    return alike.tocsr()


def by_ratings(alike: csr_matrix, known: Sequence[int], weights: Sequence[float]) -> Floats:
    """What each known item gives to the score of each item, shape (known, items), by ``alike`` as
    ``item_item`` gives it."""
    rows = alike[list(known)].toarray()
    return np.asarray(rows * np.asarray(weights, dtype=np.float64)[:, None])


def as_shares(scores: Floats) -> Floats:
    """Scores as shares of the greatest, so that those of two kinds can be added up."""
    most = float(scores.max(initial=0.0))
    return scores / most if most > 0 else scores


def diverse(scores: Floats, vectors: Vectors, k: int, diversity: float = DIVERSITY) -> list[int]:
    """Rows of ``k`` items, best first, by maximal marginal relevance (Carbonell and Goldstein,
    SIGIR 1998): a score, less what the item shares with those before it. Items with a score of
    minus infinity are not chosen."""
    rows = np.flatnonzero(np.isfinite(scores))
    # Far more than are chosen: what stands behind them cannot come first.
    rows = rows[np.argsort(-scores[rows], kind="stable")][: max(10 * k, 100)]
    shares = as_shares(scores[rows] - min(float(scores[rows].min(initial=0.0)), 0.0))
    nearest = np.zeros(len(rows))
    chosen: list[int] = []
    is_open = np.ones(len(rows), dtype=bool)
    while len(chosen) < min(k, len(rows)):
        worth = np.where(is_open, (1 - diversity) * shares - diversity * nearest, -np.inf)
        best = int(worth.argmax())
        is_open[best] = False
        chosen.append(int(rows[best]))
        nearest = np.maximum(nearest, vectors[rows] @ vectors[rows[best]])
    return chosen
