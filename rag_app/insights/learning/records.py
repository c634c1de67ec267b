"""What a learning path holds. Offsets count characters of the document's text."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.errors import UsageError
from ingest.text.wording import many
from rag_app.insights.base.records import Basis, Place


@dataclass(frozen=True, slots=True)
class Check:
    """A question to check oneself; the words of ``answer`` answer it. ``id`` is the same for as
    long as the document says the same there."""

    id: str
    question: str
    answer: Place


@dataclass(frozen=True, slots=True)
class Teaches:
    """A passage that teaches an objective. ``score`` is that of the search, at most 1."""

    place: Place
    score: float


@dataclass(frozen=True, slots=True)
class Piece:
    """An objective and its material, best first; none where the documents do not teach it.
    ``needs`` are the objectives that come before it because it builds on them."""

    objective: str
    needs: tuple[str, ...]
    passages: tuple[Teaches, ...]
    checks: tuple[Check, ...]

    @property
    def is_gap(self) -> bool:
        """Whether there is no material for it."""
        return not self.passages


@dataclass(frozen=True, slots=True)
class LearningPath:
    """The pieces in the order in which they are to be learned."""

    basis: Basis
    pieces: tuple[Piece, ...]

    @property
    def gaps(self) -> tuple[str, ...]:
        """The objectives without material."""
        return tuple(piece.objective for piece in self.pieces if piece.is_gap)

    def check(self, id_: str) -> Check:
        """The question with an id. Raises UsageError if there is none."""
        for piece in self.pieces:
            for check in piece.checks:
                if check.id == id_:
                    return check
        raise UsageError(f"There is no question {id_!r} on this path; the ids stand before them")

    def rows(self) -> list[dict[str, object]]:
        """A row for each passage of a piece, and one for a piece without any."""
        return [
            {
                "order": number,
                "objective": piece.objective,
                "needs": "; ".join(piece.needs),
                "document": one.place.document if one else None,
                "page": one.place.page if one else None,
                "start": one.place.start if one else None,
                "end": one.place.end if one else None,
                "score": round(one.score, 4) if one else None,
                "text": one.place.text if one else None,
            }
            for number, piece in enumerate(self.pieces, start=1)
            for one in piece.passages or (None,)
        ]

    def text(self) -> str:
        """The order, with what each needs, where it is taught and what to ask oneself."""
        lines = []
        for number, piece in enumerate(self.pieces, start=1):
            lines.append(f"{number}. {piece.objective}")
            if piece.needs:
                lines.append(f"   builds on: {'; '.join(piece.needs)}")
            lines += [f"   {place_in_words(one.place)}" for one in piece.passages]
            lines += [f"   [{check.id}] {check.question}" for check in piece.checks]
            if piece.is_gap:
                lines.append("   No passage teaches this.")
        if self.gaps:
            lines.append(f"{many(len(self.gaps), 'objective')} without material.")
        return "\n".join(lines)


def place_in_words(place: Place) -> str:
    """Where a passage stands and how it begins, in one line."""
    page = f", page {place.page}" if place.page else ""
    return f"{place.document}{page}: {' '.join(place.text.split())[:80]}"
