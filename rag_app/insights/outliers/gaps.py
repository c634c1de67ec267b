"""Gaps of a collection: questions that were asked and found nothing, by subject."""

from __future__ import annotations

import numpy as np

from ingest.similarity import unit
from rag_app.clusters.nearest import nearest_to
from rag_app.conversation.store import Conversations
from rag_app.engine import Engine
from rag_app.insights.base.points import reading
from rag_app.insights.base.steps import QUIET, Steps
from rag_app.insights.outliers.records import Gap, Gaps

ALIKE = 0.5  # questions of one subject, by cosine
MOST_CONVERSATIONS = 1000


def find_gaps(engine: Engine, kept: Conversations, *, steps: Steps = QUIET) -> Gaps:
    """The questions of conversations whose answer was that the documents do not say, grouped by
    what they are about. Raises UsageError, StoreEmpty, StoreError, EmbedderError, Stopped."""
    asked, missed = 0, dict[str, None]()
    for summary in kept.listed(limit=MOST_CONVERSATIONS):
        steps("Reading conversations")
        for exchange in kept.open(summary.id).exchanges:
            asked += exchange.answer is not None
            if exchange.answer is not None and exchange.answer.refused:
                missed[exchange.answer.standalone or exchange.question] = None
    questions = list(missed)
    with reading(engine.collection) as points:
        if not questions:
            return Gaps(points.basis(), (), asked)
        vectors = unit(engine.embedder.encode_queries(questions))
        gaps: list[Gap] = []
        for group in _groups(vectors @ vectors.T):
            middle = unit(vectors[group].mean(axis=0, keepdims=True))
            rows, alike = nearest_to(points.vectors, middle, 1)
            first = questions[group[int(np.argmax(vectors[group] @ middle[0]))]]
            gaps.append(
                Gap(
                    name=first,
                    questions=tuple(questions[at] for at in group),
                    nearest=points.places([int(rows[0, 0])])[0],
                    alike=float(alike[0, 0]),
                )
            )
        gaps.sort(key=lambda gap: -len(gap.questions))
        return Gaps(points.basis(), tuple(gaps), asked)


def _groups(alike: np.ndarray) -> list[list[int]]:
    """Rows in groups: each joins the first group whose first row is like it."""
    groups: list[list[int]] = []
    for row in range(len(alike)):
        for group in groups:
            if alike[row, group[0]] >= ALIKE:
                group.append(row)
                break
        else:
            groups.append([row])
    return groups
