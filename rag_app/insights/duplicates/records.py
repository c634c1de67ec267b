"""What is found of documents and passages that say the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from ingest.text.wording import many
from rag_app.insights.base.records import Basis, Place

# "copy": the same words. "version": a name or title that differs only in what tells versions apart.
# "edited": most words, under another name. "reworded": the same meaning in other words.
Kind = Literal["copy", "version", "edited", "reworded"]
SHOWN = 10  # of each kind, in a terminal


@dataclass(frozen=True, slots=True)
class Change:
    """A sentence of the first document and what the second has in its place; "" where nothing."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class DocumentPair:
    """Two documents that say the same, the older first where that is known.

    ``shared`` is the share of the smaller one's shingles that are in the other, ``resemblance``
    their Jaccard similarity, ``alike`` the share of the passages of the smaller one that have one
    of the same meaning in the other; each 0 to 1. ``newer`` is the one that would be kept, and
    ``why`` says how that is known; None where nothing tells. It is a proposal: nothing is removed.
    ``changes`` are the first of ``changed`` places in which they differ, where these were looked
    for.
    """

    first: str
    second: str
    kind: Kind
    shared: float
    resemblance: float
    alike: float
    newer: str | None
    why: str
    changed: int | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class PassagePair:
    """Two passages that say the same in documents that are no pair as a whole. ``kind`` is "copy",
    "edited" or "reworded"; ``cosine`` is that of their vectors."""

    first: Place
    second: Place
    kind: Kind
    shared: float
    cosine: float


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """A passage that stands in many documents, nearly word for word: its first place, and the names
    of the documents."""

    place: Place
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """All that was found, the surest first."""

    basis: Basis
    documents: tuple[DocumentPair, ...]
    passages: tuple[PassagePair, ...]
    boilerplate: tuple[Boilerplate, ...]

    def rows(self) -> list[dict[str, object]]:
        """A row for each pair and each place of boilerplate."""
        rows = [
            _row("documents", one.kind, one.first, one.second, one.shared, one.alike, one.newer)
            for one in self.documents
        ]
        rows += [
            _row("passages", one.kind, one.first.document, one.second.document, one.shared,
                 one.cosine, None, one.first, one.second)
            for one in self.passages
        ]  # fmt: skip
        rows += [
            _row("boilerplate", "copy", one.place.document, name, 1.0, 1.0, None, one.place)
            for one in self.boilerplate
            for name in one.documents[1:]
        ]
        return rows

    def text(self) -> str:
        """The pairs of documents, then passages, then boilerplate, the first of each."""
        if not (self.documents or self.passages or self.boilerplate):
            return "No two documents or passages say the same."
        lines: list[str] = []
        for kind, count in Counter(one.kind for one in self.documents).items():
            lines.append(f"{many(count, 'pair')} of documents: {MEANING[kind]}")
            pairs = [one for one in self.documents if one.kind == kind]
            for one in pairs[:SHOWN]:
                lines.append(f"  {one.first}  ~  {one.second}   {one.shared:.0%} of the words")
                lines += [f"      - {change.first}\n      + {change.second}"
                          for change in one.changes]  # fmt: skip
                if one.newer is not None:
                    lines.append(f"      Proposal: keep {one.newer} ({one.why}).")
            lines += _rest(len(pairs))
        if self.passages:
            lines.append(f"{many(len(self.passages), 'pair')} of passages in other documents")
            for pair in self.passages[:SHOWN]:
                lines.append(f"  {pair.first.document}  ~  {pair.second.document}   {pair.kind}, "
                             f"cosine {pair.cosine:.2f}")  # fmt: skip
            lines += _rest(len(self.passages))
        if self.boilerplate:
            lines.append(f"{many(len(self.boilerplate), 'passage')} that many documents have")
            for text in self.boilerplate[:SHOWN]:
                words = " ".join(text.place.text.split())
                lines.append(f"  {many(len(text.documents), 'document')}: {words[:90]}")
            lines += _rest(len(self.boilerplate))
        return "\n".join(lines)


MEANING: dict[Kind, str] = {
    "copy": "the same words",
    "version": "versions of one document",
    "edited": "most of the words are the same",
    "reworded": "the same in other words",
}


def _rest(count: int) -> list[str]:
    return [f"  … and {count - SHOWN:,} more; --output FILE has all"] if count > SHOWN else []


def _row(
    what: str, kind: Kind, first: str, second: str, shared: float, alike: float,
    newer: str | None, place: Place | None = None, other: Place | None = None,
) -> dict[str, object]:  # fmt: skip
    row: dict[str, object] = {
        "what": what, "kind": kind, "first": first, "second": second,
        "shared": round(shared, 4), "alike": round(alike, 4), "newer": newer,
    }  # fmt: skip
    for name, one in (("first", place), ("second", other)):
        row[f"{name}_page"] = one and one.page
        row[f"{name}_start"] = one and one.start
        row[f"{name}_end"] = one and one.end
        row[f"{name}_text"] = one and one.text
    return row
