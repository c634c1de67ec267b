"""The topics of a collection: the story, from vectors to layers of named topics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ingest.similarity import Vectors
from rag_app.clusters.cluster import Clusters, Method, cluster
from rag_app.clusters.communities import Labels
from rag_app.clusters.words import telling_words
from rag_app.collection.collection import Collection
from rag_app.collection.dates import dated
from rag_app.insights.base.points import Points, reading
from rag_app.insights.base.records import Place
from rag_app.insights.base.steps import QUIET, Steps
from rag_app.insights.topics.names import by_llm, by_words
from rag_app.insights.topics.records import Layer, Topic, Topics
from rag_app.llm.client import ChatModel
from rag_app.llm.stop import Stop
from rag_app.prompts import Prompts, shipped_prompts

TYPICAL = 3  # passages shown of each topic
READ = 150  # passages of each topic that its words are taken from, nearest to its middle first
LOOSE = 0.5  # of the nearest neighbours; of a passage with fewer in its topic, that is said
MAIN_UPTO = 40  # topics that a reader can take in at once


def find_topics(
    collection: Collection,
    where: Mapping[str, Any] | None = None,
    *,
    method: Method = "graph",
    count: int | None = None,
    seed: int = 0,
    llm: ChatModel | None = None,
    prompts: Prompts | None = None,
    steps: Steps = QUIET,
    stop: Stop | None = None,
) -> Topics:
    """Find the topics of the passages that pass a filter. ``count`` is the number of topics for
    "kmeans", which alone takes one. ``llm`` names the topics of the main layer, asked by
    ``prompts``, the shipped ones if left out.

    Every passage is in one topic of each layer; how many are there only because nothing is nearer
    is said of each topic. Raises UsageError, StoreEmpty, StoreError; Stopped after ``stop``.
    """
    with reading(collection, where) as points:
        found = cluster(points.vectors, method, count, seed, steps, points.texts)
        steps("Reading typical passages", 0.97)
        layers = [
            _layer(points, labels, certainty)
            for labels, certainty in zip(found.layers, found.certainty, strict=True)
        ]
        layers = [_with_parents(layer, above) for layer, above in _beside(layers)]
        main = _main(found)
        notes = []
        if llm is not None:
            layers[main], note = _named_by_llm(layers[main], llm, prompts, steps, stop)
            notes += [note] if note else []
        if len(layers[main].topics) == 1:
            notes.append("All passages are about one thing, as far as their vectors tell.")
        return Topics(
            basis=points.basis(*notes),
            method=method,
            layers=tuple(layers),
            main=main,
            chunk_ids=tuple(points.ids),
            documents=tuple(one.name for one in points.documents),
        )


def _main(found: Clusters) -> int:
    """The finest layer that a reader can take in at once, but for the very finest."""
    small = [at for at, labels in enumerate(found.layers) if labels.max() < MAIN_UPTO]
    last = max(len(found.layers) - 2, 0)
    return min(max(small, default=0), last)


def _layer(points: Points, labels: Labels, certainty: Vectors) -> Layer:
    of_documents = _documents_in(points, labels, certainty)
    typical: list[tuple[Place, ...]] = []
    texts: list[list[str]] = []
    for topic in range(int(labels.max()) + 1):
        rows = np.flatnonzero(labels == topic)
        middle = points.vectors[rows].mean(axis=0)
        nearest_first = rows[np.argsort(-(points.vectors[rows] @ middle), kind="stable")]
        typical.append(points.places(nearest_first[:TYPICAL].tolist()))
        texts.append(points.texts(nearest_first[:READ].tolist()))
    words = telling_words(texts)
    dates = [dated(one.name, one.metadata, one.modified) for one in points.documents]
    topics: list[Topic] = []
    for topic in range(len(words)):
        own = labels == topic
        days = [
            date[0]
            for date, label in zip(dates, of_documents, strict=True)
            if label == topic and date is not None and date[1]
        ]
        topics.append(
            Topic(
                id=topic,
                name=by_words(words[topic]),
                words=words[topic],
                passages=int(own.sum()),
                documents=of_documents.count(topic),
                loose=int((certainty[own] < LOOSE).sum()),
                typical=typical[topic],
                by_month=_counted(day[:7] for day in days if len(day) >= 7),
                by_year=_counted(day[:4] for day in days),
            )
        )
    return Layer(tuple(topics), tuple(labels.tolist()), tuple(of_documents))


def _counted(periods: Any) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(periods).items()))


def _documents_in(points: Points, labels: Labels, certainty: Vectors) -> list[int]:
    """The topic of each document: that of most of its passages, those that are sure of theirs
    before others."""
    weights = np.zeros((len(points.documents), int(labels.max()) + 1))
    np.add.at(weights, (points.owners, labels), 0.1 + certainty)
    return [int(topic) for topic in weights.argmax(axis=1)]


def _beside(layers: Sequence[Layer]) -> list[tuple[Layer, Layer | None]]:
    """Each layer with the coarser one before it."""
    return list(zip(layers, [None, *layers], strict=False))


def _with_parents(layer: Layer, above: Layer | None) -> Layer:
    """The layer, each topic with the one of the layer above that most of it belongs to."""
    if above is None:
        return layer
    shared = np.zeros((len(layer.topics), len(above.topics)), dtype=np.int64)
    np.add.at(shared, (np.array(layer.of_passages), np.array(above.of_passages)), 1)
    parents = shared.argmax(axis=1).tolist()
    topics = tuple(replace(topic, parent=parents[topic.id]) for topic in layer.topics)
    return replace(layer, topics=topics)


def _named_by_llm(
    layer: Layer, llm: ChatModel, prompts: Prompts | None, steps: Steps, stop: Stop | None
) -> tuple[Layer, str | None]:
    shown = [(topic.words, [place.text for place in topic.typical]) for topic in layer.topics]
    names, note = by_llm(llm, prompts or shipped_prompts(), shown, steps, stop)
    topics = tuple(
        replace(topic, name=name) for topic, name in zip(layer.topics, names, strict=True)
    )
    return replace(layer, topics=topics), note
