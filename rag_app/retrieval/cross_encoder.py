"""Cross-encoders of sentence-transformers, which read two texts together and score the pair.

None is fetched, none runs code of its own, and weights are read as safetensors only.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ingest.embed.weights import quiet_libraries
from ingest.errors import RagError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

HEAD = "ForSequenceClassification"
# Pairs that are read at once: what the model needs of memory does not grow with their number.
BATCH_SIZE = 16


@dataclass(frozen=True, slots=True)
class Role:
    """What a cross-encoder is used as, for the words of its errors: its ``name``, the ``error``,
    the ``variable`` that sets it, an ``example`` of one, and what happens ``without``."""

    name: str
    error: type[RagError]
    variable: str
    example: str
    without: str


class PairScorer:
    """One cross-encoder. Loading waits for the first use; threads may share it."""

    def __init__(self, model: str, device: str | None, role: Role) -> None:
        """``model`` is the path of a directory, or a name on the hub that was fetched before.

        ``device`` is "cpu", "cuda" or "mps"; None stands for the best that there is.
        """
        self.name = model
        self._device = device
        self._role = role
        self._lock = threading.Lock()

    def logits(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """The model's outputs for each pair, shape (pairs, outputs), before any activation.

        Raises the role's error if the model is not at hand, cannot be loaded or used, or gives
        what is not a number.
        """
        with self._lock:  # also to read: a tokenizer is not to be shared
            try:
                logits = self.model.predict(
                    list(pairs), batch_size=BATCH_SIZE, show_progress_bar=False
                )
            except (RuntimeError, ValueError, IndexError) as error:
                raise self.error(
                    f"cannot be used ({first_line(error)}); choose another one, such as "
                    f"{self._role.example}"
                ) from error
        values = np.asarray(logits, dtype=np.float64).reshape(len(pairs), -1)
        if not np.isfinite(values).all():
            raise self.error(
                "gives scores that are not numbers: its weights are damaged, or too large for this "
                "device; fetch it again"
            )
        return values

    @cached_property
    def model(self) -> CrossEncoder:
        """The model as sentence-transformers loads it: seconds. Raises the role's error."""
        role, directory = self._role, local_directory(self.name)
        if directory is None:
            raise role.error(
                f"There are no weights of the {role.name} {self.name!r} at hand: it is no "
                "directory and was not fetched before; where there is a network run: hf download "
                f"NAME (such as {role.example}), or give the path of a model directory, or unset "
                f"{role.variable}: without a {role.name}, {role.without}"
            )
        if not is_cross_encoder(directory):
            raise role.error(
                f"{self.name!r} is no {role.name}: {directory / 'config.json'} names no model that "
                f"scores pairs of texts (…{HEAD}); choose one such as {role.example}"
            )
        from safetensors import SafetensorError

        try:
            quiet_libraries()
            from sentence_transformers import CrossEncoder
            from torch.nn import Identity

            return CrossEncoder(
                str(directory),
                device=self._device,
                trust_remote_code=False,
                local_files_only=True,
                model_kwargs={"use_safetensors": True},
                activation_fn=Identity(),
            )
        except (OSError, ValueError, RuntimeError, ImportError, SafetensorError) as error:
            raise self.error(
                f"cannot be loaded ({first_line(error)}); give the path of a model directory with "
                "safetensors weights"
            ) from error

    def error(self, says: str) -> RagError:
        """The role's error about this model, with what can always be done."""
        role = self._role
        return role.error(f"The {role.name} {self.name!r} {says}, or unset {role.variable}")


def local_directory(name: str) -> Path | None:
    """Where the files of a model are: a directory, or what was fetched under a name of the hub;
    None if they are not on this machine."""
    if Path(name).is_dir():
        return Path(name)
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError):
        return None


def is_cross_encoder(directory: Path) -> bool:
    """Whether a model was trained to score pairs. On any other, sentence-transformers would put a
    head of random weights, and the scores would be random."""
    kind = _read_json(directory / "config_sentence_transformers.json").get("model_type")
    architectures = _read_json(directory / "config.json").get("architectures") or ()
    return kind == "CrossEncoder" or any(str(one).endswith(HEAD) for one in architectures)


def first_line(error: Exception) -> str:
    """What an error says, on one line."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else repr(error)


def _read_json(path: Path) -> dict[str, Any]:
    """What a file of settings says; nothing, where it is missing or damaged."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
