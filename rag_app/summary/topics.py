"""What the passages of a collection are about: groups of those near each other, by their words.

The same groups as ``rag-app insights topics`` finds, of no more passages than a reader waits for.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ingest.catalog.chunk_vectors import numbers_where, points_of
from ingest.catalog.filters import ALL, Filter
from ingest.catalog.view import CatalogView
from ingest.similarity import unit
from rag_app.clusters.cluster import cluster
from rag_app.clusters.words import telling_words
from rag_app.collection.sections import Section

# Of fewer passages there are no groups to speak of; of more than the most, so many are drawn, which
# takes about a second of a processor.
FEWEST, MOST = 30, 1_500
SHOWN = 8  # topics
NAMED_BY = 3  # words
READ = 40  # passages of each that its words are taken from, nearest to its middle first
TYPICAL = 4  # of them, that a sentence is taken from


class Topic(NamedTuple):
    """A group of passages: the words that set it apart, its share of all, 0 to 1, and the passages
    nearest to its middle, as if they were of one document."""

    words: tuple[str, ...]
    share: float
    typical: Section


def main_topics(view: CatalogView, where: Filter | None) -> list[Topic]:
    """The topics of the passages that pass a filter, the largest first; none where there are too
    few passages, or all are about one thing. The same each time."""
    numbers = np.sort(numbers_where(view, where or ALL))
    if len(numbers) < FEWEST:
        return []
    if len(numbers) > MOST:
        numbers = np.sort(np.random.default_rng(0).choice(numbers, MOST, replace=False))
    points = points_of(view, numbers=numbers.tolist())
    vectors = unit(points.vectors)
    layers = cluster(vectors).layers
    labels = next((one for one in layers[::-1] if one.max() < SHOWN), layers[0])
    rows_of, ids_of = [], []
    for topic in range(int(labels.max()) + 1):
        rows = np.flatnonzero(labels == topic)
        nearness = vectors[rows] @ vectors[rows].mean(axis=0)
        nearest = rows[np.argsort(-nearness, kind="stable")][:READ].tolist()
        rows_of.append(rows)
        ids_of.append([points.ids[row] for row in nearest])
    if len(rows_of) < 2:
        return []
    chunks = view.chunks([id_ for ids in ids_of for id_ in ids], where)
    words = telling_words([[chunks[id_].text for id_ in ids] for ids in ids_of], NAMED_BY)
    row_of = {id_: row for row, id_ in enumerate(points.ids)}
    topics: list[Topic] = []
    for rows, ids, own in list(zip(rows_of, ids_of, words, strict=True))[:SHOWN]:
        near = ids[:TYPICAL]
        some = tuple(chunks[id_] for id_ in near)
        of_them = vectors[[row_of[id_] for id_ in near]]
        typical = Section("", 0, max(one.end for one in some), some, of_them)
        topics.append(Topic(own, len(rows) / len(labels), typical))
    return topics
