"""What counts as a word, and how long it takes to find them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text.analyzer import stems


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The wind sensors of the WS-40", ["wind", "sensor", "ws", "40", "ws-40"]),
        ("part 40-1000-S at 1,250.50", ["part", "40", "1000", "s", "1250.50", "40-1000-s"]),
        ("a well-kept résumé", ["well", "kept", "resum"]),
        ("the gauge’s code E22", ["gaug", "code", "e22"]),
        ("", []),
    ],
)  # fmt: skip
def test_words(text: str, found: list[str]) -> None:
    assert stems(text) == found


@pytest.mark.parametrize("text", ["a" * 300_000, "a-" * 150_000, "1" * 300_000, "a_" * 150_000])
def test_text_without_spaces_takes_a_moment(text: str) -> None:
    """A file of five megabytes without a space took ten minutes (benchmarks.bad_input)."""
    started = time.perf_counter()
    stems(text)
    assert time.perf_counter() - started < 5


@given(st.text())
def test_any_text_has_words_or_none(text: str) -> None:
    assert all(isinstance(stem, str) and stem for stem in stems(text))


def test_a_raised_number_is_no_part_of_a_word_or_a_number():
    assert stems("3¹ months²") == ["3", "1", "month", "2"]
    assert stems("10⁶ m² CO₂") == ["10", "6", "m2", "co2"]
