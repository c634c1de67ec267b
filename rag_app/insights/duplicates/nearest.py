"""All pairs of vectors whose cosine is at least a threshold, exactly."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from ingest.similarity import Vectors

# A product of so many rows stays in a core's cache: in blocks of 2,048 it takes half as long again.
BLOCK = 512
# Vectors are compared in their first principal components before they are compared as a whole.
COMPONENTS = 47
ROUNDING = 1e-4

Pairs = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float32]]


def pairs_above(
    vectors: Vectors,
    least: float,
    *,
    on_progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Pairs:
    """Rows ``first < second`` of unit vectors, shape (n, dimension), and their cosine.

    Nothing is missed. With orthogonal axes, x·y is the product in the first components plus that
    of the rest, which by Cauchy and Schwarz is at most the product of the rests' lengths. So the
    product of (first components, length of the rest) is never below the cosine, and costs an
    eighth: only pairs where it reaches the threshold are compared as a whole.
    """
    from threadpoolctl import threadpool_limits

    if len(vectors) < 2:
        return _nothing()
    short = _shortened(vectors)
    found = [_nothing()]
    starts = range(0, len(vectors), BLOCK)
    # Threads of ours, a block of rows each: BLAS's own wait for each other in products this small.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(os.cpu_count()) as pool:
        of_rows = pool.map(lambda start: _from(vectors, short, start, least), starts)
        for done, pairs in enumerate(of_rows):
            found.append(pairs)
            on_progress(done + 1, len(starts))
    first, second, cosine = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
    order = np.lexsort((second, first))
    return first[order], second[order], cosine[order]


def _from(vectors: Vectors, short: Vectors, start: int, least: float) -> Pairs:
    """The pairs whose first row is in the block that begins at ``start``."""
    rows = short[start : start + BLOCK]
    near = [
        np.argwhere(rows @ short[other : other + BLOCK].T >= least - ROUNDING)
        + np.array([start, other])
        for other in range(start, len(short), BLOCK)
    ]
    first, second = np.concatenate(near).T
    upper = first < second
    first, second = first[upper], second[upper]
    cosine = np.einsum("ij,ij->i", vectors[first], vectors[second])
    enough = cosine >= least
    return first[enough], second[enough], cosine[enough]


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
    return none, none, np.zeros(0, dtype=np.float32)
