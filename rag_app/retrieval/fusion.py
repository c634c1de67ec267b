"""Meaning and words together: the score of a passage in hybrid retrieval.

    score  = (own + around) / 2
    own    = (similarity + WORDS * share) / (1 + WORDS)
    around = the same of the passage with its neighbours in the section, which weigh the less the
             farther away they are (vectors and words added up, weighted)

so a passage is found by what it means, by the words that it has, and by what it stands among. Fused
by score and not by rank, because that is better on each of five sets (docs/decisions/0009).
"""

from __future__ import annotations

import numpy as np

from ingest.catalog.chunk_vectors import Numbers, Points, points_of
from ingest.catalog.view import CatalogView
from ingest.similarity import COSINE, Similarity, Vectors, similarities, unit
from rag_app.retrieval.keyword import Floats, Lengths, Question

# Weight of the words beside the meaning.
WORDS = 1.25
# How far neighbours count, and what each step away takes of their weight.
STEPS = 3
STEP = 0.5


def own_scores(vector: Vectors, question: Question, points: Points, measure: Similarity) -> Floats:
    """The scores of passages by themselves, -0.45 to 1: shape (n,).

    ``vector`` is the question's, of shape (dimension,).
    """
    shares = question.shares(question.counts(points.numbers), question.lengths.of(points.numbers))
    return _together(_meaning(points.vectors, vector, measure), shares)


def fused_scores(
    view: CatalogView,
    vector: Vectors,
    question: Question,
    points: Points,
    own: Floats,
    measure: Similarity,
) -> Floats:
    """The scores of passages among their neighbours, -0.45 to 1: shape (n,)."""
    numbers, weights = _windows(question.lengths, points.numbers)
    around = points_of(view, numbers=np.unique(numbers[weights > 0]).tolist())
    # Places of the neighbours, shape (n, 1 + 2 * STEPS); those that weigh nothing stand anywhere.
    places = around.places_of(numbers).clip(max=len(around.ids) - 1)
    wide = np.einsum("ns,nsd->nd", weights, around.vectors[places])
    # As long as it would be if all of them said the same; for cosine, of length one.
    wide = unit(wide) if measure == COSINE else wide / weights.sum(axis=1, keepdims=True)
    counts = np.einsum("ns,wns->wn", weights, question.counts(around.numbers)[:, places])
    lengths = np.einsum("ns,ns->n", weights, question.lengths.of(around.numbers)[places])
    full = 1 + 2 * sum(STEP**step for step in range(1, STEPS + 1))
    shares = question.shares(counts, lengths, times=full)
    return np.asarray((own + _together(_meaning(wide, vector, measure), shares)) / 2)


def _meaning(vectors: Vectors, vector: Vectors, measure: Similarity) -> Floats:
    """Similarities, at most 1. Inner products have no scale of their own, and distances hardly use
    theirs: there the best is 1."""
    found = similarities(vectors, vector, measure)
    if measure == COSINE:
        return found
    return np.asarray(found / max(float(np.abs(found).max(initial=0)), 1e-9), dtype=np.float32)


def _together(meaning: Floats, words: Floats) -> Floats:
    return np.asarray((meaning + WORDS * words) / (1 + WORDS), dtype=np.float32)


def _windows(lengths: Lengths, chunks: Numbers) -> tuple[Numbers, Floats]:
    """The numbers of each chunk and its neighbours, and their weights, 0 where there is none:
    both of shape (chunks, 1 + 2 * STEPS). Chunks of a section have numbers that follow."""
    numbers, weights = [chunks], [np.ones(len(chunks), dtype=np.float32)]
    for side in (-1, 1):
        weight = np.ones(len(chunks), dtype=np.float32)
        for step in range(1, STEPS + 1):
            neighbours = chunks + side * step
            # Between two neighbours, the later one may begin a section.
            borders = (neighbours + 1 if side < 0 else neighbours).clip(0, len(lengths.begins) - 1)
            inside = (lengths.of(neighbours) > 0) & ~lengths.begins[borders]
            weight = np.where(inside, weight * np.float32(STEP), np.float32(0))
            numbers.append(neighbours)
            weights.append(weight)
    return np.stack(numbers, axis=1), np.stack(weights, axis=1)
