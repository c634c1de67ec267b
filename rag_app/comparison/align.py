"""The sentences of two documents laid beside each other: the same, changed, or only in one.

Sentences that are equal are found first, so that of two versions only what differs is compared by
meaning. Of the rest those that are nearest to each other belong together, each once, the likest
first.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from ingest.embed.embedder import Embedder
from ingest.records import StoredChunk
from ingest.similarity import unit
from rag_app.collection.rows import in_words
from rag_app.collection.sections import Section

# From this cosine on two sentences speak of the same; measured in docs/LOG.md, 2026-11-29.
ALIKE = 0.72
# Two sentences with so much of their words in common and in order belong together too: of one
# number in a short row the meaning changes more than its words do.
SAME_WORDS = 0.7


# "7.2 Notice is given in writing": before a capital, a number with a point in it is a clause's.
NUMBERED = re.compile(r"^(?:\d+(?:\.\d+)+\.?|\d{1,3}[.)]?|\(\w\))\s+(?=[^\W\d_a-zà-ÿ])")


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence or a row of a document, ``document_text[start:end]``, and the title of the section
    that it stands in, "" if it has none."""

    chunk: StoredChunk
    start: int
    end: int
    section: str

    @property
    def text(self) -> str:
        """Its words, as the document has them."""
        return self.chunk.text[self.start - self.chunk.start : self.end - self.chunk.start]

    @property
    def words(self) -> str:
        """Its words in one line, without the sign of a list; a row with its columns' heads."""
        said = " ".join(in_words(self.chunk, self.start, self.end).split())
        return re.sub(r"^(?:\d{1,3}[.)]|[-•*–])\s+", "", said)


@dataclass(frozen=True, slots=True)
class Alignment:
    """What two documents say: ``changed`` are pairs, the first document's first, the likest first;
    ``moved`` are equal sentences in another section; ``same`` counts those that are equal."""

    changed: tuple[tuple[Line, Line], ...]
    only_first: tuple[Line, ...]
    only_second: tuple[Line, ...]
    moved: tuple[tuple[Line, Line], ...]
    same: int


def lines_of(sections: Sequence[Section]) -> list[Line]:
    """The sentences and rows of a document's sections, each once, without its headings."""
    found: dict[tuple[int, int], Line] = {}
    for section in sections:
        titles = {section.title, *(one.title for one in section.headings)}
        for chunk in section.chunks:
            for start, end in chunk.sentences:
                line = Line(chunk, start, end, section.title)
                is_inside = section.start <= start and end <= section.end
                if is_inside and re.search(r"\w", line.text) and _flat(line.text) not in titles:
                    found.setdefault((start, end), line)
    return list(found.values())


def aligned(
    first: Sequence[Line], second: Sequence[Line], embedder: Embedder, alike: float = ALIKE
) -> Alignment:
    """Two documents' lines laid beside each other; those belong together whose cosine is at least
    ``alike``. Raises EmbedderError."""
    left, right, equal = _equal(first, second)
    pairs = _nearest(left, right, embedder, alike)
    titles = [{_key(line.section) for line in lines} for lines in (first, second)]
    paired_left, paired_right = {one for one, _ in pairs}, {other for _, other in pairs}
    return Alignment(
        tuple((left[one], right[other]) for one, other in pairs),
        tuple(line for at, line in enumerate(left) if at not in paired_left),
        tuple(line for at, line in enumerate(right) if at not in paired_right),
        tuple(pair for pair in equal if _is_moved(*pair, *titles)),
        len(equal),
    )


def _equal(
    first: Sequence[Line], second: Sequence[Line]
) -> tuple[list[Line], list[Line], list[tuple[Line, Line]]]:
    """What of both has no equal in the other, and the pairs that are equal."""
    there: defaultdict[str, list[Line]] = defaultdict(list)
    for line in reversed(second):
        there[_key(line.words)].append(line)
    left: list[Line] = []
    equal: list[tuple[Line, Line]] = []
    for line in first:
        if same := there[_key(line.words)]:
            equal.append((line, same.pop()))
        else:
            left.append(line)
    right = {(line.start, line.end) for lines in there.values() for line in lines}
    return left, [line for line in second if (line.start, line.end) in right], equal


def _nearest(
    left: Sequence[Line], right: Sequence[Line], embedder: Embedder, least: float
) -> list[tuple[int, int]]:
    """Which of the one belongs to which of the other, the likest first."""
    if not left or not right:
        return []
    vectors = unit(embedder.encode([line.words for line in (*left, *right)]))
    alike = vectors[: len(left)] @ vectors[len(left) :].T
    pairs: list[tuple[int, int]] = []
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    for flat in np.argsort(-alike, axis=None, kind="stable").tolist():
        one, other = divmod(flat, len(right))
        cosine = float(alike[one, other])
        if cosine < least * SAME_WORDS:
            break
        if one in taken_left or other in taken_right:
            continue
        if cosine >= least or _in_common(left[one].words, right[other].words) >= SAME_WORDS:
            pairs.append((one, other))
            taken_left.add(one)
            taken_right.add(other)
    return pairs


def _is_moved(one: Line, other: Line, first: Set[str], second: Set[str]) -> bool:
    """Whether equal sentences stand in other sections, of which one is in both documents: else the
    section was given another title."""
    old, new = _key(one.section), _key(other.section)
    return old != new and (old in second or new in first)


def _in_common(one: str, other: str) -> float:
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio()


def _flat(text: str) -> str:
    return " ".join(text.split())


def _key(text: str) -> str:
    """A text without its case, and without the number of a clause, which others move on."""
    return NUMBERED.sub("", text).casefold()
