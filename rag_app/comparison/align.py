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
from ingest.similarity import unit
from rag_app.collection.sections import Section
from rag_app.collection.told import Told, told_in

# From this cosine on two sentences speak of the same; measured in docs/LOG.md, 2026-11-29.
ALIKE = 0.72
# Two sentences with so much of their words in common and in order belong together too: of one
# number in a short row the meaning changes more than its words do.
SAME_WORDS = 0.7
# "7.2 Notice is given in writing": before a capital, a number with a point in it is a clause's.
NUMBERED = re.compile(r"^(?:\d+(?:\.\d+)+\.?|\d{1,3}[.)]?|\(\w\))\s+(?=[^\W\d_a-zà-ÿ])")


@dataclass(frozen=True, slots=True)
class Alignment:
    """What two documents say: ``changed`` are pairs, the first document's first, the likest first;
    ``moved`` are equal sentences in another section; ``same`` counts those that are equal."""

    changed: tuple[tuple[Told, Told], ...]
    only_first: tuple[Told, ...]
    only_second: tuple[Told, ...]
    moved: tuple[tuple[Told, Told], ...]
    same: int


def lines_of(sections: Sequence[Section]) -> list[Told]:
    """The sentences and rows of a document's sections, each once, without its headings."""
    found: dict[tuple[int, int], Told] = {}
    for section in sections:
        titles = {section.title, *(one.title for one in section.headings)}
        for line in told_in(section, section.chunks):
            if " ".join(line.text.split()) not in titles:
                found.setdefault((line.start, line.end), line)
    return list(found.values())


class Laid:
    """The lines of two documents beside each other: which are equal, and how alike the others are,
    which is found out once."""

    def __init__(self, first: Sequence[Told], second: Sequence[Told], embedder: Embedder) -> None:
        """Raises EmbedderError."""
        self._left, self._right, self._equal = _equal(first, second)
        self._titles = [{_key(line.section) for line in lines} for lines in (first, second)]
        words = [line.words for line in (*self._left, *self._right)]
        count = len(self._left)
        if count and self._right:
            vectors = unit(embedder.encode(words))
            self._alike = vectors[:count] @ vectors[count:].T

    def aligned(self, least: float = ALIKE) -> Alignment:
        """Those belong together whose cosine is at least ``least``, or whose words are the same."""
        pairs = self._nearest(least) if self._left and self._right else []
        paired_left, paired_right = {one for one, _ in pairs}, {other for _, other in pairs}
        return Alignment(
            tuple((self._left[one], self._right[other]) for one, other in pairs),
            tuple(line for at, line in enumerate(self._left) if at not in paired_left),
            tuple(line for at, line in enumerate(self._right) if at not in paired_right),
            tuple(pair for pair in self._equal if _is_moved(*pair, *self._titles)),
            len(self._equal),
        )

    def _nearest(self, least: float) -> list[tuple[int, int]]:
        """Which of the one belongs to which of the other, the likest first."""
        pairs: list[tuple[int, int]] = []
        taken_left: set[int] = set()
        taken_right: set[int] = set()
        for flat in np.argsort(-self._alike, axis=None, kind="stable").tolist():
            one, other = divmod(flat, len(self._right))
            cosine = float(self._alike[one, other])
            if cosine < least * SAME_WORDS:
                break
            if one in taken_left or other in taken_right:
                continue
            words = self._left[one].words, self._right[other].words
            if cosine >= least or _in_common(*words) >= SAME_WORDS:
                pairs.append((one, other))
                taken_left.add(one)
                taken_right.add(other)
        return pairs


def _equal(
    first: Sequence[Told], second: Sequence[Told]
) -> tuple[list[Told], list[Told], list[tuple[Told, Told]]]:
    """What of both has no equal in the other, and the pairs that are equal."""
    there: defaultdict[str, list[Told]] = defaultdict(list)
    for line in reversed(second):
        there[_key(line.words)].append(line)
    left: list[Told] = []
    equal: list[tuple[Told, Told]] = []
    for line in first:
        if same := there[_key(line.words)]:
            equal.append((line, same.pop()))
        else:
            left.append(line)
    right = {(line.start, line.end) for lines in there.values() for line in lines}
    return left, [line for line in second if (line.start, line.end) in right], equal


def _is_moved(one: Told, other: Told, first: Set[str], second: Set[str]) -> bool:
    """Whether equal sentences stand in other sections, of which one is in both documents: else the
    section was given another title."""
    old, new = _key(one.section), _key(other.section)
    return old != new and (old in second or new in first)


def _in_common(one: str, other: str) -> float:
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio()


def _key(text: str) -> str:
    """A text without its case, and without the number of a clause, which others move on."""
    return NUMBERED.sub("", text).casefold()
