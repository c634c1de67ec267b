"""Atomic file writes: all of a file or what was there before, and nothing beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.atomic_files import replaced_file, write_atomically


def test_a_file_is_written_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / ("ä" * 120)  # as many bytes as a name may have
    write_atomically(path, "één\n")
    assert path.read_bytes() == "één\n".encode()
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]


def test_what_goes_wrong_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("before", encoding="utf-8")
    with pytest.raises(ValueError, match="stop"), replaced_file(path) as new:
        new.write_text("half", encoding="utf-8")
        raise ValueError("stop")
    assert path.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_with_a_suffix_the_next_writer_begins_with_what_a_killed_one_left(tmp_path: Path) -> None:
    path, left = tmp_path / "copy", tmp_path / ".copy.unfinished"
    left.write_text("left", encoding="utf-8")
    with replaced_file(path, "unfinished") as new:
        assert new == left
        assert new.read_bytes() == b""
    assert list(tmp_path.iterdir()) == [path]
