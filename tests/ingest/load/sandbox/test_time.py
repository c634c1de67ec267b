"""What counts as too long: the work of the process that reads, and not its waiting for a turn."""

from __future__ import annotations

import sys

import pytest

from ingest.errors import BrokenFile
from ingest.load.sandbox import child
from ingest.load.sandbox.reader import IsolatedReader

BAD = {"text": "tests.ingest.load.sandbox.bad_readers"}
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who waits")


@linux
def test_who_waits_for_a_turn_has_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a busy machine, where the process wants to work all the time, and hardly can."""
    monkeypatch.setattr(child, "seconds_worked", lambda _: 0.0)
    with IsolatedReader(seconds=1, readers=BAD) as reader:
        assert reader.load(b"spin\n1.5", "a.txt").text == "1.5"
        with pytest.raises(BrokenFile, match="took longer than 1 s to read"):
            reader.load(b"spin\n60", "a.txt")


@linux
def test_who_works_has_not() -> None:
    """What the process has worked is as the system counts it."""
    with (
        IsolatedReader(seconds=0.2, readers=BAD) as reader,
        pytest.raises(BrokenFile, match=r"took longer than 0\.2 s to read"),
    ):
        reader.load(b"spin\n60", "a.txt")
