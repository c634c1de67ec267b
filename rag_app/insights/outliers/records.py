"""The data classes of outliers and gaps."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from ingest.text.wording import many, with_page
from rag_app.insights.base.records import Basis, Place


@dataclass(frozen=True, slots=True)
class Outlier:
    """A passage, or a document by its most typical passage, that does not belong. ``score`` is in
    standard deviations above what is usual, ``why`` says what is unusual about it; ``nearest`` is
    what is most like it elsewhere, ``alike`` how much, by cosine."""

    place: Place
    score: float
    why: str
    nearest: Place | None
    alike: float | None


@dataclass(frozen=True, slots=True)
class Outliers:
    """Passages and documents that do not belong, the strangest first. ``usual`` is the similarity
    that half of the passages have at least to the one nearest to them."""

    basis: Basis
    passages: tuple[Outlier, ...]
    documents: tuple[Outlier, ...]
    usual: float

    def rows(self) -> list[dict[str, object]]:
        """A passage or document a row."""
        return [
            {
                "what": what,
                "document": one.place.document,
                "page": one.place.page,
                "start": one.place.start,
                "end": one.place.end,
                "score": round(one.score, 2),
                "why": one.why,
                "passage": one.place.text,
                "nearest": one.nearest and one.nearest.document,
            }
            for what, found in (("document", self.documents), ("passage", self.passages))
            for one in found
        ]

    def text(self) -> str:
        """Both lists."""
        parts: list[str] = []
        for what, found in (("document", self.documents), ("passage", self.passages)):
            parts.append(f"{many(len(found), what)} unlike the others{':' if found else '.'}")
            for one in found:
                place = with_page(one.place.document, one.place.page)
                shown = textwrap.shorten(f"“{one.place.text}”", 160, placeholder=" …")
                parts.append(f"  {one.score:4.1f}  {place}: {one.why}\n        {shown}")
        return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions on one subject that found nothing. ``words`` are theirs; ``nearest`` is the passage
    that is nearest to them, ``alike`` how near."""

    name: str
    questions: tuple[str, ...]
    nearest: Place
    alike: float


@dataclass(frozen=True, slots=True)
class Gaps:
    """What was asked and not found, by subject, the most asked first. ``asked`` counts all
    questions that were looked at."""

    basis: Basis
    gaps: tuple[Gap, ...]
    asked: int

    def rows(self) -> list[dict[str, object]]:
        """A question a row."""
        return [
            {
                "subject": gap.name,
                "question": question,
                "nearest_document": gap.nearest.document,
                "nearest_page": gap.nearest.page,
                "alike": round(gap.alike, 3),
            }
            for gap in self.gaps
            for question in gap.questions
        ]

    def text(self) -> str:
        """Each subject with its questions."""
        missed = sum(len(gap.questions) for gap in self.gaps)
        parts = [
            f"{missed} of {many(self.asked, 'question')} found nothing{':' if missed else '.'}"
        ]
        for gap in self.gaps:
            parts.append(f"\n{gap.name} (nearest: {gap.nearest.document}, {gap.alike:.2f})")
            parts += [f"  - {question}" for question in gap.questions]
        return "\n".join(parts)
