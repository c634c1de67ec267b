"""The embedding model: texts to vectors, and its own tokenizer to measure texts by.

On the processor, models of the BERT family run in 8 bits on ONNX Runtime (``embed_onnx``): several
times as quick, and without the seconds that it takes to import torch. What comes out is compared
with what sentence-transformers makes of the same texts before it is used (``reference``). Any
other model, and any GPU, is sentence-transformers' own. Vectors of both are comparable, so a
collection may have some of each.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ingest.embed.device import on_processor
from ingest.embed.reference import (
    Reference,
    cached_reference,
    read_reference,
    reference_of,
)
from ingest.embed.weights import (
    PACKAGED,
    load_model,
    weights_digest,
)
from ingest.errors import EmbedderError, UnknownArchitecture
from ingest.settings import DEFAULT_MODEL, Backend, IndexSettings
from ingest.similarity import COSINE, Similarity, Vectors, unit
from ingest.tracing.attributes import of_encoding
from ingest.tracing.traced import traced

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

    from ingest.embed.onnx_encoder import OnnxEncoder

DEFAULT_NAMES = (DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}")
BATCH_SIZE = 32
# Between the name of a model and the hash of one that was made from it for one collection
# (``ingest.store.tuned_model``).
TUNED = ", tuned "

logger = logging.getLogger(__name__)


class Embedder:
    """One embedding model. Loading waits for the first use; threads may share it."""

    def __init__(
        self,
        model: str = DEFAULT_MODEL,
        device: str | None = None,
        backend: Backend = "auto",
        similarity: Similarity = COSINE,
        *,
        directory: Path | None = None,
    ) -> None:
        """``directory`` is where the model is, if ``model`` is neither that nor a hub's name."""
        self._directory = directory
        self.name = DEFAULT_MODEL if model in DEFAULT_NAMES else model
        self.device = device
        self.backend = backend
        self.similarity = similarity
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, shape (len(texts), dimension), float32. Order is kept. Of length
        one where cosine compares them, else as long as the model makes them.

        What is longer than ``max_tokens`` is cut off by the model; callers measure first.
        """
        return self._encode(texts, "document")

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions: some models want another prompt before them."""
        return self._encode(texts, "query")

    @traced("embeddings", "EMBEDDING", of_encoding)
    def _encode(self, texts: Sequence[str], what: Literal["document", "query"]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        with self._lock:
            fast = self._fast
        if fast is not None:
            return self._centred(fast.encode([self._prompt(what) + text for text in texts]), what)
        encode = self.model.encode_document if what == "document" else self.model.encode_query
        with self._lock:
            vectors = encode(
                list(texts),
                batch_size=BATCH_SIZE,
                normalize_embeddings=self.similarity == COSINE,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        return self._centred(np.asarray(vectors, dtype=np.float32), what)

    def _centred(self, vectors: Vectors, what: Literal["document", "query"]) -> Vectors:
        """Without what all vectors of the model have in common, where that is known to be much."""
        centre = self._centre(what)
        if centre is None or self.similarity != COSINE:
            return vectors
        return unit(vectors - np.asarray(centre, dtype=np.float32))

    def _centre(self, what: Literal["document", "query"]) -> Sequence[float] | None:
        if self._reference is None:
            return None
        centres = {
            "document": self._reference.document_centre,
            "query": self._reference.query_centre,
        }
        return centres[what] or None

    def knows(self, language: str) -> bool:
        """Whether the model was trained for a language (ISO 639-1). Of a model that is not packaged
        that is not known: yes."""
        packaged = PACKAGED.get(self.name.partition(TUNED)[0])
        return packaged is None or language in packaged.languages

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
        is_centred = self.similarity == COSINE and self._centre("document") is not None
        return {
            **({"centred": True} if is_centred else {}),
            "model": self.name,
            "weights": self._weights,
            "dimension": self.dimension,
            "pooling": pooling,
            "prompts": self._prompts,
            "length": "unit" if self.similarity == COSINE else "own",
            "similarity": self.similarity,
        }

    @property
    def is_tuned(self) -> bool:
        """Whether the model was made for one collection, from another."""
        return TUNED in self.name

    @cached_property
    def path(self) -> str:
        """Where the model is loaded from: a directory, or a name on the hub."""
        if self._directory is not None:
            if not self._directory.is_dir():
                raise EmbedderError(
                    f"The tuned embedding model is not in {self._directory}; copy it there from "
                    "where the store was, or go back to the model before: rag-app tune --reset"
                )
            return str(self._directory)
        packaged = PACKAGED.get(self.name)
        return str(packaged.directory()) if packaged else self.name

    @cached_property
    def model(self) -> SentenceTransformer:
        """The model as sentence-transformers loads it: seconds. Raises EmbedderError."""
        return load_model(self.name, self.path, self.device)

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The model's own tokenizer, without the cutting and padding that its file asks for. Raises
        EmbedderError."""
        # They warn about forked threads, between the lines of a person's terminal.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
        from tokenizers import Tokenizer

        file = Path(self.path) / "tokenizer.json"
        if file.is_file():
            try:
                tokenizer = Tokenizer.from_file(str(file))
            except Exception as error:  # noqa: BLE001  # the library has no error of its own
                raise EmbedderError(
                    f"The tokenizer {file} of the embedding model cannot be read ({error}); "
                    "copy the model's directory anew"
                ) from None
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
        if packaged := PACKAGED.get(self.name):
            reference = read_reference(packaged.reference)
            if reference is None:
                raise EmbedderError(f"{packaged.reference} is damaged; install rag-app again")
            return reference
        directory = Path(self.path)
        if self.backend == "torch" or not directory.is_dir():
            return None
        return cached_reference(directory, self._weights, lambda: reference_of(self.model))

    @cached_property
    def _fast(self) -> OnnxEncoder | None:
        """The model on ONNX Runtime; None where sentence-transformers is to embed."""
        if self.backend == "torch" or (self.backend == "auto" and not on_processor(self.device)):
            return None
        if self.similarity != COSINE:  # the length of a vector is not what the check looks at
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
            from ingest.embed.onnx_encoder import OnnxEncoder
        except ImportError as error:
            raise EmbedderError(f"ONNX Runtime cannot be loaded ({error})") from error
        encoder = OnnxEncoder(
            Path(self.path),
            self.tokenizer,
            max_sequence=self._reference.max_sequence,
            pooling=self._reference.pooling,
        )
        self._reference.check(encoder.encode, self.name)
        return encoder

    @cached_property
    def _weights(self) -> str:
        if packaged := PACKAGED.get(self.name):
            return packaged.weights if self.path else ""
        directory = Path(self.path)
        if directory.is_dir():
            return weights_digest(directory)
        config = getattr(self.model[0].auto_model, "config", None)
        return str(getattr(config, "_commit_hash", None) or "")


def embedder_of(settings: IndexSettings) -> Embedder:
    """The embedder that the settings name."""
    return Embedder(
        settings.embedding_model,
        settings.device,
        settings.embedding_backend,
        settings.similarity,
    )
