"""Front matter of plain text: read where it is certain, and never taken out of the text."""

from __future__ import annotations

import pytest

from ingest.load.read import load_bytes


def test_front_matter_of_plain_text_is_read_and_stays_in_the_text() -> None:
    text = "---\nauthor: Ada\ntags:\n  - x\n---\nMASTS\n\nThe mast is high.\n"
    document = load_bytes(text.encode(), "a.txt")
    assert document.text == text
    assert document.metadata == {"author": "Ada", "tags": ["x"]}
    assert document.title == "MASTS"
    assert [text[block.start : block.end] for block in document.blocks] == [
        "---\nauthor: Ada\ntags:\n  - x\n---", "MASTS", "The mast is high.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "---\nThe mast is high.\n---\nIt is steel.",
        "---\nA note on masts: they are high.\n---\nIt is steel.",
        "---\na: {b: c}\n---\nIt is steel.",
        "---\na: [\n---\nIt is steel.",
        "----\na: b\n----\nIt is steel.",
        "Words.\n---\na: b\n---\n",
    ],
)
def test_rules_in_plain_text_are_no_front_matter(text: str) -> None:
    assert load_bytes(text.encode(), "a.txt").metadata == {}
