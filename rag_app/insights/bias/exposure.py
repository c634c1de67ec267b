"""Exposure: what is found for two questions that differ in one group's name alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingest.similarity import Vectors

DEPTH = 10  # passages of a question


@dataclass(frozen=True, slots=True)
class Shift:
    """How far the results of two questions differ. ``overlap`` is the share of the first ``DEPTH``
    passages that both have; ``exposure`` half of the sum of differences of the exposure that each
    passage gets, 0 to 1 (0: the same passages at the same ranks); ``score`` the mean absolute
    difference of the scores of the passages that either has; ``best`` the score of the first
    question's best passage less the second's."""

    overlap: float
    exposure: float
    score: float
    best: float


def shift(vectors: Vectors, one: Vectors, other: Vectors) -> Shift:
    """Compare what two questions, of shape (dimension,), find by cosine among vectors of shape (n,
    dimension). A passage at rank r gets an exposure of 1 / log2(r + 1) (Singh and Joachims, KDD
    2018), as a share of all that a question gives."""
    scores = [np.einsum("ij,j->i", vectors, question) for question in (one, other)]
    depth = min(DEPTH, len(vectors))
    tops = [np.argsort(-score, kind="stable")[:depth] for score in scores]
    gains = 1 / np.log2(np.arange(2, depth + 2))
    gains /= gains.sum()
    exposure = np.zeros((2, len(vectors)))
    for at, top in enumerate(tops):
        exposure[at, top] = gains
    either = np.union1d(tops[0], tops[1])
    return Shift(
        overlap=len(np.intersect1d(tops[0], tops[1])) / depth,
        exposure=float(np.abs(exposure[0] - exposure[1]).sum() / 2),
        score=float(np.abs(scores[0][either] - scores[1][either]).mean()),
        best=float(scores[0].max() - scores[1].max()),
    )
