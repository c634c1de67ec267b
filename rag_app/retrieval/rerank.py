"""A second look at what the search found: a cross-encoder reads the question with each passage.

An embedding model reads a passage before any question is known; a cross-encoder reads both at
once, and is slower by as much as it reads: so it is asked about the first passages only (Nogueira
and Cho, "Passage Re-ranking with BERT", arXiv:1901.04085). It is used where a model is named; none
comes with the program, and none is ever fetched.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from ingest.tracing.traced import traced
from rag_app.errors import RerankerError
from rag_app.retrieval.cross_encoder import PairScorer, Role
from rag_app.retrieval.passage import Passage, full_text
from rag_app.tracing.attributes import of_rerank

ROLE = Role(
    "re-ranker",
    RerankerError,
    "RAG_RERANKER",
    "cross-encoder/ms-marco-MiniLM-L6-v2",
    "the order is that of the search",
)


class Reranker:
    """One cross-encoder. Loading waits for the first use; threads may share it."""

    def __init__(self, model: str, device: str | None = None) -> None:
        """``model`` and ``device`` are those of ``PairScorer``."""
        self._scorer = PairScorer(model, device, ROLE)

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers the question: 0 to 1, rising with relevance, in their order.

        The logistic function of the model's one output; so an output that is a logit already, as
        most give it, and one that the model would put through the same function come out alike,
        in double precision, in which fewer are equal. Scores of two models cannot be compared,
        and 0.5 means nothing in particular.

        Question and text are cut, from the end of whichever is longer, to as many tokens as the
        model reads, for most 512 in all: a passage of 200 tokens is read whole beside a question
        of 250; beside a longer one, the end of the question is lost first. Raises RerankerError
        if the model is not at hand, cannot be loaded or used, has several outputs, or gives what
        is not a number.
        """
        if not texts:
            return []
        logits = self._scorer.logits([(question, text) for text in texts])
        if logits.shape[1] != 1:
            raise self._scorer.error(
                f"gives {logits.shape[1]} scores a passage, as a classifier does; choose a "
                f"cross-encoder with one output, such as {ROLE.example}"
            )
        return [_logistic(logit) for logit in logits[:, 0].tolist()]


@traced("rerank", "RERANKER", of_rerank)
def rerank(
    question: str, passages: Sequence[Passage], reranker: Reranker, candidates: int
) -> tuple[Passage, ...]:
    """Passages, given best first, in the order and with the scores of a re-ranker.

    It reads the first ``candidates``, each under its file's name, title and headings. The others
    follow in the order that they had, with scores (theirs, times the lowest of those read) that
    are not above any score before them. Raises RerankerError.
    """
    read, unread = passages[:candidates], passages[candidates:]
    scores = reranker.scores(question, [full_text(passage) for passage in read])
    scored = [replace(one, score=score) for one, score in zip(read, scores, strict=True)]
    scored.sort(key=lambda passage: -passage.score)  # equals stay as they were
    lowest = min(scores, default=1.0)
    return (*scored, *(replace(one, score=one.score * lowest) for one in unread))


def _logistic(logit: float) -> float:
    if logit < 0:
        return math.exp(logit) / (1 + math.exp(logit))
    return 1 / (1 + math.exp(-logit))
