"""Vectors of what was embedded lately are those of the embedder, and only so many are kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from ingest.embed.embedder import Embedder
from ingest.embed.recent import RecentVectors
from ingest.similarity import Vectors


def test_what_was_embedded_is_not_embedded_again(
    embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    encode = embedder.encode

    def told(texts: Sequence[str]) -> Vectors:
        asked.append(list(texts))
        return encode(texts)

    monkeypatch.setattr(embedder, "encode", told)
    recent = RecentVectors(embedder, most=3)
    for texts in (["a", "b", "a"], ["b", "c"], ["d", "b"], ["a", "b"], []):
        assert np.array_equal(recent.encode(texts), encode(texts)), texts
    assert asked == [["a", "b"], ["c"], ["d"], ["a"], []], "a was the one longest not asked for"
