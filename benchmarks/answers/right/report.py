"""Tables of what became of right and of changed answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from benchmarks.answers.right.play import Outcome, sentences


def report_right(outcomes: Sequence[Outcome], show: int) -> None:
    """Asked, retrieved, shown and marked, by kind; and so many errors of each kind."""
    print(f"{'kind':20} answers   asked  not retrieved   shown  marked   sentences marked")
    kinds: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        kinds[one.item.kind].append(one)
    for kind, found in sorted(kinds.items()):
        print(_row(kind, found))
    print(_row("all", outcomes))
    for kind, found in sorted(kinds.items()):
        for one in [each for each in found if not each.shown or each.marks][:show]:
            print(f"\n{kind} {one.item.id}: {one.item.question}\n  ANSWER {one.item.answer}")
            if not one.asked:
                print("  NOT ASKED")
            elif not one.retrieved:
                print("  NOT RETRIEVED")
            elif not one.shown:
                print(f"  LOST {one.lost}")
                print("".join(f"  NOTE {note}\n" for note in one.answer.notes), end="")
            for mark in one.marks:
                print(f"  MARKED {mark.sentence}\n    because {mark.reason}")


def _row(kind: str, found: Sequence[Outcome]) -> str:
    asked = sum(one.asked for one in found)
    counted = [one for one in found if one.counts]
    total = len(counted)
    shown = sum(one.shown for one in counted)
    marked = sum(bool(one.marks) for one in counted)
    parts = sum(len(sentences(one.item)) for one in counted)
    marks = sum(len(one.marks) for one in counted)
    return (
        f"{kind:20} {len(found):7}  {asked:6}  {asked - total:13}"
        f"   {_share(shown, total)}   {_share(marked, total)}   {marks}/{parts}"
    )


def _share(some: float, total: float) -> str:
    return f"{some / total:5.3f}" if total else "    -"
