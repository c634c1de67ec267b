"""Meaning, words and phrases together: the score of a passage in hybrid retrieval.

    fused  = (own + around) / 2
    own    = (similarity + WORDS * share) / (1 + WORDS)
    around = the same of the passage with its neighbours in the section, which weigh the less the
             farther away they are (vectors and words added up, weighted)

so a passage is found by what it means, by the words that it has, and by what it stands among. Fused
by score and not by rank, because that is better on each of five sets (docs/decisions/0009). Then
the best are read once more:

    score  = fused + (1 - fused) * (PAIRS * pairs + LABEL * label)
    pairs  = the share of the question's pairs of neighbouring words, weighted by idf, that stand
             side by side in one sentence, or in what stands over the passage
    label  = the share of the words of a row's label that the question has, times that of the
             question's words, weighted by idf, that the label has

A passage with "deferral of revenue" says more to that question than one with both words somewhere,
and a row called "Accrued expenses" more than one of "Accrued expenses and other liabilities".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from itertools import pairwise

import numpy as np

from ingest.catalog.chunk_vectors import Numbers, Points
from ingest.embed.embedder import TUNED
from ingest.records import StoredChunk
from ingest.similarity import COSINE, Similarity, Vectors, similarities, unit
from ingest.text.analyzer import stems
from rag_app.collection.rows import cells_of
from rag_app.retrieval.keyword import Floats, Lengths, Question
from rag_app.retrieval.passage import titles_over
from rag_app.retrieval.query import Query
from rag_app.retrieval.snapshot import Snapshot

# Weight of the words beside the meaning ...
WORDS = 1.25
# ... of models that tell more by themselves, on the half "dev" of benchmarks.languages ...
WORDS_BY_MODEL = {"multilingual-e5-small": 0.3}
# ... and where the embedding model does not know the question's language (docs/LOG.md, 2026-11-30).
WORDS_ALONE = 5.0
# How far neighbours count, and what each step away takes of their weight.
STEPS = 3
STEP = 0.5
# What phrases take of what a score lacks; chosen on seven sets (docs/LOG.md, 2026-11-29).
PAIRS = 0.2
LABEL = 0.15


def weight_of_words(query: Query, question: Question) -> float:
    """How much the words of a question weigh beside its meaning. In documents of other languages
    only names, codes and numbers are found: as much less as there are fewer of these."""
    own = WORDS_BY_MODEL.get(query.model.partition(TUNED)[0], WORDS)
    weight = own if query.is_known else WORDS_ALONE
    if query.crosses:
        weight *= len(question.postings) / max(len(set(query.stems)), 1)
    return weight


def own_scores(
    vector: Vectors, question: Question, points: Points, similarity: Similarity, weight: float
) -> Floats:
    """The scores of passages by themselves, at most 1: shape (n,).

    ``vector`` is the question's, of shape (dimension,); ``weight`` that of its words.
    """
    shares = question.shares(question.counts(points.numbers), question.lengths.of(points.numbers))
    return _together(_meaning(points.vectors, vector, similarity), shares, weight)


def fused_scores(
    snapshot: Snapshot,
    vector: Vectors,
    question: Question,
    points: Points,
    own: Floats,
    weight: float,
) -> Floats:
    """The scores of passages among their neighbours, at most 1: shape (n,)."""
    numbers, weights = _windows(question.lengths, points.numbers)
    around = snapshot.points(numbers=np.unique(numbers[weights > 0]))
    # Places of the neighbours, shape (n, 1 + 2 * STEPS); those that weigh nothing stand anywhere.
    places = around.places_of(numbers).clip(max=len(around.ids) - 1)
    wide = np.einsum("ns,nsd->nd", weights, around.vectors[places])
    # As long as it would be if all of them said the same; for cosine, of length one.
    similarity = snapshot.similarity
    wide = unit(wide) if similarity == COSINE else wide / weights.sum(axis=1, keepdims=True)
    counts = np.einsum("ns,wns->wn", weights, question.counts(around.numbers)[:, places])
    lengths = np.einsum("ns,ns->n", weights, question.lengths.of(around.numbers)[places])
    full = 1 + 2 * sum(STEP**step for step in range(1, STEPS + 1))
    shares = question.shares(counts, lengths, times=full)
    meaning = _meaning(wide, vector, similarity)
    return np.asarray((own + _together(meaning, shares, weight)) / 2)


def with_phrases(
    scores: Floats,
    asked: Sequence[str],
    weights: Mapping[str, float],
    chunks: Sequence[StoredChunk],
    language: str,
) -> Floats:
    """Scores of passages, shape (n,), with what the phrases add. ``asked`` are the question's stems
    in order, ``weights`` their idf, 0 where no passage has them; texts are read in the question's
    ``language``."""
    pairs = {
        pair: weights[pair[0]] + weights[pair[1]] for pair in pairwise(asked) if pair[0] != pair[1]
    }
    lines = {line for one in chunks for line in titles_over(one)}
    over = {line: _pairs_of(line, pairs, language) for line in lines}  # many stand under the same
    shares = np.array(
        [
            PAIRS * _pairs(pairs, over, one, language) + LABEL * _label(weights, one, language)
            for one in chunks
        ],
        dtype=np.float32,
    )
    return np.asarray(scores + (1 - scores) * shares, dtype=np.float32)


def _meaning(vectors: Vectors, vector: Vectors, similarity: Similarity) -> Floats:
    """Similarities, at most 1. Inner products have no scale of their own, and distances hardly use
    theirs: there the best is 1."""
    found = similarities(vectors, vector, similarity)
    if similarity == COSINE:
        return found
    return np.asarray(found / max(float(np.abs(found).max(initial=0)), 1e-9), dtype=np.float32)


def _together(meaning: Floats, words: Floats, weight: float) -> Floats:
    return np.asarray((meaning + weight * words) / (1 + weight), dtype=np.float32)


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


def _pairs(
    pairs: Mapping[tuple[str, str], float],
    titles: Mapping[str, Set[tuple[str, str]]],
    chunk: StoredChunk,
    language: str,
) -> float:
    whole = sum(pairs.values())
    if not whole:
        return 0.0
    over = {pair for line in titles_over(chunk) for pair in titles[line]}
    best = sum(pairs[pair] for pair in over)
    for start, end in chunk.sentences:
        there = _pairs_of(chunk.text[start - chunk.start : end - chunk.start], pairs, language)
        if there:
            best = max(best, sum(pairs[pair] for pair in there | over))
    return best / whole


def _pairs_of(
    text: str, pairs: Mapping[tuple[str, str], float], language: str
) -> Set[tuple[str, str]]:
    """Those of some pairs of stems that stand side by side in a text, which is only analyzed where
    it may have one."""
    if not any(_may_have(text, one) and _may_have(text, other) for one, other in pairs):
        return frozenset()
    return pairs.keys() & set(pairwise(stems(text, language)))


def _may_have(text: str, stem: str) -> bool:
    """Whether a text may have a word with a stem: the stem but for its end is in the word."""
    return not text.isascii() or stem[: max(len(stem) - 1, 3)] in text.lower()


def _label(weights: Mapping[str, float], chunk: StoredChunk, language: str) -> float:
    whole = sum(weights.values())
    best = 0.0
    for start, end in chunk.sentences if whole else ():
        row, met = 0.0, set[str]()
        for _, cell in cells_of(chunk, start, end):
            if not any(_may_have(cell, stem) for stem in weights):
                continue
            words = set(stems(cell, language))
            shared = words & weights.keys() - met
            if shared:
                row += sum(weights[stem] for stem in shared) * len(shared) / len(words)
                met |= shared
        best = max(best, row / whole)
    return best
