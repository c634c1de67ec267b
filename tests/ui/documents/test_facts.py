"""Sizes as people write them."""

from __future__ import annotations

import pytest

from rag_app.ui.documents.facts import format_size


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (1536, "1.5 kB"),
        (12_345, "12 kB"),
        (2_500_000, "2.5 MB"),
        (7 * 10**9, "7.0 GB"),
        (5 * 10**12, "5,000 GB"),
    ],
)
def test_a_size_in_its_unit(size: int, told: str) -> None:
    assert format_size(size) == told
