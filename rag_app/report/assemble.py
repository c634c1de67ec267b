"""Sections to one text: their headings, and their sources numbered through."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from rag_app.grounding.markers import MARKER
from rag_app.records import Answer, Check, Citation, Unsupported

GAP = "\n\n"  # between paragraphs of Markdown
Spans = frozenset[tuple[str, int, int]]


class Section(NamedTuple):
    """A section of a report, as the answer that it was written as."""

    heading: str
    answer: Answer


@dataclass(slots=True)
class Assembled:
    """The sections as one text. Offsets of ``checks`` and ``unsupported`` count its characters."""

    text: str = ""
    citations: list[Citation] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    unsupported: list[Unsupported] = field(default_factory=list)


def assembled(sections: Sequence[Section], lead: str = "") -> Assembled:
    """Sections under their headings. What is cited with the same words in several sections keeps
    one number; numbers rise from 1 in the order in which they are first cited."""
    result = Assembled(lead)
    numbers: dict[Spans, int] = {}
    for heading, answer in sections:
        own: dict[int, list[Citation]] = {}
        for one in answer.citations:
            own.setdefault(one.marker, []).append(one)
        result.text += f"{GAP if result.text else ''}## {heading}{GAP}"
        start = len(result.text)
        ends, shifts, at, text = [0], [0], 0, ""
        renamed: dict[int, int] = {}
        for match in MARKER.finditer(answer.text):
            cited = own.get(int(match[1]))
            if cited is None:  # a mark of the document's, and no source of ours
                marker = f"({match[1]})"
            else:
                spans = frozenset((one.document, one.start, one.end) for one in cited)
                number = numbers.setdefault(spans, len(numbers) + 1)
                renamed[int(match[1])] = number
                marker = f"[{number}]"
            text += answer.text[at : match.start()] + marker
            at = match.end()
            ends.append(at)
            shifts.append(len(text) - at)
        result.text += text + answer.text[at:]

        def moved(
            place: int, start: int = start, ends: list[int] = ends, shifts: list[int] = shifts
        ) -> int:
            return start + place + shifts[bisect_right(ends, place) - 1]

        for one in answer.citations:
            if one.marker in renamed:
                result.citations.append(replace(one, marker=renamed[one.marker]))
        for check in answer.checks:
            moved_check = replace(check, start=moved(check.start), end=moved(check.end))
            result.checks.append(moved_check)
        for lacking in answer.unsupported:
            moved_one = replace(lacking, start=moved(lacking.start), end=moved(lacking.end))
            result.unsupported.append(moved_one)
    return result
