"""Where PyTorch is not installed, as in the image."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ingest.embed.embedder import Embedder
from ingest.errors import EmbedderError


def test_another_model_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("sentence_transformers", "transformers", "torch"):
        monkeypatch.setitem(sys.modules, name, None)
        for loaded in [one for one in sys.modules if one.startswith(f"{name}.")]:
            monkeypatch.delitem(sys.modules, loaded)
    with pytest.raises(EmbedderError, match="needs PyTorch and sentence-transformers"):
        Embedder(str(tmp_path), backend="torch").encode(["words"])
    assert Embedder().encode(["words"]).shape == (1, 384)
