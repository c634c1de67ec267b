"""A judge of sentences: a cross-encoder that was trained to tell whether one text follows from
another (natural language inference: Bowman et al., arXiv:1508.05326).

Used where one is named; none comes with the program, and none is fetched. Numbers, dates, codes
and names are looked up all the same, because such models read past them.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from rag_app.cross_encoders import CannotLoad, first_line, is_cross_encoder, load, local_directory
from rag_app.errors import JudgeError
from rag_app.retrieve import Passage
from rag_app.verify import HARDLY, NOT_SAID, Support, bare, best_window

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

BATCH_SIZE = 16
EXAMPLE = "cross-encoder/nli-deberta-v3-xsmall"
FOLLOWS = 0.5


class EntailmentJudge:
    """One cross-encoder with an output for "entailment". Loading waits for the first use; threads
    may share it."""

    def __init__(self, model: str, device: str | None = None) -> None:
        """``model`` is the path of a directory, or a name on the hub that was fetched before."""
        self.name = model
        self.device = device
        self._lock = threading.Lock()

    def check(self, claim: str, passages: Sequence[Passage]) -> list[Support]:
        """The best words of each passage, and whether the claim follows from them. Raises
        JudgeError if the model is not at hand or cannot be used."""
        claim = bare(claim)
        found = [best_window(claim, passage, None) for passage in passages]
        asked = [
            place for place, one in enumerate(found) if one.reason is None and one.share >= HARDLY
        ]
        follows = dict(
            zip(asked, self._follows(claim, [found[p].text for p in asked]), strict=True)
        )
        return [
            Support(
                one.start,
                one.end,
                follows.get(place, one.share),
                one.reason or (None if follows.get(place, 0.0) >= FOLLOWS else NOT_SAID),
            )
            for place, one in enumerate(found)
        ]

    def _follows(self, claim: str, texts: Sequence[str]) -> list[float]:
        """The probability that the claim follows from each text, 0 to 1."""
        if not texts:
            return []
        with self._lock:
            try:
                logits = self._model.predict(
                    [(text, claim) for text in texts],
                    batch_size=BATCH_SIZE,
                    show_progress_bar=False,
                )
            except (RuntimeError, ValueError, IndexError) as error:
                raise JudgeError(
                    f"The judge {self.name!r} cannot be used ({first_line(error)}); choose "
                    f"another one, such as {EXAMPLE}, or unset RAG_JUDGE"
                ) from error
        values = np.asarray(logits, dtype=np.float64)
        if not np.isfinite(values).all():
            raise JudgeError(
                f"The judge {self.name!r} gives scores that are not numbers: its weights are "
                "damaged, or too large for this device; fetch it again, or unset RAG_JUDGE"
            )
        powers = np.exp(values - values.max(axis=1, keepdims=True))
        shares = powers / powers.sum(axis=1, keepdims=True)
        return [float(share) for share in shares[:, self._entailment]]

    @cached_property
    def _model(self) -> CrossEncoder:
        """Seconds. Raises JudgeError."""
        directory = local_directory(self.name)
        if directory is None:
            raise JudgeError(
                f"There are no weights of the judge {self.name!r} at hand: it is no directory and "
                f"was not fetched before; where there is a network run: hf download NAME (such as "
                f"{EXAMPLE}), or give the path of a model directory, or unset RAG_JUDGE: without a "
                "judge, sentences are checked by rules"
            )
        if not is_cross_encoder(directory):
            raise JudgeError(
                f"{self.name!r} is no judge: {directory / 'config.json'} names no model that "
                f"scores pairs of texts; choose one trained on entailment, such as {EXAMPLE}"
            )
        try:
            return load(directory, self.device)
        except CannotLoad as error:
            raise JudgeError(
                f"The judge {self.name!r} cannot be loaded ({error}); give the path of a model "
                "directory with safetensors weights, or unset RAG_JUDGE"
            ) from error

    @cached_property
    def _entailment(self) -> int:
        """Which of its outputs stands for "entailment". Raises JudgeError if none does."""
        labels = self._model.config.id2label or {}
        for number, label in labels.items():
            if str(label).lower().startswith("entail"):
                return int(number)
        raise JudgeError(
            f"The judge {self.name!r} has no output for entailment: its outputs are "
            f"{', '.join(map(str, labels.values()))}; choose one such as {EXAMPLE}"
        )
