"""Collections of any size without embedding anything, written by the code that ingestion uses.

    python -m benchmarks.speed.synthetic --store DIR --chunks 10000

Vectors are clustered as those of real texts are: a thousand topics on the unit sphere, each chunk
near one of them. Words follow Zipf's law over 50,000 forms, as in natural text (Zipf, "Human
Behavior and the Principle of Least Effort", 1949); each topic prefers words of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ingest.catalog.contents import EmbeddedContent
from ingest.catalog.fingerprint import check_fingerprint
from ingest.catalog.writer import CatalogWriter
from ingest.embed.embedder import Embedder
from ingest.index import process as index_process
from ingest.records import Chunk, DocumentEntry, FileState, LoadedDocument
from ingest.settings import IndexSettings
from ingest.similarity import Vectors
from ingest.store.directory import Store

DIMENSION = 384
TOPICS = 1000
# How far a chunk lies from its topic: a mean cosine of 0.7, as between passages of one chapter.
SPREAD = 1.0
FORMS = 50_000
TOPIC_FORMS = 200
WORDS = 80  # a chunk of 200 tokens has about so many beside its small words
CHUNKS = 100  # a document
STATE = FileState(1, 1, 1)
SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "is")]


class Generator:
    """Texts and vectors about the same topics; the same seed gives the same ones."""

    def __init__(self, seed: int = 0) -> None:
        self.random = np.random.default_rng(seed)
        # The same for every seed: what is asked for is of what is there.
        topics = np.random.default_rng(0).standard_normal((TOPICS, DIMENSION))
        self.topics = topics / np.linalg.norm(topics, axis=1, keepdims=True)
        shares = 1 / np.arange(1, FORMS + 1)
        self.cumulated = np.cumsum(shares / shares.sum())
        self.forms = [self._form(number) for number in range(FORMS)]

    def _form(self, number: int) -> str:
        syllables = []
        while number or not syllables:
            number, rest = divmod(number, len(SYLLABLES))
            syllables.append(SYLLABLES[rest])
        return "".join(syllables)

    def vectors(self, count: int) -> tuple[Vectors, npt.NDArray[np.int64]]:
        """Unit vectors, shape (count, 384), and the topic of each."""
        topics = self.random.integers(TOPICS, size=count)
        noise = self.random.standard_normal((count, DIMENSION)) * (SPREAD / DIMENSION**0.5)
        found = self.topics[topics] + noise
        return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32), topics

    def text(self, topic: int, words: int = WORDS) -> str:
        """A sentence of words of the language, every fourth of them one of the topic's own."""
        common = np.searchsorted(self.cumulated, self.random.random(words))
        own = (topic * TOPIC_FORMS + self.random.integers(TOPIC_FORMS, size=words)) % FORMS
        chosen = np.where(self.random.random(words) < 0.25, own, np.minimum(common, FORMS - 1))
        return " ".join(self.forms[number] for number in chosen) + "."

    def document(self, chunks: int) -> EmbeddedContent:
        """A document of so many chunks, one sentence each."""
        matrix, topics = self.vectors(chunks)
        parts: list[Chunk] = []
        text = ""
        for topic in topics.tolist():
            sentence = self.text(topic)
            parts.append(Chunk(len(text), len(text) + len(sentence), None, (), ""))
            text += sentence + "\n"
        return EmbeddedContent(
            digest=hashlib.sha256(text.encode()).hexdigest() + ":text",
            document=LoadedDocument("text", text, ()),
            chunks=parts,
            sentences=[((part.start, part.end),) for part in parts],
            vectors=matrix,
            note=None,
        )


def fill(store: Store, chunks: int, *, seed: int = 0) -> Iterator[int]:
    """Write documents until the collection has so many chunks; gives how many there are.

    The fingerprint is the default settings', so that questions may be asked of it. Documents
    already there count, so that a collection can grow.
    """
    settings = IndexSettings(store=store.root, collection=store.collection)
    with store.write_lock(10), CatalogWriter(store.catalog_path) as catalog:
        check_fingerprint(catalog, Embedder(), settings)
        there = catalog.chunk_count()
        generator = Generator(seed + there)
        while there < chunks:
            content = generator.document(min(CHUNKS, chunks - there))
            name = f"{there:08}.txt"
            catalog.put(DocumentEntry(name, f"/synthetic/{name}", "/synthetic", STATE), content)
            there += len(content.chunks)
            yield there


def refresh(store: Store) -> float:
    """Bring the index up to date; returns the seconds."""
    started = time.perf_counter()
    with store.write_lock(10), CatalogWriter(store.catalog_path) as catalog:
        index_process.refresh(store, catalog)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--collection", default="default")
    parser.add_argument("--chunks", type=int, default=10_000)
    options = parser.parse_args()
    store = Store(options.store, options.collection)
    started = time.perf_counter()
    for count in fill(store, options.chunks):
        if count % 50_000 == 0:
            print(f"{count:,} chunks, {time.perf_counter() - started:.0f} s", flush=True)
    print(f"written in {time.perf_counter() - started:.0f} s, index in {refresh(store):.0f} s")


if __name__ == "__main__":
    main()
