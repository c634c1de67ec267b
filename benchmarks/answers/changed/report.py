"""What became of changed sentences, and a table of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks.answers.changed.answers import Changed, changed
from benchmarks.answers.right.items import Item
from benchmarks.answers.right.play import Outcome, bare, sentences


@dataclass(frozen=True, slots=True)
class WrongOutcome:
    """What became of a changed sentence: called unsupported, not shown at all, or neither."""

    item: Item
    changed: Changed
    called: bool
    shown: bool
    reason: str | None


def play_changed(
    item: Item, names: Sequence[str], play: Callable[[Item], Outcome]
) -> Iterator[WrongOutcome]:
    """Give each wrong answer that can be made of an item's."""
    for one in changed(item, names):
        found = play(replace(item, answer=one.answer))
        wanted = bare(one.after)
        reasons = [
            mark.reason
            for mark in found.marks
            if wanted in bare(mark.sentence) or bare(mark.sentence) in wanted
        ]
        shown = found.lost is None or wanted in bare(found.answer.text)
        yield WrongOutcome(item, one, bool(reasons), shown, reasons[0] if reasons else None)


def report_changed(right: Sequence[Outcome], wrong: Sequence[WrongOutcome], show: int) -> None:
    """By kind of change: how many are called unsupported, how many are not shown; recall is both.

    Precision is for as many right sentences as changed ones.
    """
    counted = [one for one in right if one.counts]
    marks = sum(len(one.marks) for one in counted)
    false = marks / max(1, sum(len(sentences(one.item)) for one in counted))
    kinds: dict[str, list[WrongOutcome]] = defaultdict(list)
    for one in wrong:
        kinds[one.changed.kind].append(one)
    print(f"\n{'change':20} sentences  called  not shown  recall  precision")
    for kind, found in (*kinds.items(), ("all", wrong)):
        if not found:
            continue
        called = sum(one.called for one in found)
        lost = sum(not one.shown and not one.called for one in found)
        recall = (called + lost) / len(found)
        precision = recall / (recall + false) if recall else 0.0
        print(f"{kind:20} {len(found):9}  {called:6}  {lost:9}   {recall:.3f}      {precision:.3f}")
    for kind, found in kinds.items():
        for one in [each for each in found if each.shown and not each.called][:show]:
            print(f"\n{kind} {one.item.id}: {one.item.question}")
            print(f"  RIGHT {one.changed.before}\n  WRONG {one.changed.after}")
