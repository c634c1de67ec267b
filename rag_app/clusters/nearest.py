"""Nearest neighbours of all vectors among themselves, by cosine: exact for some ten thousand,
nearly exact for more."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ingest.similarity import Vectors

# What is being done, in words, and which share of it is done, 0 to 1. What it raises ends the work.
OnProgress = Callable[[str, float], None]

EXACT_UPTO = 25_000  # vectors; with all pairs compared, 20,000 take 7 s on two cores
BLOCK = 1024
# Inverted lists (IVF, as in Sivic and Zisserman 2003, and Faiss): each vector is compared with
# those of the cells nearest to it.
CELL = 500  # vectors in a cell, about
PROBES = 12  # cells


Rows = npt.NDArray[np.int64]


def quietly(_doing: str, _share: float) -> None:
    """Tell nobody."""


def nearest(vectors: Vectors, k: int, on_progress: OnProgress = quietly) -> tuple[Rows, Vectors]:
    """The ``k`` nearest others of each vector: their rows and similarities, both of shape (n, k),
    nearest first. Fewer than ``k`` where there are no more. Vectors have length one."""
    n = len(vectors)
    k = min(k, n - 1)
    if k < 1:
        return np.zeros((n, 0), dtype=np.int64), np.zeros((n, 0), dtype=np.float32)
    if n > EXACT_UPTO:
        return _by_cells(vectors, k, on_progress)
    rows = np.empty((n, k), dtype=np.int64)
    alike = np.empty((n, k), dtype=np.float32)
    for first in range(0, n, BLOCK):
        on_progress("Comparing passages", first / n)
        block = slice(first, first + BLOCK)
        compared = vectors[block] @ vectors.T
        own = np.arange(first, min(first + BLOCK, n))
        compared[own - first, own] = -np.inf
        rows[block], alike[block] = _best(compared, k)
    return rows, alike


def nearest_to(vectors: Vectors, asked: Vectors, k: int) -> tuple[Rows, Vectors]:
    """The ``k`` nearest of some vectors to each of others, shapes (len(asked), k)."""
    k = min(k, len(vectors))
    rows = np.empty((len(asked), k), dtype=np.int64)
    alike = np.empty((len(asked), k), dtype=np.float32)
    for first in range(0, len(asked), BLOCK):
        block = slice(first, first + BLOCK)
        rows[block], alike[block] = _best(asked[block] @ vectors.T, k)
    return rows, alike


def _best(compared: Vectors, k: int) -> tuple[Rows, Vectors]:
    """The ``k`` greatest of each row, greatest first: their columns and values."""
    if k < compared.shape[1]:
        columns = np.argpartition(compared, -k, axis=1)[:, -k:]
    else:
        columns = np.broadcast_to(np.arange(compared.shape[1]), compared.shape)
    values = np.take_along_axis(compared, columns, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    return np.take_along_axis(columns, order, axis=1), np.take_along_axis(values, order, axis=1)


def _by_cells(vectors: Vectors, k: int, on_progress: OnProgress) -> tuple[Rows, Vectors]:
    from sklearn.cluster import MiniBatchKMeans

    n = len(vectors)
    on_progress("Sorting passages into cells", 0.0)
    cells = MiniBatchKMeans(
        n // CELL, random_state=0, n_init=1, batch_size=4096, max_iter=10, init="random"
    ).fit(vectors[np.random.default_rng(0).permutation(n)[: 40 * (n // CELL)]])
    centres = cells.cluster_centers_.astype(np.float32)
    home, _ = nearest_to(centres, vectors, 1)
    order = np.argsort(home[:, 0], kind="stable")
    begins = np.searchsorted(home[order, 0], np.arange(len(centres) + 1))
    beside, _ = nearest_to(centres, centres, PROBES)
    rows = np.zeros((n, k), dtype=np.int64)
    alike = np.full((n, k), -1, dtype=np.float32)
    for cell in range(len(centres)):
        on_progress("Comparing passages", cell / len(centres))
        own = order[begins[cell] : begins[cell + 1]]
        others = np.concatenate(
            [order[begins[one] : begins[one + 1]] for one in beside[cell].tolist()]
        )
        if not len(own):
            continue
        compared = vectors[own] @ vectors[others].T
        compared[own[:, None] == others] = -np.inf
        found = min(k, len(others) - 1)
        columns, values = _best(compared, found)
        rows[own, :found], alike[own, :found] = others[columns], values
    return rows, alike
