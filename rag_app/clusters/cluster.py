"""Vectors to topics, in layers, without being told how many: communities of the graph of nearest
neighbours; or k-means and HDBSCAN by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from ingest.errors import UsageError
from ingest.similarity import Vectors, unit
from rag_app.clusters.communities import Graph, Labels, layered_communities
from rag_app.clusters.nearest import OnProgress, Rows, nearest, nearest_to, quietly
from rag_app.clusters.wording import with_words

Method = Literal["graph", "kmeans", "hdbscan"]
METHODS: tuple[Method, ...] = get_args(Method)
NEIGHBOURS = 30  # of each passage in the graph; fewer where there are few
# Resolutions of the layers, the finest first: the greater, the more topics.
RESOLUTIONS = (6.0, 2.0, 1.0)
MOST_IN_GRAPH = 10_000  # vectors; of more, so many make the topics and the others join them
NEAREST_ARE = 10  # neighbours whose topic a passage joins that was not in the graph
SMOOTHED = 3  # rounds in which each passage takes the topic of most of its neighbours
SMOOTHED_BY = 15  # of them
SMALLEST = 3  # passages in a topic


@dataclass(frozen=True, slots=True)
class Clusters:
    """Layers of labels of shape (n,), the coarsest first, each from 0 by size, every vector
    placed. ``certainty``, one array of shape (n,) for each layer, is the share of the nearest
    neighbours that have the same label, 0 to 1."""

    layers: tuple[Labels, ...]
    certainty: tuple[Vectors, ...]


def cluster(
    vectors: Vectors,
    method: Method = "graph",
    count: int | None = None,
    seed: int = 0,
    on_progress: OnProgress = quietly,
    texts: Callable[[Sequence[int]], Sequence[str]] | None = None,
) -> Clusters:
    """Topics of vectors of length one, shape (n, dimension). ``count`` is for k-means alone: how
    many there are. ``texts`` gives the texts of some rows, whose words count in the graph beside
    the vectors. Raises UsageError where ``count`` is missing, or given to another method, and what
    ``on_progress`` raises."""
    if method not in METHODS:
        raise UsageError(f"There is no method {method!r}; there are {', '.join(METHODS)}")
    if (count is not None) != (method == "kmeans"):
        raise UsageError("k-means needs the number of topics, and only k-means takes it: --count N")
    n = len(vectors)
    chosen = np.arange(n)
    if method != "kmeans" and n > MOST_IN_GRAPH:
        chosen = np.sort(np.random.default_rng(seed).choice(n, MOST_IN_GRAPH, replace=False))
    some = vectors[chosen]
    compared = some
    if method == "graph" and texts is not None:
        on_progress("Reading the words", 0.0)
        compared = with_words(some, texts(chosen.tolist()))
    rows, alike = nearest(compared, NEIGHBOURS, on_progress)
    rows = rows[:, : _neighbours(len(some), rows)]
    if method == "graph":
        layers = _by_graph(compared, rows, alike, seed, on_progress)
    elif method == "kmeans":
        layers = [_by_kmeans(vectors, min(count or 1, n), seed)]
    else:
        layers = [_by_hdbscan(some)]
    layers = _distinct([_by_size(layer) for layer in layers])
    beside = rows
    if len(chosen) < n:
        on_progress("Placing the other passages", 0.95)
        beside = nearest_to(some, vectors, NEAREST_ARE)[0]
    votes = [layer[beside] for layer in layers]
    if len(chosen) < n:
        layers = [_majority(vote) for vote in votes]
    certainty = tuple(
        (vote == layer[:, None]).mean(axis=1).astype(np.float32)
        if beside.shape[1]
        else np.ones(n, dtype=np.float32)
        for vote, layer in zip(votes, layers, strict=True)
    )
    return Clusters(tuple(_by_size(layer) for layer in layers), certainty)


def _by_graph(
    vectors: Vectors, rows: Rows, alike: Vectors, seed: int, on_progress: OnProgress
) -> list[Labels]:
    n = len(vectors)
    if n < 2 * SMALLEST:
        return [np.zeros(n, dtype=np.int64)]
    graph = _graph(rows, alike[:, : rows.shape[1]])
    found = layered_communities(graph, RESOLUTIONS, seed, on_progress)
    return [_without_tiny(vectors, _smooth(labels, rows)) for labels in found[::-1]]


def _neighbours(n: int, rows: Rows) -> int:
    """How many neighbours count: in a small collection, thirty would be everything."""
    return max(2, min(int(rows.shape[1]), n // 8))


def _smooth(labels: Labels, rows: Rows) -> Labels:
    """Each passage with the topic of most of its neighbours and itself."""
    for _ in range(SMOOTHED):
        labels = _majority(np.column_stack([labels[rows[:, :SMOOTHED_BY]], labels]))
    return labels


def _graph(rows: Rows, alike: Vectors) -> Graph:
    """The symmetric graph of nearest neighbours, with similarities as weights."""
    from scipy import sparse

    n, k = rows.shape
    ends = np.repeat(np.arange(n), k), rows.ravel()
    one_way = sparse.csr_array((np.maximum(alike.ravel(), 0.01), ends), shape=(n, n))
    return one_way.maximum(one_way.T).tocsr()


def _majority(labels: Labels) -> Labels:
    """The most frequent label of each row; of several, that of the nearest."""
    counts = (labels[:, :, None] == labels[:, None, :]).sum(axis=2)
    most: Labels = labels[np.arange(len(labels)), counts.argmax(axis=1)]
    return most


def _without_tiny(vectors: Vectors, labels: Labels) -> Labels:
    """Passages of communities that are too small for a topic join the nearest topic."""
    sizes = np.bincount(labels)
    kept = np.flatnonzero(sizes >= SMALLEST)
    if len(kept) in (0, len(sizes)):
        return labels
    middles = np.stack([vectors[labels == one].mean(axis=0) for one in kept.tolist()])
    lost = np.flatnonzero(sizes[labels] < SMALLEST)
    joined = labels.copy()
    joined[lost] = kept[nearest_to(unit(middles), vectors[lost], 1)[0][:, 0]]
    return joined


def _by_kmeans(vectors: Vectors, count: int, seed: int) -> Labels:
    from sklearn.cluster import MiniBatchKMeans

    made = MiniBatchKMeans(count, random_state=seed, n_init=3, batch_size=1024)
    return np.asarray(made.fit_predict(vectors), dtype=np.int64)


def _by_hdbscan(vectors: Vectors) -> Labels:
    """HDBSCAN (Campello et al. 2013) over 20 principal components; what it calls noise joins the
    topic of its neighbours."""
    from sklearn.cluster import HDBSCAN
    from sklearn.decomposition import PCA

    n = len(vectors)
    if n <= 2 * SMALLEST:
        return np.zeros(n, dtype=np.int64)
    parts = min(20, n - 1, vectors.shape[1])
    found = HDBSCAN(
        min_cluster_size=max(SMALLEST, min(50, n // 100)), min_samples=SMALLEST, copy=True
    ).fit_predict(unit(PCA(parts, random_state=0).fit_transform(vectors).astype(np.float32)))
    labels = np.asarray(found, dtype=np.int64)
    if (labels < 0).all():
        return np.zeros(n, dtype=np.int64)
    placed = np.flatnonzero(labels >= 0)
    lost = np.flatnonzero(labels < 0)
    near, _ = nearest_to(vectors[placed], vectors[lost], 1)
    labels[lost] = labels[placed[near[:, 0]]]
    return labels


def _by_size(labels: Labels) -> Labels:
    """The same labels, numbered from 0, the largest first."""
    _, compact = np.unique(labels, return_inverse=True)
    order = np.argsort(-np.bincount(compact), kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return np.asarray(rank[compact], dtype=np.int64)


def _distinct(layers: Sequence[Labels]) -> list[Labels]:
    """Without a layer that is the same as the one before it."""
    distinct: list[Labels] = []
    for labels in layers:
        if not distinct or labels.max() != distinct[-1].max():
            distinct.append(labels)
    return distinct
