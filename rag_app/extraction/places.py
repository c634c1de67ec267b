"""Places of a document where values stand: under labels, and in sentences.

A label stands before its value on a line ("Total: 12", with a tab, dots or spaces between), at the
head of its column, on the line above, or as a term in quotation marks behind a name (Foo Ltd, the
“Supplier”). What can be read in two ways is read in both; what is asked for decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from ingest.records import PlacedBlock
from ingest.text.sentences import split_sentences
from rag_app.extraction.records import Span
from rag_app.extraction.values import names_in

LONGEST_LABEL = 60
MOST_LABEL_WORDS = 8
# A label that runs on from the value before it has so many words at most.
MOST_RUN_ON = 4
COLON = re.compile(r"[:：](?=\s|$)")
BETWEEN = re.compile(r"\t+| {2,}| \| |;\s+")
LEADER = re.compile(r"\s?(?:\.{3,}|…+|_{3,})\s*")
TERM = re.compile(r"[\s,(]{1,3}(?:[^\W\d_]{1,20}\s){0,4}[“\"„«](?:the\s)?([^“”\"„«»]{2,40})[”\"“»]")
NUMBERED = re.compile(r"(?:§\s?)?(?:\d{1,2}(?:\.\d{1,2})*[.)]?|\(?[a-z]\)|[-•*–])\s+")


class Place(NamedTuple):
    """A stretch ``text[start:end]`` in which a value may stand, the ``label`` it stands under, ""
    in a sentence, and the heading over both. ``quote`` is the stretch to be cited: the label is in
    it where they stand beside each other. ``is_sure`` is false for a second reading;
    ``is_beside`` says that the label stands before it on its line. ``then`` is the
    label that begins where this ends, if it is not known where it begins; "" otherwise."""

    label: str
    start: int
    end: int
    quote: Span
    heading: str = ""
    is_sure: bool = True
    is_beside: bool = False
    then: str = ""


class _Line(NamedTuple):
    start: int
    end: int
    heading: str


def places_in(
    text: str, blocks: Sequence[PlacedBlock], language: str
) -> tuple[list[Place], list[Place]]:
    """The labelled places of a document, and its sentences, both in order."""
    lines = list(_lines(text, blocks))
    labelled: list[Place] = []
    for line in lines:
        labelled += _on_a_line(text, line)
    for upper, lower in pairwise(lines):
        labelled += _below(text, upper, lower)
    labelled += _terms(text, lines)
    return labelled, list(_sentences(text, blocks, language))


def _lines(text: str, blocks: Sequence[PlacedBlock]) -> Iterator[_Line]:
    """The lines of a text that say something, each with the heading over it."""
    heading = ""
    for block in blocks or (PlacedBlock("paragraph", 0, len(text)),):
        at = block.start
        for words in text[block.start : block.end].split("\n"):
            start = at + len(words) - len(words.lstrip())
            end = start + len(words.strip())
            at += len(words) + 1
            if re.search(r"\w", text[start:end]):
                yield _Line(start, end, heading)
        if block.kind == "heading":
            heading = _unnumbered(text[block.start : block.end].strip())


def _unnumbered(heading: str) -> str:
    numbered = NUMBERED.match(heading)
    return heading[numbered.end() :] if numbered else heading


def _cells(text: str, start: int, end: int) -> list[Span]:
    """The cells of a line: what stands between tabs, bars, semicolons or spaces."""
    found, at = [], start
    for match in BETWEEN.finditer(text, start, end):
        if text[at : match.start()].endswith((":", "：")):  # between a label and its value
            continue
        found.append((at, match.start()))
        at = match.end()
    found.append((at, end))
    return [(a, b) for a, b in found if text[a:b].strip()]


def _on_a_line(text: str, line: _Line) -> Iterator[Place]:
    start = line.start
    if numbered := NUMBERED.match(text, start, line.end):
        start = numbered.end()
    if (leader := LEADER.search(text, start, line.end)) and leader.end() < line.end:
        yield from _labelled(text, line, start, leader.start(), leader.end(), line.end)
        return
    cells = _cells(text, start, line.end)
    colons = [[*COLON.finditer(text, a, b)] for a, b in cells]
    if len(cells) == 2 and not any(colons):
        (a, b), (c, d) = cells
        yield from _labelled(text, line, a, b, c, d)
    yield from _beside_its_name(text, line, cells, colons)
    for (a, b), within in zip(cells, colons, strict=True):
        for at, colon in enumerate(within):
            after = within[at + 1] if at + 1 < len(within) else None
            first = within[at - 1].end() if at else a
            end = after.start() if after else b
            if not at:
                yield from _labelled(text, line, a, colon.start(), colon.end(), end, cut=after)
                continue
            for label in _run_on(text, first, colon.start()):
                yield from _labelled(text, line, label, colon.start(), colon.end(), end, cut=after)


def _beside_its_name(
    text: str, line: _Line, cells: Sequence[Span], colons: Sequence[Sequence[re.Match[str]]]
) -> Iterator[Place]:
    """In a row of a table, "Item: Net total; Amount: 12", its last cell under what the first one
    says."""
    if len(cells) < 2 or not all(len(one) == 1 for one in colons):
        return
    label, value = colons[0][0].end(), colons[-1][0].end()
    for place in _labelled(text, line, label, cells[0][1], value, cells[-1][1]):
        yield place._replace(is_sure=False)


def _run_on(text: str, start: int, end: int) -> list[int]:
    """Where a label may begin that stands behind the value of another one: at its last words, the
    first with a capital."""
    words = list(re.finditer(r"\S+", text[start:end]))
    starts = [start + match.start() for match in words[-MOST_RUN_ON:] if match[0][0].isupper()]
    return starts or [start + words[-1].start()] if words else []


def _labelled(
    text: str, line: _Line, a: int, b: int, c: int, d: int, cut: re.Match[str] | None = None
) -> Iterator[Place]:
    """The place ``[c, d)`` under the label ``[a, b)``. With ``cut``, another label ends there whose
    first word is not known: each is tried."""
    label = text[a:b].strip()
    if not _is_label(label):
        return
    ends = [d] if cut is None else _run_on(text, c, cut.start())
    for end in ends:
        if text[c:end].strip():
            then = "" if cut is None else text[end : cut.start()].strip()
            yield Place(label, c, end, (a, end), line.heading, is_beside=True, then=then)


def _is_label(label: str) -> bool:
    return (
        0 < len(label) <= LONGEST_LABEL
        and len(label.split()) <= MOST_LABEL_WORDS
        and re.search(r"[^\W\d_]", label) is not None
        and label[-1] not in ".!,"
    ) or label.endswith(("no.", "No.", "Nr."))


def _below(text: str, upper: _Line, lower: _Line) -> Iterator[Place]:
    """The cells of a line under those of the line above it; a line under a short one."""
    heads, cells = (_split(text, line) for line in (upper, lower))
    if len(heads) != len(cells) or (len(heads) > 1 and upper.heading != lower.heading):
        return
    if len(heads) == 1 and (COLON.search(text, *heads[0]) or COLON.search(text, *cells[0])):
        return
    for (a, b), (c, d) in zip(heads, cells, strict=True):
        label = text[a:b].strip(" :")
        if _is_label(label) and text[c:d].strip() and not re.search(r"\d{3}", label):
            quote = (a, d) if len(heads) == 1 else (c, d)
            yield Place(label, c, d, quote, lower.heading if len(heads) > 1 else "", False)


def _split(text: str, line: _Line) -> list[Span]:
    """The cells of a line; a label and its value are two."""
    found: list[tuple[int, int]] = []
    for a, b in _cells(text, line.start, line.end):
        colon = COLON.search(text, a, b) or LEADER.search(text, a, b)
        found += [(a, colon.start()), (colon.end(), b)] if colon and colon.end() < b else [(a, b)]
    return found


def _terms(text: str, lines: Sequence[_Line]) -> Iterator[Place]:
    """What stands before a term in quotation marks: a party of a contract, by its name."""
    for line in lines:
        at = line.start
        for match in TERM.finditer(text, line.start, line.end):
            names = names_in(text[at : match.start()])
            if names and at + names[-1].end() == match.start():
                start = at + names[-1].start()
                yield Place(match[1], start, match.start(), (start, match.end()), line.heading)
            at = match.end()


def _sentences(text: str, blocks: Sequence[PlacedBlock], language: str) -> Iterator[Place]:
    heading = ""
    for block in blocks or (PlacedBlock("paragraph", 0, len(text)),):
        at = block.start
        if block.kind == "row":  # its cells have labels
            continue
        for words in split_sentences(text[block.start : block.end], language):
            start = at + len(words) - len(words.lstrip())
            end = start + len(words.strip())
            at += len(words)
            if re.search(r"\w{2}", text[start:end]):
                yield Place("", start, end, (start, end), heading)
        if block.kind == "heading":
            heading = _unnumbered(text[block.start : block.end].strip())
