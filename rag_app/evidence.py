"""What the documents offer for an answer: passages in order, sentences in order, and how sure.

The vector search brings a pool of passages; here they are put in order by meaning and by words
together. Measured on SQuAD 2.0 (348 answerable questions, 1,216 paragraphs): the right paragraph
is first for 0.61 of the questions by cosine alone, 0.81 with BM25 over the pool
(docs/LOG.md, 2026-11-21).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.catalog import Vectors
from ingest.embed import Embedder
from rag_app.lexical import bm25, coverage, stems
from rag_app.retrieve import Passage

# How many passages the vector search is asked for.
POOL = 50
# Weight of BM25, normalised to its best, beside the cosine: 0.35 to 0.5 measured alike.
PASSAGE_WORDS = 0.5
# score = cosine + 0.35 × normalised BM25 - 0.06 × rank of its passage, of the best 3 passages.
SENTENCE_WORDS = 0.35
RANK_COST = 0.06
SENTENCE_PASSAGES = 3


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage, and how well it answers. Offsets are the document's."""

    passage: Passage
    start: int
    end: int
    text: str
    cosine: float
    score: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found for a question, best first, and the probability that it answers it."""

    passages: tuple[Passage, ...]
    sentences: tuple[Sentence, ...]
    confidence: float


def gather(question: str, vector: Vectors, pool: Sequence[Passage], embedder: Embedder) -> Evidence:
    """Order a pool of passages and the sentences of the best of them.

    ``vector`` is the question's, shape (dimension,). The scores of the passages become the mean
    of their similarity and their words, so that they still rise with relevance.
    """
    wanted = stems(question)
    passages = order_passages(wanted, pool)
    sentences = _order_sentences(wanted, vector, passages[:SENTENCE_PASSAGES], embedder)
    return Evidence(passages, sentences, _confidence(wanted, passages, sentences))


def order_passages(wanted: Sequence[str], pool: Sequence[Passage]) -> tuple[Passage, ...]:
    """The pool by cosine and BM25 together, best first."""
    words = bm25(wanted, [passage_stems(passage) for passage in pool])
    best = max(words, default=0.0) or 1.0
    scored = [
        replace(passage, score=(passage.score + PASSAGE_WORDS * word / best) / (1 + PASSAGE_WORDS))
        for passage, word in zip(pool, words, strict=True)
    ]
    return tuple(sorted(scored, key=lambda passage: (-passage.score, passage.chunk.id)))


def passage_stems(passage: Passage) -> list[str]:
    """The stems of a passage with what stands over it: its file's name, title and headings."""
    chunk = passage.chunk
    over = " ".join([chunk.documents[0], str(chunk.metadata.get("title") or ""), *chunk.headings])
    return stems(f"{over} {chunk.text}")


def _order_sentences(
    wanted: Sequence[str], vector: Vectors, passages: Sequence[Passage], embedder: Embedder
) -> tuple[Sentence, ...]:
    spans = [
        (rank, passage, start, end, passage.chunk.text[start - offset : end - offset])
        for rank, passage in enumerate(passages)
        for offset in (passage.chunk.start,)
        for start, end in passage.chunk.sentences
    ]
    texts = [text for *_, text in spans]
    cosines = (embedder.encode(texts) @ vector).tolist()
    words = bm25(wanted, [stems(text) for text in texts])
    best = max(words, default=0.0) or 1.0
    sentences = [
        Sentence(
            passage=passage,
            start=start,
            end=end,
            text=text,
            cosine=cosine,
            score=cosine + SENTENCE_WORDS * word / best - RANK_COST * rank,
        )
        for (rank, passage, start, end, text), cosine, word in zip(
            spans, cosines, words, strict=True
        )
    ]
    return tuple(sorted(sentences, key=lambda one: (-one.score, one.start)))


def _confidence(
    wanted: Sequence[str], passages: Sequence[Passage], sentences: Sequence[Sentence]
) -> float:
    """The probability that the evidence answers the question, 0 to 1.

    A logistic regression on three things: the cosine of the best sentence, and the shares of the
    question's words that the best sentence and the best passages have. How it was fitted, and
    both of its errors: docs/decisions/0005.
    """
    if not sentences:
        return 0.0
    best = sentences[0]
    around = [stem for passage in passages[:SENTENCE_PASSAGES] for stem in passage_stems(passage)]
    z = (
        -4.0
        + 5.0 * best.cosine
        + 1.0 * coverage(wanted, stems(best.text))
        + 2.5 * coverage(wanted, around)
    )
    return 1 / (1 + math.exp(-z))
