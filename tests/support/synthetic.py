"""Stores without a model, through the same code that ingestion uses, and a model made at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from ingest.catalog.contents import EmbeddedContent
from ingest.catalog.view import Catalog
from ingest.catalog.writer import CatalogWriter
from ingest.chunk import Span
from ingest.embed.embedder import Embedder
from ingest.index.reader import open_index
from ingest.records import Chunk, DocumentEntry, FileState, LoadedDocument
from ingest.similarity import Vectors
from ingest.store.directory import Store

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


def random_vectors(count: int, seed: int, dimension: int = DIMENSION) -> Vectors:
    """Unit vectors, shape (count, dimension)."""
    vectors = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def clustered_vectors(count: int, seed: int, clusters: int = 50) -> Vectors:
    """Unit vectors as an embedding model gives them, around a few themes, shape (count, 384)."""
    chance = np.random.default_rng(seed)
    themes = np.random.default_rng(0).normal(size=(clusters, 384))
    around = themes[chance.integers(clusters, size=count)]
    vectors = (around + 0.6 * chance.normal(size=(count, 384))).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def content_of(name: str, vectors: Vectors, characters: int = 1) -> EmbeddedContent:
    """A content of so many chunks, each of so many characters."""
    text = f"{name} says: {'the river gauge stands beside the mast. ' * characters}"
    text = text.ljust(len(vectors) * characters)[: len(vectors) * characters]
    chunks = [
        Chunk(number * characters, (number + 1) * characters, None, (), "")
        for number in range(len(vectors))
    ]
    return EmbeddedContent(
        digest=hashlib.sha256(name.encode() + vectors.tobytes()).hexdigest(),
        document=LoadedDocument("text", text, ()),
        chunks=chunks,
        sentences=[(Span(chunk.start, chunk.end),) for chunk in chunks],
        vectors=vectors,
        note=None,
    )


def put(catalog: CatalogWriter, name: str, vectors: Vectors, characters: int = 1) -> None:
    """Store a document of so many chunks, in place of what stood under its name."""
    entry = DocumentEntry(name, f"/docs/{name}", "/docs", FileState(1, 1, 1))
    catalog.put(entry, content_of(name, vectors, characters))


def lacking(store: Store) -> set[str]:
    """The live chunks that the index of a collection does not have."""
    with closing(open_index(store.index_directory)) as index:
        held = {id_ for opened in index.segments for id_ in opened.ids()}
        with Catalog(store.catalog_path).reading() as view:
            return {id_ for ids, _ in view.vectors() for id_ in ids} - held


def save_tiny_bert(
    folder: Path, embedder: Embedder, width: int, prompts: Mapping[str, str] | None = None
) -> Path:
    """Save a BERT of one layer with weights by chance and the embedder's tokenizer, whose vectors
    have ``width`` numbers: a model that takes a moment to make. Gives its directory."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=30522,
        hidden_size=width,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=width,
    )
    BertModel(config).save_pretrained(folder / "bert")
    embedder.model.tokenizer.save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"), max_seq_length=64)
    model = SentenceTransformer(
        modules=[transformer, Pooling(width)], prompts=dict(prompts) if prompts else None
    )
    model.save(str(folder / "model"))
    return folder / "model"
