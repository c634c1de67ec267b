"""All pairs of vectors whose cosine is at least a threshold, exactly."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ingest.similarity import Vectors

# A product of so many rows stays in a core's cache: in blocks of 2,048 it takes half as long again.
BLOCK = 512
# Vectors are compared in their first principal components before they are compared as a whole.
COMPONENTS = 47
ROUNDING = 1e-4
PAIRS_AT_ONCE = 20_000

# Of more, a reader has no use, and a machine no room: 50,000 equal passages are a thousand million.
MOST_PAIRS = 1_000_000


class Pairs(NamedTuple):
    """Rows ``first < second`` and their cosine, arrays of one length; not ``is_whole`` if there are
    more than ``MOST_PAIRS``, of which these are some."""

    first: npt.NDArray[np.int64]
    second: npt.NDArray[np.int64]
    cosine: npt.NDArray[np.float32]
    is_whole: bool = True


def pairs_above(
    vectors: Vectors,
    least: float,
    *,
    on_progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Pairs:
    """The pairs of unit vectors, shape (n, dimension), by their rows.

    Nothing is missed, up to ``MOST_PAIRS``. With orthogonal axes, x·y is the product in the first
    components plus that of the rest, which by Cauchy and Schwarz is at most the product of the
    rests' lengths. So the product of (first components, length of the rest) is never below the
    cosine, and costs an eighth: only pairs where it reaches the threshold are compared as a whole.
    """
    from threadpoolctl import threadpool_limits

    if len(vectors) < 2:
        return _nothing()
    short = _shortened(vectors)
    found, room = [_nothing()], _Room(MOST_PAIRS)
    starts = range(0, len(vectors), BLOCK)
    # Threads of ours, a block of rows each: BLAS's own wait for each other in products this small.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(os.cpu_count()) as pool:
        of_rows = pool.map(lambda start: _from(vectors, short, start, least, room), starts)
        for done, pairs in enumerate(of_rows):
            found.append(pairs)
            on_progress(done + 1, len(starts))
    first, second, cosine = (
        np.concatenate([getattr(pairs, name) for pairs in found])
        for name in ("first", "second", "cosine")
    )
    order = np.lexsort((second, first))[:MOST_PAIRS]
    return Pairs(first[order], second[order], cosine[order], room.left >= 0)


class _Room:
    """How many pairs there still is room for. Threads may take a few too many."""

    def __init__(self, left: int) -> None:
        self.left = left


def _from(vectors: Vectors, short: Vectors, start: int, least: float, room: _Room) -> Pairs:
    """The pairs whose first row is in the block that begins at ``start``."""
    rows = short[start : start + BLOCK]
    found = [_nothing()]
    for other in range(start, len(short), BLOCK):
        if room.left < 0:
            break
        near = np.argwhere(rows @ short[other : other + BLOCK].T >= least - ROUNDING)
        first, second = (near + np.array([start, other])).T
        upper = first < second
        first, second = first[upper], second[upper]
        cosine = _cosines(vectors, first, second)
        enough = cosine >= least
        found.append(Pairs(first[enough], second[enough], cosine[enough]))
        room.left -= int(enough.sum())
    return Pairs(
        np.concatenate([pairs.first for pairs in found]),
        np.concatenate([pairs.second for pairs in found]),
        np.concatenate([pairs.cosine for pairs in found]),
    )


def _cosines(
    vectors: Vectors, first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """The cosines of pairs of rows, some at a time: where all is alike, they are very many."""
    found = np.empty(len(first), dtype=np.float32)
    for at in range(0, len(first), PAIRS_AT_ONCE):
        some = slice(at, at + PAIRS_AT_ONCE)
        found[some] = np.einsum("ij,ij->i", vectors[first[some]], vectors[second[some]])
    return found


def _shortened(vectors: Vectors) -> Vectors:
    """The first principal components of vectors, and the length of what is left of each, shape
    (n, COMPONENTS + 1)."""
    if vectors.shape[1] <= COMPONENTS + 1:
        return vectors
    _, axes = np.linalg.eigh(np.asarray(vectors.T @ vectors, dtype=np.float64))
    first = vectors @ axes[:, -COMPONENTS:].astype(np.float32)
    lengths = np.einsum("ij,ij->i", vectors, vectors) - np.einsum("ij,ij->i", first, first)
    rest = np.sqrt(np.maximum(lengths, 0))
    return np.ascontiguousarray(np.column_stack([first, rest]), dtype=np.float32)


def _nothing() -> Pairs:
    none = np.zeros(0, dtype=np.int64)
    return Pairs(none, none, np.zeros(0, dtype=np.float32))
