"""Hard negatives: passages that a search finds for a question, and that do not answer it."""

from __future__ import annotations

import random
from collections.abc import Sequence

from ingest.similarity import Vectors
from rag_app.clusters.nearest import nearest_to
from rag_app.tuning.records import Pair

# A passage that is nearly as near as one that answers may answer too, and nobody said so:
# "TopK-PercPos" of NV-Retriever (Moreira et al., 2024, https://arxiv.org/abs/2407.15831).
MOST_OF_POSITIVE = 0.95
SEARCHED = 60  # passages, of which the negatives are the first that pass


def hard_negatives(
    asked: Vectors,
    passages: Vectors,
    pairs: Sequence[Pair],
    texts: Sequence[str],
    count: int,
    seed: int,
) -> list[list[int]]:
    """For each pair the rows of ``count`` passages that are near to its question, and wrong.

    ``asked`` and ``passages`` are unit vectors, of the pairs' questions and of ``texts``; a pair's
    ``rows`` point into these. What says the same as a passage that answers is none, nor what
    another pair with the same question has. Where too few pass, others by chance.
    """
    chance = random.Random(seed)
    answers: dict[str, set[str]] = {}
    for pair in pairs:
        answers.setdefault(pair.question.casefold(), set()).update(texts[row] for row in pair.rows)
    found, near = nearest_to(passages, asked, SEARCHED)
    negatives: list[list[int]] = []
    for place, pair in enumerate(pairs):
        right = answers[pair.question.casefold()]
        best = max(float(asked[place] @ passages[row]) for row in pair.rows)
        ranked = zip(found[place].tolist(), near[place].tolist(), strict=True)
        wrong = [
            row
            for row, alike in ranked
            if texts[row] not in right and alike <= best * MOST_OF_POSITIVE
        ][:count]
        others = [row for row in chance.sample(range(len(texts)), min(len(texts), 4 * count + 8))
                  if texts[row] not in right and row not in wrong]  # fmt: skip
        negatives.append((wrong + others)[:count])
    return negatives
