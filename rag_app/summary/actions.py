"""Sentences that say what somebody is to do, by the rules of their document's language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ingest.records import StoredChunk
from rag_app.collection.rows import cells_of
from rag_app.collection.told import Told

MOST = 20


class Actions(NamedTuple):
    """How a language gives somebody something to do: the ``heading`` over a list of such things,
    which is taken whole; what a sentence has that ``gives`` some; the ``column`` that a table of
    such things has."""

    heading: re.Pattern[str]
    gives: re.Pattern[str]
    column: re.Pattern[str]


def actions_in(chunks: Sequence[StoredChunk], rules: Actions) -> list[Told]:
    """The rows and sentences of some chunks that give somebody something to do, in order, at most
    20: the rows of tables of actions, or what stands under such a heading, or else any sentence."""
    told = {
        (chunk.documents, start, end): Told(chunk, start, end)
        for chunk in chunks
        for start, end in chunk.sentences
    }
    for is_one in (_is_row, _is_listed, _gives):
        if found := [one for one in told.values() if is_one(one, rules)]:
            return found[:MOST]
    return []


def _is_row(one: Told, rules: Actions) -> bool:
    cells = cells_of(one.chunk, one.start, one.end)
    return any(rules.column.fullmatch(head.strip()) for head, _ in cells)


def _is_listed(one: Told, rules: Actions) -> bool:
    headings = one.chunk.headings
    is_under = bool(headings) and rules.heading.search(headings[-1]) is not None
    return is_under and one.text != headings[-1] and re.search(r"\w\W+\w", one.text) is not None


def _gives(one: Told, rules: Actions) -> bool:
    return rules.gives.search(one.line) is not None
