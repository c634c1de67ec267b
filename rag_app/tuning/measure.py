"""How well a model finds the passages of questions: nDCG@10 by vectors alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ingest.embed.embedder import Embedder
from ingest.similarity import Vectors, unit
from rag_app.clusters.nearest import nearest_to
from rag_app.eval.metrics import rank_scores
from rag_app.insights.base.steps import Steps
from rag_app.tuning.records import Pair

MEASURE = "ndcg@10"
DEPTH = 10
AT_ONCE = 256  # texts; between them it can be stopped


def embedded(embedder: Embedder, texts: Sequence[str], doing: str, steps: Steps) -> Vectors:
    """Unit vectors of passages, shape (len(texts), dimension). Raises EmbedderError, Stopped."""
    parts: list[Vectors] = []
    for first in range(0, len(texts), AT_ONCE):
        steps(doing, first / len(texts))
        parts.append(unit(embedder.encode(texts[first : first + AT_ONCE])))
    return np.concatenate(parts)


def ndcg(
    embedder: Embedder, passages: Vectors, pairs: Sequence[Pair], rows: Sequence[int]
) -> list[float]:
    """nDCG@10 of each pair's question, 0 to 1. ``passages`` are the vectors of the passages in
    ``rows``. Raises EmbedderError."""
    place_of = {row: place for place, row in enumerate(rows)}
    asked = unit(embedder.encode_queries([pair.question for pair in pairs]))
    found, _ = nearest_to(passages, asked, DEPTH)
    rankings = []
    for pair, hits in zip(pairs, found.tolist(), strict=True):
        gold = {place_of[row]: number for number, row in enumerate(pair.rows)}
        rankings.append((len(gold), [[gold[hit]] if hit in gold else [] for hit in hits]))
    return [scores[MEASURE] for scores in rank_scores(rankings)]
