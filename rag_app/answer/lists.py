"""Lists and short tables in a passage. A list is lines that follow each other, each of which begins
a sentence: a line that a file merely breaks goes on with the sentence of the line before.
"""

from __future__ import annotations

import re

from ingest.records import StoredChunk
from rag_app.collection.rows import are_of_one_table, cells_of
from rag_app.evidence.sentences import Sentence

FEWEST = 3  # lines
# In characters: a list or a table that is not longer is quoted whole.
WHOLE_LIST = 600
STEPS_ENGLISH = re.compile(
    r"^(?:how (?:do|can|should|does|to)\b|what (?:do|does|should) .+ (?:have to )?do\b)"
    r"|\b(?:steps|procedure|instructions)\b",
    re.IGNORECASE,
)


def asks_for_steps(question: str) -> bool:
    """Whether a question asks how something is done."""
    return STEPS_ENGLISH.search(question.strip()) is not None


def list_around(sentence: Sentence) -> tuple[int, int] | None:
    """Start and end of the list that a sentence stands in, with the line that leads to it if there
    is one; None if it stands in none, or in a table."""
    chunk = sentence.passage.chunk
    text, offset = chunk.text, chunk.start
    first = text.rfind("\n\n", 0, sentence.start - offset)
    first = 0 if first < 0 else first + 2
    last = text.find("\n\n", sentence.end - offset)
    last = len(text.rstrip()) if last < 0 else last
    inside = [span for span in chunk.sentences if first <= span[0] - offset < last]
    lines = _line_starts(text[first:last])
    begins = {start - offset - first for start, _ in inside}
    if len(lines) < FEWEST or not lines <= begins:
        return None
    if any(cells_of(chunk, start, end) for start, end in inside):
        return None
    before = [span for span in chunk.sentences if span[1] - offset <= first]
    if before and text[: before[-1][1] - offset].endswith(":"):
        return before[-1][0], inside[-1][1]
    return inside[0][0], inside[-1][1]


def short_table(chunk: StoredChunk, start: int) -> tuple[tuple[int, int], ...]:
    """The rows, at least two, of the table of which a row begins at ``start``, in order, if they
    are few enough to be quoted together; else none."""
    at = next((span for span in chunk.sentences if span[0] == start), None)
    if at is None or not cells_of(chunk, *at):
        return ()
    rows: list[tuple[int, int]] = []
    for span in chunk.sentences:
        cells = cells_of(chunk, *span)
        if cells and rows and are_of_one_table(cells, cells_of(chunk, *rows[0])):
            rows.append(span)
            continue
        if any(row[0] == start for row in rows):
            break
        rows = [span] if cells else []
    return tuple(rows) if len(rows) > 1 and rows[-1][1] - rows[0][0] <= WHOLE_LIST else ()


def _line_starts(text: str) -> set[int]:
    """Where the lines of a text begin that are not blank."""
    starts, place = set(), 0
    for line in text.split("\n"):
        if line.strip():
            starts.add(place + len(line) - len(line.lstrip()))
        place += len(line) + 1
    return starts
