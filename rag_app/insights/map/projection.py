"""Vectors to positions in two dimensions: PCA, t-SNE, UMAP.

t-SNE: van der Maaten and Hinton 2008, with the interpolation of Linderman et al. 2019 where
openTSNE is installed. UMAP: McInnes et al. 2018. Both from the same neighbours, and from the
principal components, so that the same vectors give the same map (Kobak and Linderman 2021).
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from ingest.errors import UsageError
from ingest.similarity import Vectors
from rag_app.clusters.nearest import nearest, nearest_to
from rag_app.insights.base.extra import is_installed, load
from rag_app.insights.base.steps import QUIET, Steps

Positions = npt.NDArray[np.float32]
Method = Literal["pca", "tsne", "umap"]
METHODS: tuple[Method, ...] = get_args(Method)
NEIGHBOURS = 30
MOST_WITHOUT_OPENTSNE = 5000  # points; scikit-learn's t-SNE takes a minute for them
MOST_LAID_OUT = 15_000  # points; of more, the others are placed beside their nearest among these
BESIDE = 3  # of them
FOR_ONE_THREAD = 1000  # points
EXACT_UPTO = 2000  # points whose forces t-SNE computes one by one
FEW = 10  # points, of which t-SNE and UMAP make nothing
ITERATIONS = (150, 250)  # of t-SNE, with and without early exaggeration
ROUND = 25  # iterations between two looks at whether it is still wanted


def default_method(count: int) -> Method:
    """t-SNE where that is quick enough with what is installed, else PCA."""
    quick = is_installed("openTSNE") or count <= MOST_WITHOUT_OPENTSNE
    return "tsne" if quick and count >= FEW else "pca"


def project(vectors: Vectors, method: Method, seed: int = 0, steps: Steps = QUIET) -> Positions:
    """Positions of shape (n, 2), each axis from -1 to 1. Raises UsageError where a library is
    missing, Stopped."""
    if method not in METHODS:
        raise UsageError(f"There is no projection {method!r}; there are {', '.join(METHODS)}")
    steps("Finding the plane")
    plane = _principal(vectors)
    if method == "pca" or len(vectors) < FEW:
        return _scaled(plane)
    if len(vectors) > MOST_LAID_OUT:
        return _scaled(_by_sample(vectors, method, seed, steps))
    start = plane / max(float(plane[:, 0].std()), 1e-9) * 1e-4
    if method == "umap":
        return _scaled(_umap(vectors, plane, seed, steps))
    if not is_installed("openTSNE"):
        return _scaled(_small_tsne(vectors, start, seed, steps))
    return _scaled(_tsne(vectors, start, seed, steps))


def _by_sample(vectors: Vectors, method: Method, seed: int, steps: Steps) -> Positions:
    """Positions of a part of the points, and of the others where their nearest of that part are,
    weighted by how much nearer each is than the next one."""
    n = len(vectors)
    chosen = np.sort(np.random.default_rng(seed).choice(n, MOST_LAID_OUT, replace=False))
    laid_out = project(vectors[chosen], method, seed, steps)
    steps("Placing the other passages", 0.9)
    rows, alike = nearest_to(vectors[chosen], vectors, BESIDE + 1)
    weights = np.maximum(alike[:, :BESIDE] - alike[:, BESIDE:], 1e-6) ** 2
    weights /= weights.sum(axis=1, keepdims=True)
    positions = np.einsum("ij,ijk->ik", weights, laid_out[rows[:, :BESIDE]])
    positions[chosen] = laid_out
    return np.asarray(positions, dtype=np.float32)


def _principal(vectors: Vectors) -> Positions:
    """The first two principal components, with the sign by which their largest value is above 0."""
    centred = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    plane = centred @ axes[:, :-3:-1].astype(np.float32)
    if plane.shape[1] < 2:
        plane = np.column_stack([plane[:, 0], np.zeros(len(plane), dtype=np.float32)])
    signs = np.sign(plane[np.abs(plane).argmax(axis=0), [0, 1]])
    return np.asarray(plane * np.where(signs == 0, 1, signs), dtype=np.float32)


def _tsne(vectors: Vectors, start: Positions, seed: int, steps: Steps) -> Positions:
    opentsne: Any = load("openTSNE", "a map by t-SNE")
    rows, alike = nearest(vectors, NEIGHBOURS, steps)
    far = np.sqrt(np.maximum(2 - 2 * alike, 0))
    known = opentsne.nearest_neighbors.PrecomputedNeighbors(rows, far)
    affinities = opentsne.affinity.PerplexityBasedNN(
        perplexity=max(2, rows.shape[1] / 3), knn_index=known, n_jobs=-1
    )
    n = len(vectors)
    embedding = opentsne.TSNEEmbedding(
        start.astype(np.float64), affinities, n_jobs=-1, random_state=seed,
        negative_gradient_method="fft" if n > EXACT_UPTO else "bh",
    )  # fmt: skip
    early, late = ITERATIONS
    # The learning rate and exaggeration: Belkina et al. 2019.
    for done in range(0, early + late, ROUND):
        steps("Drawing the map", done / (early + late))
        embedding.optimize(
            ROUND,
            exaggeration=12 if done < early else 1,
            momentum=0.5 if done < early else 0.8,
            learning_rate=max(200.0, n / 12),
            inplace=True,
        )
    return np.asarray(embedding, dtype=np.float32)


def _small_tsne(vectors: Vectors, start: Positions, seed: int, steps: Steps) -> Positions:
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    if len(vectors) > MOST_WITHOUT_OPENTSNE:
        load("openTSNE", f"a map by t-SNE of more than {MOST_WITHOUT_OPENTSNE:,} passages")
    steps("Drawing the map")
    perplexity = min(30, (len(vectors) - 1) / 3)
    made = TSNE(init=start, perplexity=perplexity, metric="cosine", random_state=seed)
    # Threads wait for each other longer than they work where there is little for each.
    with threadpool_limits(1 if len(vectors) <= FOR_ONE_THREAD else None):
        return np.asarray(made.fit_transform(vectors), dtype=np.float32)


def _umap(vectors: Vectors, plane: Positions, seed: int, steps: Steps) -> Positions:
    umap: Any = load("umap", "a map by UMAP")
    rows, alike = nearest(vectors, NEIGHBOURS, steps)
    steps("Drawing the map")
    made = umap.UMAP(
        n_neighbors=rows.shape[1],
        metric="cosine",
        init=plane / max(float(np.abs(plane).max()), 1e-9) * 10,
        random_state=seed,
        precomputed_knn=(rows, 1 - alike, None),
    )
    return np.asarray(made.fit_transform(vectors), dtype=np.float32)


def _scaled(positions: Positions) -> Positions:
    """Positions from -1 to 1 in each axis; what lies far out is not let squeeze the rest."""
    middle = np.median(positions, axis=0)
    reach = np.percentile(np.abs(positions - middle), 99.5, axis=0)
    return np.asarray(np.clip((positions - middle) / np.maximum(reach, 1e-9), -1, 1), np.float32)
