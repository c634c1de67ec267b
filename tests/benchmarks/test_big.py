"""Large inputs, made small: that they can be made, read and cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.speed.big import KINDS, ingested, read

SCALE = 0.001


@pytest.mark.parametrize("kind", ["sheet", "text", "pdf"])
def test_a_file_is_made_and_measured(tmp_path: Path, kind: str) -> None:
    name, make = KINDS[kind]
    make(tmp_path / name, SCALE)
    told = read(tmp_path / name)
    assert told["chunks"] and told["characters"]


def test_a_folder_is_made_and_ingested(tmp_path: Path) -> None:
    name, make = KINDS["files"]
    make(tmp_path / name, SCALE)
    told = ingested(tmp_path / name, tmp_path / "store")
    assert told["counts"] == {"added": 100, "chunks": 100} and told["stopped_after"] is None
