"""A second look at what the search found: a cross-encoder reads the question with each passage.

An embedding model reads a passage before any question is known; a cross-encoder reads both at
once, and is slower by as much as it reads: so it is asked about the first passages only (Nogueira
and Cho, "Passage Re-ranking with BERT", arXiv:1901.04085). It is used where a model is named; none
comes with the program, and none is ever fetched.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag_app.cross_encoders import CannotLoad, first_line, is_cross_encoder, load, local_directory
from rag_app.errors import RerankerError
from rag_app.evidence import full_text
from rag_app.retrieve import Passage

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

# Pairs that are read at once: what the model needs of memory does not grow with the candidates.
BATCH_SIZE = 16
EXAMPLE = "cross-encoder/ms-marco-MiniLM-L6-v2"


class Reranker:
    """One cross-encoder. Loading waits for the first use; threads may share it."""

    def __init__(self, model: str, device: str | None = None) -> None:
        """``model`` is the path of a directory, or a name on the hub that was fetched before.

        ``device`` is "cpu", "cuda" or "mps"; None stands for the best that there is.
        """
        self.name = model
        self.device = device
        self._lock = threading.Lock()

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
        with self._lock:  # also to read: a tokenizer is not to be shared
            try:
                logits = self._model.predict(
                    [(question, text) for text in texts],
                    batch_size=BATCH_SIZE,
                    show_progress_bar=False,
                )
            except (RuntimeError, ValueError, IndexError) as error:
                raise RerankerError(
                    f"The re-ranker {self.name!r} cannot be used ({first_line(error)}); choose "
                    f"another one, such as {EXAMPLE}, or unset RAG_RERANKER"
                ) from error
        if not np.isfinite(logits).all():
            raise RerankerError(
                f"The re-ranker {self.name!r} gives scores that are not numbers: its weights are "
                "damaged, or too large for this device; fetch it again, or unset RAG_RERANKER"
            )
        return [_logistic(logit) for logit in logits.tolist()]

    @cached_property
    def _model(self) -> CrossEncoder:
        """The model as sentence-transformers loads it: seconds. Raises RerankerError."""
        directory = self._directory()
        _check_head(self.name, directory)
        try:
            model = load(directory, self.device)
        except CannotLoad as error:
            raise RerankerError(
                f"The re-ranker {self.name!r} cannot be loaded ({error}); give the "
                "path of a model directory with safetensors weights, or unset RAG_RERANKER"
            ) from error
        if model.num_labels != 1:
            raise RerankerError(
                f"The re-ranker {self.name!r} gives {model.num_labels} scores a passage, as a "
                f"classifier does; choose a cross-encoder with one output, such as {EXAMPLE}"
            )
        return model

    def _directory(self) -> Path:
        """Where the model's files are. Raises RerankerError if they are not on this machine."""
        directory = local_directory(self.name)
        if directory is None:
            raise RerankerError(
                f"There are no weights of the re-ranker {self.name!r} at hand: it is no directory "
                f"and was not fetched before; where there is a network run: hf download NAME (such "
                f"as {EXAMPLE}), or give the path of a model directory, or unset RAG_RERANKER: "
                "without a re-ranker, the order is that of the search"
            )
        return directory


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


def _check_head(name: str, directory: Path) -> None:
    """Refuse what was not trained to score pairs: sentence-transformers would put a head of
    random weights on it, and the order would be random."""
    if is_cross_encoder(directory):
        return
    raise RerankerError(
        f"{name!r} is no re-ranker: {directory / 'config.json'} names no model that scores a "
        f"question with a passage (…ForSequenceClassification); choose a cross-encoder with one "
        f"output, such as {EXAMPLE}"
    )


def _logistic(logit: float) -> float:
    if logit < 0:
        return math.exp(logit) / (1 + math.exp(logit))
    return 1 / (1 + math.exp(-logit))
