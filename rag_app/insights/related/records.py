"""What is related to something, and what is recommended to somebody, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from rag_app.insights.base.records import Basis, Place


@dataclass(frozen=True, slots=True)
class RelatedItem:
    """A document, or a passage of it. ``score`` is a cosine; ``because`` is the passage of what was
    asked about that is nearest to ``place``."""

    document: str
    score: float
    place: Place
    because: Place


@dataclass(frozen=True, slots=True)
class Related:
    """What is related to a document, or to one of its passages, the nearest first."""

    basis: Basis
    of: str
    items: tuple[RelatedItem, ...]

    def rows(self) -> list[dict[str, object]]:
        """A row for each."""
        return [
            {
                "document": one.document,
                "score": round(one.score, 4),
                "page": one.place.page,
                "start": one.place.start,
                "end": one.place.end,
                "text": one.place.text,
                "because": one.because.text,
                "because_start": one.because.start,
                "because_end": one.because.end,
            }
            for one in self.items
        ]

    def text(self) -> str:
        """Each with the passages by which it is related."""
        lines = [f"Related to {self.of}:"]
        for one in self.items:
            lines += [
                f"{one.score:.3f}  {one.document}",
                f"       {_line(one.place)}",
                f"       because of: {_line(one.because)}",
            ]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Recommended:
    """A document that somebody does not know yet. ``score`` is a share of the best one's; ``by`` is
    "meaning", "others" (who liked the same) or "both", whichever gave more; ``because`` is the
    known document that gave most."""

    document: str
    title: str | None
    score: float
    by: str
    because: str
    place: Place


@dataclass(frozen=True, slots=True)
class Recommendations:
    """What is recommended to somebody, best first. ``known`` is how many documents they know."""

    basis: Basis
    user: str
    known: int
    items: tuple[Recommended, ...]

    def rows(self) -> list[dict[str, object]]:
        """A row for each."""
        return [
            {
                "document": one.document,
                "title": one.title,
                "score": round(one.score, 4),
                "by": one.by,
                "because": one.because,
                "page": one.place.page,
                "start": one.place.start,
                "end": one.place.end,
            }
            for one in self.items
        ]

    def text(self) -> str:
        """Each with its reason."""
        if not self.items:
            return "There is nothing to recommend: every document is known already."
        return "\n".join(
            f"{one.score:.3f}  {one.document}   because of {one.because}" for one in self.items
        )


def _line(place: Place) -> str:
    return " ".join(place.text.split())[:100]
