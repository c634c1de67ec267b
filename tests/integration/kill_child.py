"""One run of ingestion, to be killed: python -m tests.integration.kill_child FOLDER STORE

Says on standard output what is acknowledged, a line each: ``stored NAME`` or ``deleted NAME`` when
the receipt is given, ``embedded N`` after embedding, ``done`` at the end.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence

import numpy as np

from ingest import FileReceipt, ingest_paths
from ingest.catalog import Vectors
from ingest.embed import Embedder
from ingest.progress import NoProgress


class HashEmbedder(Embedder):
    """The tokenizer of the model, and vectors made of a hash: the same text, the same vector."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        say("embedded", str(len(texts)))
        rows = [np.random.default_rng(_seed(text)).normal(size=384) for text in texts]
        matrix = np.asarray(rows, dtype=np.float32).reshape(len(texts), 384)
        return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


class Acknowledged(NoProgress):
    """Tells each receipt as it is given."""

    def finished(self, receipt: FileReceipt, work: float) -> None:  # noqa: ARG002
        if receipt.status in ("added", "updated", "unchanged"):
            say("stored", receipt.path)
        else:
            say(receipt.status, receipt.path)


def say(*words: str) -> None:
    print(*words, flush=True)


def _seed(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


if __name__ == "__main__":
    ingest_paths(
        [sys.argv[1]],
        store=sys.argv[2],
        sync=True,
        embedder=HashEmbedder(),
        progress=Acknowledged(),
    )
    say("done")
