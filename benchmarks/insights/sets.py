"""Public sets with labels, and the vectors of their texts, embedded once and kept.

Every command of this folder takes ``--data``, the folder that holds the sets, and ``--cache``, a
folder for vectors (``$RAG_BENCH_CACHE``, or one in the temporary folder).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ingest.embed.embedder import Embedder
from ingest.similarity import Vectors

AT_ONCE = 2048  # texts


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Texts with a label each, and their vectors, shape (n, dimension)."""

    name: str
    texts: list[str]
    labels: list[str]
    vectors: Vectors


def parser(description: str | None) -> argparse.ArgumentParser:
    """The arguments that all commands of this folder share."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--data", type=Path, required=True, metavar="DIR", help="the sets")
    made.add_argument("--cache", type=Path, metavar="DIR", help="where vectors are kept")
    return made


def rows_of(path: Path) -> list[dict[str, str]]:
    """The objects of a JSONL file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_set(data: Path, name: str, cache: Path | None = None) -> LabelledSet:
    """A set by its path without the suffix; several files joined by "+", as in
    "newsgroups/train+test"."""
    folder, _, parts = name.partition("/")
    rows = [row for part in parts.split("+") for row in rows_of(data / folder / f"{part}.jsonl")]
    texts = ["\n".join(filter(None, (row.get("title"), row["text"]))) for row in rows]
    return LabelledSet(name, texts, [str(row["label"]) for row in rows], embedded(texts, cache))


def embedded(texts: list[str], cache: Path | None = None) -> Vectors:
    """Vectors of texts by the default model, from the cache if they are there."""
    default = os.environ.get("RAG_BENCH_CACHE") or Path(tempfile.gettempdir()) / "rag-bench-vectors"
    folder = cache or Path(default)
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:20]
    path = folder / f"{digest}.npy"
    if path.exists():
        kept: Vectors = np.load(path)
        return kept
    embedder = Embedder()
    parts = [embedder.encode(texts[at : at + AT_ONCE]) for at in range(0, len(texts), AT_ONCE)]
    vectors = np.concatenate(parts)
    np.save(path, vectors)
    return vectors
