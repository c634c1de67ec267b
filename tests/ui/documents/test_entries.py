"""The rows of the list of documents, and the portions of one that is read."""

from __future__ import annotations

import re

from rag_app.ui.documents.entries import Entry, found
from rag_app.ui.documents.preview import PORTION, portion_html, portions_of


def test_entries_are_found_and_in_order() -> None:
    entries = [
        Entry("b.md", "/b.md", "read", "markdown", size=3, ingested="2026-01-02"),
        Entry("A/c.md", "/A/c.md", "read", "markdown", "A/deep", size=9, ingested="2026-01-01"),
        Entry("a.txt", "/a.txt", "with a note", "text", remark="No words on PAGE 3"),
    ]

    def order(**asked: object) -> list[str]:
        return [entry.name for entry in found(entries, **asked)]  # type: ignore[arg-type]

    assert order() == ["a.txt", "A/c.md", "b.md"]
    assert order(order="Largest first") == ["A/c.md", "b.md", "a.txt"]
    assert order(order="Newest first") == ["b.md", "A/c.md", "a.txt"]
    assert order(search="page words") == ["a.txt"]
    assert order(folder="A") == ["A/c.md"]
    assert order(status="with a note") == ["a.txt"]


def test_a_long_text_comes_in_portions_and_all_of_it() -> None:
    from ingest.records import Outline, PlacedBlock

    text = "".join(f"<{number:05}>" for number in range(6_000))
    places = [(0, 100), (100, 30_000), (30_000, len(text))]
    outline = Outline((0, 20_000), tuple(PlacedBlock("paragraph", *place) for place in places))
    portions = portions_of(text, outline)
    html = "".join(portion_html(text, portion, outline) for portion in portions)
    assert len(portions) == -(-len(text) // PORTION) + 1
    assert re.sub("<[^>]*>|Page .", "", html) == text.replace("<", "&lt;").replace(">", "&gt;")
    assert html.count("Page 2") >= 1
