"""A sentence of a document, or a row of a table in it, as an answer tells it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ingest.records import StoredChunk
from rag_app.collection.rows import in_words
from rag_app.collection.sections import Section
from rag_app.records import Citation

# The number or sign of an item of a list.
SIGN = re.compile(r"^(?:\d{1,3}[.)]|[-•*–])\s+")


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence or a row of a section, ``document_text[start:end]``, and the section's title, ""
    if it has none."""

    chunk: StoredChunk
    start: int
    end: int
    section: str = ""

    @property
    def text(self) -> str:
        """Its words, as the document has them."""
        return self.chunk.text[self.start - self.chunk.start : self.end - self.chunk.start]

    @property
    def line(self) -> str:
        """Its words in one line, without the sign of a list."""
        return SIGN.sub("", " ".join(self.text.split()))

    @property
    def words(self) -> str:
        """The same; of a row with tabs with the heads of its columns."""
        return SIGN.sub("", " ".join(in_words(self.chunk, self.start, self.end).split()))

    def to_citation(self, marker: int) -> Citation:
        """Its citation. It is supported by being the words themselves."""
        document, page = self.chunk.documents[0], self.chunk.page
        return Citation(marker, document, page, self.start, self.end, self.text, True, 1.0)


def told_in(section: Section, chunks: Iterable[StoredChunk]) -> Iterator[Told]:
    """What some chunks of a section say within it, in order; none twice that two chunks share."""
    seen: set[tuple[int, int]] = set()
    for chunk in chunks:
        for start, end in chunk.sentences:
            one = Told(chunk, start, end, section.title)
            is_inside = section.start <= start and end <= section.end
            if is_inside and (start, end) not in seen and re.search(r"\w", one.text):
                seen.add((start, end))
                yield one
