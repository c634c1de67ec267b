"""Vectors of what was embedded lately: questions about the same things read the same sentences."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from ingest.embed.embedder import Embedder
from ingest.similarity import Vectors

# Those of some thirty questions; 4 MB with 384 dimensions.
MOST = 2_000


class RecentVectors:
    """Vectors of passages by an embedder, which remembers the last ones. Threads may share it."""

    def __init__(self, embedder: Embedder, most: int = MOST) -> None:
        self._embedder, self._most = embedder, most
        self._known: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """As ``Embedder.encode``: shape (len(texts), dimension), in the order of the texts. Raises
        EmbedderError."""
        with self._lock:
            found = {text: self._known[text] for text in texts if text in self._known}
            for text in found:
                self._known.move_to_end(text)
        missing = list(dict.fromkeys(text for text in texts if text not in found))
        if missing or not texts:
            vectors = self._embedder.encode(missing)
            if not texts:
                return vectors
            # Copies, as a row of a matrix keeps all of it.
            new = {text: one.copy() for text, one in zip(missing, vectors, strict=True)}
            found |= new
            with self._lock:
                self._known |= new
                while len(self._known) > self._most:
                    self._known.popitem(last=False)
        return np.stack([found[text] for text in texts])
