"""A count in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag_app.messages import say
from rag_app.records import Citation

# So many documents are named with a passage; of how many more there are the names follow.
LISTED = 12
NAMED = 100


@dataclass(frozen=True, slots=True)
class Told:
    """A count in words, with citations and what the reader should know of it."""

    text: str
    citations: tuple[Citation, ...]
    notes: tuple[str, ...]


def more(names: Sequence[str]) -> list[str]:
    """The last line of a list that is not whole: the names of those that are not in it, so that
    each can be asked for."""
    left = names[LISTED:]
    if not left:
        return []
    named = ", ".join(left[:NAMED])
    named += ", …" if len(left) > NAMED else ""
    return [say("- and {count} more: {names}", count=len(left), names=named)]
