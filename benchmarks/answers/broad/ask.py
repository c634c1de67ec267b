"""What became of each question of a set, and the figures of all of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from benchmarks.answers.broad.sets import Item, Place
from ingest.text.analyzer import stems
from rag_app import Answer, Citation, Engine, Hit
from rag_app.answer.record import AnswerRecord

MARKER = re.compile(r" ?\[\d+\]")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what came of it. ``held``: the share of the gold that the quotes hold, None
    where there is no gold or nothing is quoted; ``first``, ``five``: whether the first citation, or
    one of the best five passages, is of a place that answers."""

    item: Item
    refused: bool
    confidence: float
    characters: int
    held: float | None
    first: bool
    five: bool


def ask(engine: Engine, item: Item) -> Asked:
    """Ask one question."""
    records: list[AnswerRecord] = []
    answer: Answer | None = None
    for part in engine.stream(item.question, where=item.where, on_record=records.append):
        answer = part if isinstance(part, Answer) else None
    assert answer is not None and records, "a stream ends with its Answer"
    # What is computed of tables comes of no search: what it cites is all that was found.
    best = answer.hits[:5] or answer.citations
    return Asked(
        item,
        answer.refused,
        records[-1].confidence,
        len(MARKER.sub("", answer.text).strip()),
        _held(item, answer),
        any(_is_there(place, answer.citations[0]) for place in item.gold)
        if answer.citations
        else False,
        any(_is_there(place, one) for one in best for place in item.gold),
    )


def _held(item: Item, answer: Answer) -> float | None:
    quoted = "\n".join(one.quote for one in answer.citations)
    if item.answers:
        there = _plain(quoted)
        found = [_plain(one) in there for one in item.answers]
        return mean(found) if item.each else float(any(found))
    if item.words:
        wanted = set(stems(item.words))
        return len(wanted & set(stems(quoted))) / len(wanted) if wanted else None
    return None


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _is_there(place: Place, found: Citation | Hit) -> bool:
    """Whether a citation or a hit lies where the gold is."""
    if found.document != place.document or place.page not in (None, found.page):
        return False
    return place.span is None or (found.start < place.span[1] and place.span[0] < found.end)


COLUMNS = (
    "set", "answerable", "refused", "gold held", "characters", "cited first", "among five",
    "unanswerable", "refused of them", "AUC",
)  # fmt: skip


def row(name: str, asked: Sequence[Asked]) -> tuple[str, ...]:
    """The figures of a set; what is refused holds no gold and cites nothing."""
    known = [one for one in asked if one.item.answerable]
    unknown = [one for one in asked if not one.item.answerable]
    answered = [one.characters for one in known if not one.refused]
    held = [one.held for one in known if one.held is not None]
    return (
        name,
        str(len(known)),
        f"{mean(one.refused for one in known):.3f}",
        f"{mean(held):.3f}" if held else "-",
        f"{mean(answered):.0f}" if answered else "-",
        f"{mean(one.first for one in known):.2f}",
        f"{mean(one.five for one in known):.2f}",
        str(len(unknown)),
        f"{mean(one.refused for one in unknown):.3f}" if unknown else "-",
        f"{_auc(asked):.3f}" if unknown else "-",
    )


def _auc(asked: Sequence[Asked]) -> float:
    from sklearn.metrics import roc_auc_score  # seconds to load

    answerable = [one.item.answerable for one in asked]
    return float(roc_auc_score(answerable, [one.confidence for one in asked]))
