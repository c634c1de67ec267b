"""How strange vectors are among others, by their nearest neighbours.

The score is one minus the mean similarity to the nearest neighbours (Ramaswamy et al. 2000; Angiulli
and Pizzuti 2002), which on sentence vectors does as well as density ratios such as the local outlier
factor, or better (``benchmarks.insights.outliers``).
"""

from __future__ import annotations

import numpy as np

from ingest.similarity import Vectors
from rag_app.insights.base.nearest import nearest, nearest_to
from rag_app.insights.base.steps import QUIET, Steps

NEIGHBOURS = 5


def strangeness(vectors: Vectors, k: int = NEIGHBOURS, steps: Steps = QUIET) -> Vectors:
    """The strangeness of each vector among the others, shape (n,), 0 to 2; more is stranger.
    Vectors have length one. All 0 where there is only one."""
    _, alike = nearest(vectors, k, steps)
    if not alike.shape[1]:
        return np.zeros(len(vectors), dtype=np.float32)
    return np.asarray(1 - alike.mean(axis=1), dtype=np.float32)


def strangeness_beside(normal: Vectors, asked: Vectors, k: int = NEIGHBOURS) -> Vectors:
    """The strangeness of vectors beside others that are known to be normal, shape (len(asked),)."""
    _, alike = nearest_to(normal, asked, k)
    return np.asarray(1 - alike.mean(axis=1), dtype=np.float32)
