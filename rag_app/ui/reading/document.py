"""A document as it is read: its text in parts, each shown at a time, and the words that
are found in it.

The parts are its pages where it has some, slides and sheets among them. A text without pages is cut
into parts of about ``PART`` characters, so that a browser shows each at once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from ingest.records import PlacedBlock
from ingest.text.language import language_of
from rag_app import Engine
from rag_app.messages import to_say

PART = 20_000
# Beyond, nobody goes through what was found one by one.
MOST_FOUND = 999
LONGEST_SEARCH = 200
PICTURED = (".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp", ".gif")
SLIDES = (".pptx", ".ppsx", ".odp")
SHEETS = (".xlsx", ".xlsm", ".ods")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """Its text, how that is made up, and where its parts begin, which are numbered from 1; ``unit``
    is what a part is called, a message to be said, ``language`` the ISO 639-1 code of the text's,
    or None."""

    name: str
    text: str
    blocks: tuple[PlacedBlock, ...]
    starts: tuple[int, ...]
    unit: str
    language: str | None = None

    @property
    def has_pictures(self) -> bool:
        """Whether its pages are shown as pictures."""
        return has_pictures(self.name)

    def part_at(self, offset: int) -> int:
        """The part in which an offset of the text lies."""
        return max(bisect_right(self.starts, offset), 1)

    def span(self, part: int) -> Span:
        """Where a part begins and ends in the text."""
        return self.starts[part - 1], [*self.starts, len(self.text)][part]

    def find(self, words: str) -> list[Span]:
        """Where some words stand in the text, in whatever case, and however they are spaced: the
        first ``MOST_FOUND`` of them."""
        pattern = r"\s+".join(map(re.escape, words[:LONGEST_SEARCH].split()))
        if not pattern:
            return []
        found: list[Span] = []
        for match in re.finditer(pattern, self.text, re.IGNORECASE):
            found.append(match.span())
            if len(found) == MOST_FOUND:
                break
        return found


def has_pictures(name: str) -> bool:
    """Whether the pages of a document of this name are shown as pictures."""
    return PurePosixPath(name).suffix.lower() in PICTURED


def read_document(engine: Engine, name: str) -> ReadDocument:
    """A document of a name, in its parts. Raises RagError where there is none."""
    text, outline = engine.document_text(name), engine.collection.outline(name)
    suffix = PurePosixPath(name).suffix.lower()
    language = language_of(text)
    if outline.page_starts:
        unit = to_say("Slide") if suffix in SLIDES else to_say("Page")
        return ReadDocument(name, text, outline.blocks, outline.page_starts, unit, language)
    is_sheet = suffix in SHEETS
    starts = tuple(_starts(outline.blocks, len(text), sheets=is_sheet))
    sheets = sum(block.kind == "heading" and block.level == 1 for block in outline.blocks)
    unit = to_say("Sheet") if is_sheet and len(starts) == sheets else to_say("Part")
    return ReadDocument(name, text, outline.blocks, starts, unit, language)


def _starts(blocks: Sequence[PlacedBlock], length: int, *, sheets: bool) -> Iterator[int]:
    """Where parts begin: at a block, and at each sheet; in a block only if it is longer than a
    part."""
    last = 0
    yield last
    for block in blocks:
        is_sheet = sheets and block.kind == "heading" and block.level == 1
        if last < block.start and (is_sheet or block.end - last > PART):
            last = block.start
            yield last
        while block.end - last > PART:
            last += PART
            yield last
    while length - last > PART:  # what no block holds
        last += PART
        yield last
