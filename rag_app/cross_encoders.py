"""Cross-encoders of sentence-transformers: where their files are, and loading them safely.

None is fetched, none runs code of its own, and weights are read as safetensors only.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.weights import quiet_libraries

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

HEAD = "ForSequenceClassification"


class CannotLoad(Exception):
    """A model cannot be loaded; the message is the library's, its first line."""


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


def load(directory: Path, device: str | None) -> CrossEncoder:
    """The model, giving logits: seconds. Raises CannotLoad."""
    quiet_libraries()
    from safetensors import SafetensorError
    from sentence_transformers import CrossEncoder
    from torch.nn import Identity

    try:
        return CrossEncoder(
            str(directory),
            device=device,
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
            activation_fn=Identity(),
        )
    except (OSError, ValueError, RuntimeError, ImportError, SafetensorError) as error:
        raise CannotLoad(first_line(error)) from error


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
