"""Reference vectors by sentence-transformers, which a faster encoder is checked against.

A reference also tells what can be known of a model without loading it: the length that it reads,
its prompts, its pooling. That of the default model is part of this package
(``scripts/make_reference.py`` wrote it). That of any other is made when the model is first used,
and kept in the user's cache under the hash of the model's files; where nothing can be kept, it is
made each time.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ingest.atomic_files import write_atomically
from ingest.errors import EmbedderError
from ingest.similarity import Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# The least cosine between a text's vector and the reference's. Right: 0.98 and above (8 bits);
# with any part of a model left out or wrong it is far below.
AGREES = 0.97
# A part of the name of what is kept: to be raised with the texts below and the fields.
VERSION = 1
DEFAULT_REFERENCE = Path(__file__).with_name("reference.json")
MULTILINGUAL_REFERENCE = Path(__file__).with_name("reference_multilingual.json")
# Of each kind that is handled apart: nothing, one word, capitals, digits, signs, other scripts.
TEXTS = (
    "",
    "Lighthouse",
    "The lamp is lit at dusk, from 1 October to 31 March; see E-52, §4 (page 7).",
    "Überprüfen Sie die Anlage! Ça coûte 1.250,50 €. Который час? 東京タワーは高い 🙂",
)
REPEATED = "Whoever reads the gauge writes its value, the date and the hour into the station's log."

Encode = Callable[[list[str]], Vectors]
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reference:
    """A model's traits, and its unit vectors of the texts as documents and as queries.

    ``document_centre`` and ``query_centre`` are the means of its unit vectors of any texts, where
    these lie so much to one side that all are alike: they are taken off before they are compared.
    """

    dimension: int
    max_sequence: int
    pooling: str
    prompts: dict[str, str]
    document_prompt: str
    query_prompt: str
    documents: list[list[float]]
    queries: list[list[float]]
    document_centre: tuple[float, ...] = ()
    query_centre: tuple[float, ...] = ()

    def check(self, encode: Encode, name: str) -> None:
        """Raises EmbedderError where an encoder's vectors are not those of the model ``name``."""
        agreement = self.agreement(encode)
        if not agreement >= AGREES:  # also when it is not a number
            raise EmbedderError(
                f"In 8 bits the embedding model {name!r} is not what it should be "
                f"(cosine {agreement:.3f}, at least {AGREES} is wanted)"
            )

    def agreement(self, encode: Encode) -> float:
        """The least cosine between an encoder's vectors and the reference's."""
        texts = _texts(self.max_sequence)
        prompted = [self.document_prompt + text for text in texts]
        expected = list(self.documents)
        if self.query_prompt != self.document_prompt:
            prompted += [self.query_prompt + text for text in texts]
            expected += self.queries
        found = encode(prompted)
        if found.shape != (len(expected), self.dimension):
            return -1.0
        return float((found * np.asarray(expected, dtype=np.float32)).sum(axis=1).min())


def reference_of(model: SentenceTransformer) -> Reference | None:
    """Make the reference of a model; None if it is more than a transformer and pooling."""
    parts = [type(part).__name__ for part in model]
    if parts not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        return None
    length = model.max_seq_length
    pooling = str(model[1].pooling_mode)
    if not length or not getattr(model[1], "include_prompt", True):
        return None
    texts = _texts(int(length))
    documents = model.encode_document(texts, normalize_embeddings=True, show_progress_bar=False)
    queries = model.encode_query(texts, normalize_embeddings=True, show_progress_bar=False)
    default = model.prompts.get(model.default_prompt_name or "", "")
    # In the order of SentenceTransformer.encode_document.
    names = [name for name in ("document", "passage", "corpus") if name in model.prompts]
    return Reference(
        dimension=int(documents.shape[1]),
        max_sequence=int(length),
        pooling=pooling,
        prompts={name: text for name, text in model.prompts.items() if text},
        document_prompt=model.prompts[names[0]] if names else default,
        query_prompt=model.prompts.get("query", default),
        documents=_rounded(documents),
        queries=_rounded(queries),
    )


def read_reference(path: Path) -> Reference | None:
    """What ``write_reference`` wrote; None if there is none, or it is damaged."""
    try:
        checksum, _, content = path.read_text(encoding="utf-8").partition("\n")
        if checksum != _checksum(content):
            raise ValueError("its checksum is wrong")
        return Reference(**json.loads(content))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        logger.info("%s is made anew: %s", path, error)
        return None


def write_reference(reference: Reference, path: Path) -> None:
    """Write a checksum and a line of JSON, atomically. Raises OSError."""
    content = json.dumps(asdict(reference)) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, f"{_checksum(content)}\n{content}")


def cached_reference(
    directory: Path, weights: str, make: Callable[[], Reference | None]
) -> Reference | None:
    """The reference of a model's directory, from its cache, or made now and cached.

    ``weights`` is the hash of its weights. None where the model is of no known make.
    """
    path = _place(directory, weights)
    reference = read_reference(path) if path else None
    if reference is None and (reference := make()) is not None and path:
        try:
            write_reference(reference, path)
        except OSError as error:
            logger.info("What was learned of %s cannot be kept: %s", directory, error)
    return reference


def _rounded(vectors: Vectors) -> list[list[float]]:
    return [[round(value, 6) for value in row] for row in vectors.tolist()]


def _texts(max_sequence: int) -> list[str]:
    """The texts to compare; the last is longer than the model reads."""
    return [*TEXTS, " ".join([REPEATED] * (max_sequence // 16 + 1))]


def _place(directory: Path, weights: str) -> Path | None:
    """Where a model's reference is kept; None where the user has no home."""
    from platformdirs import user_cache_path

    folder = user_cache_path("rag-app")
    name = f"reference-{VERSION}-{_digest(directory, weights)[:32]}.json"
    return folder / name if folder.is_absolute() else None


def _digest(directory: Path, weights: str) -> str:
    """The hash of everything that makes a model: weights, tokenizer, configuration."""
    digest = hashlib.sha256(weights.encode())
    for path in sorted(directory.rglob("*")):
        if path.suffix in (".json", ".txt", ".model") and path.is_file():
            digest.update(path.relative_to(directory).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _checksum(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()
