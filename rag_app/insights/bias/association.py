"""WEAT and SEAT: whether two sets of targets are nearer to one of two sets of attributes.

The Word Embedding Association Test (Caliskan, Bryson and Narayanan, Science 356, 2017) on words,
and the same on sentences with them (May et al., On measuring social biases in sentence encoders,
NAACL 2019).
All sums are in float64.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
import numpy.typing as npt

from ingest.similarity import Vectors

Floats = npt.NDArray[np.float64]
# All ways to divide the targets are tried where there are no more; else so many by chance.
MOST_DIVISIONS = 100_000
SAMPLED = 10_000
AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Association:
    """The result of a test.

    ``effect`` is Cohen's d, -2 to 2, above 0 where the first targets are nearer to the first
    attributes; 0 where all targets are equal. ``p`` is the share of divisions of the targets in two
    that are associated more strongly than the given one, one-sided; ``is_exact`` where all
    ``divisions`` were tried.
    """

    effect: float
    p: float
    divisions: int
    is_exact: bool


def association(first: Vectors, second: Vectors, one: Vectors, other: Vectors) -> Association:
    """The test of targets ``first`` and ``second`` with the attributes ``one`` and ``other``, each
    of shape (n, dimension); lengths do not matter.

    The standard deviation of the effect is that of a sample (n - 1), as May et al. compute it.
    Raises ValueError where a set is empty.
    """
    if not all(map(len, (first, second, one, other))):
        raise ValueError("a set of targets or attributes is empty")
    targets = _unit(np.concatenate([first, second]))
    scores = (targets @ _unit(one).T).mean(axis=1) - (targets @ _unit(other).T).mean(axis=1)
    spread = float(scores.std(ddof=1))
    means = scores[: len(first)].mean() - scores[len(first) :].mean()
    effect = float(means) / spread if spread > 1e-12 else 0.0
    p, divisions, is_exact = _permuted(scores, len(first))
    return Association(effect, p, divisions, is_exact)


def _permuted(scores: Floats, size: int) -> tuple[float, int, bool]:
    """The p of a division of the scores after ``size``, how many were tried, and whether all."""
    total = scores.sum()
    count = len(scores)

    def statistic(sums: Floats) -> Floats:
        return np.asarray(sums / size - (total - sums) / (count - size), dtype=np.float64)

    given = float(statistic(np.array([scores[:size].sum()]))[0])
    every = comb(count, size)
    if every <= MOST_DIVISIONS:
        sums = np.array([scores[list(rows)].sum() for rows in combinations(range(count), size)])
        # The given division is among them; what differs from it by rounding alone is no more.
        return float((statistic(sums) > given + 1e-12).mean()), every, True
    choose = np.random.default_rng(0)
    above = 0
    for _ in range(SAMPLED // AT_ONCE):
        order = choose.random((AT_ONCE, count)).argpartition(size, axis=1)[:, :size]
        above += int((statistic(scores[order].sum(axis=1)) > given + 1e-12).sum())
    # The given division counts as one of them, so that none is impossible (Phipson and Smyth 2010).
    return (above + 1) / (SAMPLED + 1), SAMPLED, False


def _unit(vectors: Vectors) -> Floats:
    exact = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(exact, axis=1, keepdims=True)
    return np.asarray(exact / np.where(lengths > 0, lengths, 1), dtype=np.float64)
