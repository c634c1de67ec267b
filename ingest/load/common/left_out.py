"""What a reader left out of a document: counted by kind, and told in the receipt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextvars import ContextVar

from ingest.text.wording import many

INSIDE: ContextVar[list[str] | None] = ContextVar("INSIDE", default=None)
"""Collects what receipts would say of the files that the file holds which is being read."""


class LeftOut(Counter[str]):
    """How many things of each kind are not in the text; kinds are nouns, such as "hidden row"."""

    def notes(self) -> tuple[str, ...]:
        """“2 comments, 1 hidden sheet not read”; none if nothing was left out."""
        told = ", ".join(many(count, what) for what, count in self.items() if count)
        return (f"{told} not read",) if told else ()


def tell_inside(notes: Iterable[str]) -> None:
    """Have the receipt of the file that is being read say more."""
    told = INSIDE.get()
    if told is not None:
        told.extend(notes)
