"""How much memory an ingestion takes as folders grow: python -m benchmarks.speed.memory FOLDER
STORE

Ingests a folder with the default model loaded and asked once, and random vectors for the rest:
what the model makes of a text takes the same memory for each, and hours for so many.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.speed.synthetic import Generator
from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.similarity import Vectors

WORDS_A_SENTENCE = 20


class OnceEmbedder(Embedder):
    """The model for the first texts, after that vectors that mean nothing."""

    asked = False

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not self.asked:
            self.asked = True
            return super().encode(texts)
        vectors = np.random.default_rng(0).standard_normal((len(texts), self.dimension))
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def write_folder(folder: Path, megabytes: int) -> None:
    """Text files of one megabyte each."""
    folder.mkdir(parents=True)
    generator = Generator(0)
    for number in range(megabytes):
        sentences: list[str] = []
        size = 0
        while size < 1_000_000:
            sentences.append(generator.text(number, WORDS_A_SENTENCE))
            size += len(sentences[-1]) + 1
        (folder / f"{number:04}.txt").write_text("\n".join(sentences), encoding="utf-8")


def main() -> None:
    """Ingest a folder; print how many chunks there are."""
    report = ingest_paths([sys.argv[1]], store=sys.argv[2], embedder=OnceEmbedder())
    print(report.counts["chunks"])


if __name__ == "__main__":
    main()
