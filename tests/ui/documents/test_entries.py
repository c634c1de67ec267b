"""The rows of the list of documents."""

from __future__ import annotations

from rag_app.ui.documents.entries import Entry, found


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
