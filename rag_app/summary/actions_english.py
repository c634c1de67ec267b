"""Sentences that say what somebody is to do. By rules for English."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.records import StoredChunk
from rag_app.collection.rows import cells_of
from rag_app.collection.told import Told

# A section that is a list of such things is taken whole ...
HEADING = re.compile(
    r"\b(?:actions?|action items?|to[ -]?dos?|tasks|next steps|follow[ -]?ups?)\b", re.IGNORECASE
)
# ... and else a sentence that gives somebody something to do: a name or "we" before it.
GIVES = re.compile(
    r"(?:^|[.;:,] |\band )(?:action:? .+|(?:[A-Z][\w.'’-]+(?: (?:and )?[A-Z][\w.'’-]+){0,3}|we)"
    r" (?:will|shall|must|should|is to|are to|has to|have to|needs? to|agreed to"
    r"|(?:was|were) asked to|(?:is|was) tasked with|to) \w)",
)
# A table of such things has such a column.
COLUMN = re.compile(r"(?:actions?|tasks?|to[ -]?do|what is to be done)", re.IGNORECASE)
MOST = 20


def actions_in(chunks: Sequence[StoredChunk]) -> list[Told]:
    """The rows and sentences of some chunks that give somebody something to do, in order, at most
    20: the rows of tables of actions, or what stands under such a heading, or else any sentence."""
    told = {
        (chunk.documents, start, end): Told(chunk, start, end)
        for chunk in chunks
        for start, end in chunk.sentences
    }
    for is_one in (_is_row, _is_listed, _gives):
        if found := [one for one in told.values() if is_one(one)]:
            return found[:MOST]
    return []


def _is_row(one: Told) -> bool:
    cells = cells_of(one.chunk, one.start, one.end)
    return any(COLUMN.fullmatch(head.strip()) for head, _ in cells)


def _is_listed(one: Told) -> bool:
    headings = one.chunk.headings
    is_under = bool(headings) and HEADING.search(headings[-1]) is not None
    return is_under and one.text != headings[-1] and re.search(r"\w\W+\w", one.text) is not None


def _gives(one: Told) -> bool:
    return GIVES.search(one.line) is not None
