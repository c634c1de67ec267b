"""Stores without a model, through the same code that ingestion uses."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from ingest.catalog import Vectors
from ingest.catalog_writer import CatalogWriter, EmbeddedContent, Placement
from ingest.chunk import Span
from ingest.embed import Embedder
from ingest.records import Chunk, FileState, LoadedDocument

DIMENSION = 32


class HashEmbedder(Embedder):
    """The tokenizer of the model, and vectors made of a hash: the same text, the same vector.

    ``embedded`` counts the texts.
    """

    embedded = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        seeds = [int(hashlib.sha256(text.encode()).hexdigest()[:12], 16) for text in texts]
        rows = [np.random.default_rng(seed).normal(size=self.dimension) for seed in seeds]
        matrix = np.asarray(rows, dtype=np.float32).reshape(len(texts), self.dimension)
        return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def random_vectors(count: int, seed: int) -> Vectors:
    """Unit vectors, shape (count, DIMENSION)."""
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def put(catalog: CatalogWriter, name: str, vectors: Vectors) -> None:
    """Store a document of so many chunks, in place of what stood under its name."""
    chunks = [Chunk(n, n + 1, None, (), "") for n in range(len(vectors))]
    content = EmbeddedContent(
        digest=hashlib.sha256(name.encode() + vectors.tobytes()).hexdigest(),
        document=LoadedDocument("text", "x" * len(vectors), ()),
        chunks=chunks,
        sentences=[(Span(chunk.start, chunk.end),) for chunk in chunks],
        vectors=vectors,
        note=None,
    )
    catalog.put(Placement(name, f"/docs/{name}", "/docs", FileState(1, 1, 1)), content)
