"""A judge of sentences: a cross-encoder that was trained to tell whether one text follows from
another (natural language inference: Bowman et al., arXiv:1508.05326).

Used where one is named; none comes with the program, and none is fetched. Numbers, dates, codes
and names are looked up all the same, because such models read past them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from rag_app.errors import JudgeError
from rag_app.records import Usage
from rag_app.retrieval.cross_encoder import PairScorer, Role

ROLE = Role(
    "judge",
    JudgeError,
    "RAG_JUDGE",
    "cross-encoder/nli-deberta-v3-xsmall",
    "sentences are checked by rules",
)


class EntailmentJudge:
    """One cross-encoder with an output for "entailment". Loading waits for the first use; threads
    may share it. Where it cannot be used, it says so by an error and not by a note."""

    reads_passages = False
    note: str | None = None
    usage: Usage | None = None

    def __init__(self, model: str, device: str | None = None) -> None:
        """``model`` is the path of a directory, or a name on the hub that was fetched before."""
        self._scorer = PairScorer(model, device, ROLE)

    def follows(self, claim: str, texts: Sequence[str]) -> list[float]:
        """The probability that the claim follows from each text, 0 to 1. Raises JudgeError if the
        model is not at hand or cannot be used."""
        if not texts:
            return []
        logits = self._scorer.logits([(text, claim) for text in texts])
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares = powers / powers.sum(axis=1, keepdims=True)
        return [float(share) for share in shares[:, self._entailment]]

    @cached_property
    def _entailment(self) -> int:
        """Which of its outputs stands for "entailment". Raises JudgeError if none does."""
        labels = self._scorer.model.config.id2label or {}
        for number, label in labels.items():
            if str(label).lower().startswith("entail"):
                return int(number)
        raise self._scorer.error(
            "has no output for entailment: its outputs are "
            f"{', '.join(map(str, labels.values()))}; choose one such as {ROLE.example}"
        )
