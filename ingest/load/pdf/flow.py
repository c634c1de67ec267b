"""Running text of a PDF page: fragments to lines, lines to paragraphs, items and headings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.load.common.hyphens import HYPHEN
from ingest.load.common.line_ends import LineEnds
from ingest.load.pdf.words import CAPTION, Fragment
from ingest.records import BlockKind

_BULLET = re.compile(r"[•‣◦▪▫●○■□➢✓\uf000-\uf0ff]\s*|[–—*\-o]\s+(?=\S)")
_ORDINAL = re.compile(r"(?:\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]|\[\d{1,3}\])(?=\s)")
_CLAUSE = re.compile(r"\d+(?:\.\d+)+\.?(?=\s+[A-Z])")
_MARKER_ALONE = re.compile(r"[•‣◦▪▫●○■□➢✓–—*\-o\uf000-\uf0ff]|\(?[\da-zA-Z.]{1,8}[.)]?")
_SENTENCE_END = re.compile(r"[.!?:;][\"'”’)\]]*$")

# Measures in multiples of the size of the type.
_SAME_LINE = 0.35
_INDENT = 0.8
_LOOSER = 1.18
_USUAL_PITCH = 1.25
_WIDEST_PITCH = 2.0

# A line that ends at less than this share of the column's width was not broken for want of room.
_SHORT_LINE = 0.8
_SAME_SIZE = 0.06
_HEADING_SIZE = 1.1
_LONGEST_HEADING = 150
_MOST_HEADING_LINES = 3


@dataclass(slots=True)
class Flow:
    """The text of a block, and its look: the size of its type in points, and its weight."""

    kind: BlockKind
    text: str
    page: int
    size: float
    bold: bool
    lines: int


def flows(fragments: Sequence[Fragment], ends: LineEnds) -> Iterator[Flow]:
    """The blocks of consecutive fragments of one page. ``ends`` puts their lines together."""
    lines = _lines(fragments)
    pitch = _pitch(lines)
    right = 0.0
    block: list[Fragment] = []
    column = 0
    for index, line in enumerate(lines):
        if block and _begins_block(block[column:], line, right, pitch):
            yield _flow(block, ends)
            block = []
        if not block or line.base >= block[-1].base:
            # A block may go on at the top of the next column, which has its own edges.
            right, column = _column_right(lines, index), len(block)
        block.append(line)
    if block:
        yield _flow(block, ends)


def is_heading(flow: Flow, body: float, body_is_bold: bool) -> bool:
    """Whether a block stands out from the body, by larger or bolder type, and is short."""
    if flow.kind != "paragraph" or flow.lines > _MOST_HEADING_LINES:
        return False
    if len(flow.text) > _LONGEST_HEADING or CAPTION.match(flow.text):
        return False
    if not any(character.isalpha() for character in flow.text):
        return False
    if flow.size >= _HEADING_SIZE * body:
        return not flow.text.endswith((".", ",", ";")) or flow.size >= 1.4 * body
    bold = flow.bold and not body_is_bold and flow.size >= (1 - _SAME_SIZE) * body
    return bold and not _SENTENCE_END.search(flow.text)


def _lines(fragments: Sequence[Fragment]) -> list[Fragment]:
    """Fragments side by side on one baseline, drawn one after the other, as one line."""
    lines: list[Fragment] = []
    for fragment in fragments:
        last = lines[-1] if lines else None
        if last is not None and _is_same_line(last, fragment):
            last.text = _side_by_side(last.text, fragment.text)
            last.bold = last.bold and fragment.bold
            if _MARKER_ALONE.fullmatch(last.text):
                last.size = fragment.size
            last.right = fragment.right
        else:
            lines.append(fragment)
    return lines


def _side_by_side(left: str, right: str) -> str:
    return LineEnds([]).joined([left, right]) if left.endswith(HYPHEN) else f"{left} {right}"


def _is_same_line(last: Fragment, fragment: Fragment) -> bool:
    if not (last.upright and fragment.upright):
        return False
    near = abs(last.base - fragment.base) <= _SAME_LINE * max(last.size, fragment.size)
    return near and fragment.left >= last.right - 0.5 * fragment.size


def _pitch(lines: Sequence[Fragment]) -> float:
    """The distance of baselines in paragraphs, in multiples of the size of the type."""
    counts: dict[float, int] = {}
    for last, line in pairwise(lines):
        distance = (last.base - line.base) / max(line.size, last.size)
        if 0.8 < distance < _WIDEST_PITCH:
            counts[round(distance, 1)] = counts.get(round(distance, 1), 0) + 1
    return max(counts, key=lambda pitch: (counts[pitch], -pitch), default=_USUAL_PITCH)


def _column_right(lines: Sequence[Fragment], index: int) -> float:
    """Where the column that a line stands in ends: the farthest end of the lines around it."""
    right = lines[index].right
    for step in (1, -1):
        at = index
        while 0 <= at + step < len(lines):
            here, there = lines[at], lines[at + step]
            is_column = step * (here.base - there.base) > 0 and there.left < here.right
            if not is_column or there.right <= here.left:
                break
            right = max(right, there.right)
            at += step
    return right


def _begins_block(block: Sequence[Fragment], line: Fragment, right: float, pitch: float) -> bool:
    last, first = block[-1], block[0]
    if not (line.upright and last.upright):
        return line.upright != last.upright
    size = max(last.size, line.size)
    if abs(line.size - last.size) > _SAME_SIZE * size:
        return True
    if _BULLET.match(line.text):
        return True
    if not _is_wrapped(last, right) and (_ORDINAL.match(line.text) or _CLAUSE.match(line.text)):
        return True
    distance = last.base - line.base
    if distance <= 0:
        # The next column: a sentence may go on there.
        return bool(_SENTENCE_END.search(last.text)) or not line.text[0].islower()
    if distance > min(max(_LOOSER * pitch, pitch + 0.15), _WIDEST_PITCH) * size:
        return True
    runs_on = _is_wrapped(last, right) and line.text[0].islower()
    if line.bold != last.bold and not runs_on and (last.bold or not _is_wrapped(last, right)):
        return True
    hanging = any(marker.match(first.text) for marker in (_BULLET, _ORDINAL, _CLAUSE))
    reference = block[1].left if len(block) > 1 else first.left
    if line.left > reference + _INDENT * size and not hanging and len(block) > 1:
        return True
    if line.left < first.left - _INDENT * size and hanging and not _is_wrapped(last, right):
        return True
    ended = bool(_SENTENCE_END.search(last.text))
    starts = not line.text[0].islower()
    return starts and ended and not _is_full(last, first.left, right, line)


def _is_full(last: Fragment, left: float, right: float, line: Fragment) -> bool:
    """Whether the first word of a line would not have fitted on the line above."""
    word = line.text.split(" ", 1)[0]
    width = (line.right - line.left) * len(word) / max(len(line.text), 1)
    return last.right + width + 0.3 * line.size > right or last.right > left + 0.97 * (right - left)


def _is_wrapped(last: Fragment, right: float) -> bool:
    """Whether a line was broken in the middle of a sentence for want of room."""
    full = last.right - last.left > _SHORT_LINE * (right - last.left)
    return full and not _SENTENCE_END.search(last.text)


def _flow(block: Sequence[Fragment], ends: LineEnds) -> Flow:
    text = ends.joined([line.text for line in block])
    kind: BlockKind = "paragraph"
    bullet = _BULLET.match(text)
    if bullet:
        kind, text = "item", text[bullet.end() :]
    elif _ORDINAL.match(text):
        kind = "item"
    bold = all(line.bold for line in block)
    size = max(block, key=lambda line: len(line.text)).size
    return Flow(kind, text, block[0].page, size, bold, len(block))
