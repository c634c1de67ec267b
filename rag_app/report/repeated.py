"""What a section says that another has said before, left out: sections know nothing of each other,
and several of their searches find the same."""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.text.analyzer import stems
from ingest.text.sentences import split_sentences
from rag_app.grounding.markers import MARKER
from rag_app.records import Answer

# In words that say something: what is shorter ("It does.") may be said twice.
SHORTEST = 3
# Of the words of two sentences together, so many are in both; their numbers are the same.
SAME = 0.8
WORD = re.compile(r"[^\W\d_]")


class Said:
    """What the sections before have said."""

    def __init__(self) -> None:
        self._said: list[frozenset[str]] = []

    def without_repeats(self, answer: Answer) -> Answer:
        """A section without the sentences that were said before it, and its checks moved along; the
        same where it has none. Its text is "" if nothing is new."""
        kept: list[tuple[int, int]] = []
        own: list[frozenset[str]] = []
        at = 0
        for sentence in _sentences(answer.text):
            start, at = at, at + len(sentence)
            words = _words(sentence)
            if len(words) >= SHORTEST and any(_same(words, one) for one in self._said):
                continue
            own.append(words)
            kept.append((start, at))
        self._said += [one for one in own if len(one) >= SHORTEST]
        if len(kept) == len(_sentences(answer.text)):
            return answer
        return _only(answer, kept)


def _sentences(text: str) -> list[str]:
    """The sentences of a Markdown text, each with what follows it; no line goes on in the next."""
    return [one for line in text.splitlines(keepends=True) for one in split_sentences(line)]


def _words(sentence: str) -> frozenset[str]:
    return frozenset(stems(MARKER.sub(" ", sentence)))


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    numbers = [{word for word in own if any(map(str.isdigit, word))} for own in (one, other)]
    return numbers[0] == numbers[1] and len(one & other) >= SAME * len(one | other)


def _only(answer: Answer, kept: list[tuple[int, int]]) -> Answer:
    """The answer with these stretches of its text alone."""
    text, moves = "", list[tuple[int, int, int]]()
    for start, end in kept:
        moves.append((start, end, len(text) - start))
        text += answer.text[start:end]
    if not WORD.search(text):
        return replace(answer, text="", citations=(), checks=(), unsupported=())

    def shift(place: int) -> int | None:
        return next((by for first, last, by in moves if first <= place < last), None)

    return replace(
        answer,
        text=text.rstrip(),
        checks=tuple(
            replace(one, start=one.start + by, end=min(one.end + by, len(text.rstrip())))
            for one in answer.checks
            if (by := shift(one.start)) is not None
        ),
        unsupported=tuple(
            replace(one, start=one.start + by, end=min(one.end + by, len(text.rstrip())))
            for one in answer.unsupported
            if (by := shift(one.start)) is not None
        ),
    )
