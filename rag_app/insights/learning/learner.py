"""What somebody has learned: their answers, and what follows from them.

A file for each person in the collection's directory, beside the conversations and for the same
reasons: the answers are about this collection's documents and go where it goes, and are nobody
else's. Not with the insights, which are a cache, and not in the conversations' file, whose tables
need not change for it. A line is added for each answer and none is ever changed, so that two pages
of one person lose nothing; when each question is due again is worked out from all of them.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from ingest.errors import StoreError, UsageError
from ingest.private import make_directory, make_file
from ingest.store.directory import Store
from rag_app.insights.learning.records import Check, LearningPath, Piece

# How well somebody knew the answer, in the words of FSRS.
Known = Literal["again", "hard", "good", "easy"]
RATINGS: tuple[Known, ...] = get_args(Known)
MASTERED = 0.8  # of an objective, from when on what builds on it can be learned


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to a question. ``moment`` is ISO 8601 in UTC."""

    check: str
    known: Known
    moment: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody is on a path. ``mastery``, 0 to 1, is that of each objective: how likely
    its questions are known now, and None where it has none. ``due`` are the questions to repeat,
    the longest due first; ``next`` is the piece to learn next, None where nothing is left."""

    mastery: Mapping[str, float | None]
    due: tuple[Check, ...]
    next: Piece | None
    answered: int


class Learner:
    """The answers of one person (``owner``, "" where nobody logs in) in one collection."""

    def __init__(self, store: Store, owner: str = "") -> None:
        name = hashlib.sha256(owner.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        self._path = store.conversations_path.with_name("learning") / f"{name}.jsonl"

    def answer(self, check: str, known: Known, moment: datetime | None = None) -> None:
        """Keep an answer. Raises UsageError for a rating that there is not, StoreError."""
        if known not in RATINGS:
            raise UsageError(f"There is no rating {known!r}; there are: {', '.join(RATINGS)}")
        at = (moment or datetime.now(UTC)).isoformat(timespec="seconds")
        line = json.dumps({"check": check, "known": known, "moment": at}) + "\n"
        try:
            make_directory(self._path.parent, parents=False)
            make_file(self._path)
            with self._path.open("ab") as file:  # one write at the end: whole lines only
                file.write(line.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(
                f"The answer cannot be kept in {self._path} ({error.strerror or error}); check "
                "its rights and the disk's space"
            ) from None

    def answers(self) -> list[Answered]:
        """All answers, the oldest first. A line that was cut off by a crash is left out. Raises
        StoreError."""
        try:
            lines = self._path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(
                f"{self._path} cannot be read ({error}); delete it to begin anew"
            ) from None
        found = []
        for line in lines:
            try:
                fields = json.loads(line)
                one = Answered(fields["check"], fields["known"], fields["moment"])
                datetime.fromisoformat(one.moment)
            except (ValueError, KeyError, TypeError):
                continue
            found += [one] if one.known in RATINGS else []
        return found


def progress(
    path: LearningPath, answers: Sequence[Answered], now: datetime | None = None
) -> Progress:
    """How far the answers bring somebody on a path, by FSRS. Answers to questions that the path has
    not, because the documents have changed, do not count."""
    import fsrs

    now = now or datetime.now(UTC)
    checks = {check.id: check for piece in path.pieces for check in piece.checks}
    counted = [one for one in answers if one.check in checks]
    # Without chance, so that the same answers always give the same days.
    scheduler = fsrs.Scheduler(enable_fuzzing=False)
    cards: dict[str, Any] = {}
    last: dict[str, Known] = {}
    for one in counted:
        card = cards.get(one.check) or fsrs.Card(due=datetime.fromisoformat(one.moment))
        rating = fsrs.Rating[one.known.capitalize()]
        moment = datetime.fromisoformat(one.moment)
        cards[one.check], _ = scheduler.review_card(card, rating, moment)
        last[one.check] = one.known
    known = {
        id_: scheduler.get_card_retrievability(card, now) if last[id_] != "again" else 0.0
        for id_, card in cards.items()
    }
    mastery = {
        piece.objective: (
            sum(known.get(check.id, 0.0) for check in piece.checks) / len(piece.checks)
            if piece.checks
            else None
        )
        for piece in path.pieces
    }
    due = sorted((card.due, id_) for id_, card in cards.items() if card.due <= now)
    return Progress(
        mastery=mastery,
        due=tuple(checks[id_] for _, id_ in due),
        next=_next(path, mastery),
        answered=len(counted),
    )


def _next(path: LearningPath, mastery: Mapping[str, float | None]) -> Piece | None:
    """The piece with the greatest gap among those whose needs are mastered; of equal ones, the
    first. Objectives without questions hold nobody up."""

    def is_mastered(objective: str) -> bool:
        share = mastery.get(objective)
        return share is None or share >= MASTERED

    ready = [
        piece
        for piece in path.pieces
        if not is_mastered(piece.objective) and all(map(is_mastered, piece.needs))
    ]
    return min(ready, key=lambda piece: mastery[piece.objective] or 0.0, default=None)
