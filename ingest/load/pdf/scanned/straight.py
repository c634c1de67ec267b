"""Lines of a page as if it had been laid down straight: boxes, base lines and sizes of type."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from ingest.load.ocr.engine import Line, Lines, Point
from ingest.load.ocr.ink import Ink, one_size

# The box of a line is this much higher than its type.
_TYPE = 0.72
_DESCENT = 0.22
# Boxes of one size of type differ: what is less high or low than this is of the usual size.
_STEP = 1.3
_SMALL = 0.65
# Base lines of one line differ by less, in sizes of type.
_SAME_LINE = 0.25

Area = tuple[float, float, float, float]
# A line with its box, left, top, right and bottom in pixels, and its height, as if the page had
# been laid down straight.
Straight = tuple[Line, Area, float]


def straight(found: Lines) -> list[Straight]:
    """The lines, turned by the slope that most of the long ones have."""
    slopes = [
        math.atan2(one.corners[1][1] - one.corners[0][1], one.corners[1][0] - one.corners[0][0])
        for one in found.lines
        if one.corners[1][0] - one.corners[0][0] > 5 * _side(one)
    ]
    slope = median(slopes) if slopes else 0.0
    cosine, sine = math.cos(-slope), math.sin(-slope)
    middle = (found.width / 2, found.height / 2)

    def turned(point: Point) -> Point:
        x, y = point[0] - middle[0], point[1] - middle[1]
        return (middle[0] + x * cosine - y * sine, middle[1] + x * sine + y * cosine)

    lines: list[Straight] = []
    for line in found.lines:
        xs, ys = zip(*map(turned, line.corners), strict=True)
        lines.append((line, (min(xs), min(ys), max(xs), max(ys)), _side(line)))
    return lines


def _side(line: Line) -> float:
    """The height of a line's box in pixels, along its side."""
    (ax, ay), (bx, by) = line.corners[0], line.corners[3]
    return max(math.hypot(bx - ax, by - ay), 1.0)


def sizes_of(lines: Sequence[Straight], inks: Sequence[Ink | None]) -> list[float]:
    """The size of each line's type in pixels, by its ink, or its height where that tells nothing.
    What is of few letters, or is told by its height, and is near the usual size has that size."""
    sure = one_size([ink.size for ink in inks if ink is not None and ink.is_sure])
    usual = median(sure.values()) if sure else 0.0

    def size(height: float, ink: Ink | None) -> float:
        if ink is not None and ink.size in sure:
            return sure[ink.size]
        near = _TYPE * height if ink is None else ink.size
        return usual if usual and _SMALL < near / usual < _STEP else near

    return [size(height, ink) for (_, _, height), ink in zip(lines, inks, strict=True)]


def bases_of(
    lines: Sequence[Straight], inks: Sequence[Ink | None], sizes: Sequence[float]
) -> list[float]:
    """Base lines in pixels from the top; those of lines side by side are the same."""
    bases = [
        top + ink.base * (bottom - top) if ink is not None else bottom - _DESCENT * height
        for (_, (_, top, _, bottom), height), ink in zip(lines, inks, strict=True)
    ]
    row: list[int] = []
    for at in [*sorted(range(len(lines)), key=bases.__getitem__), -1]:
        if row and (
            at < 0 or bases[at] - bases[row[-1]] > _SAME_LINE * min(sizes[at], sizes[row[-1]])
        ):
            level = median(bases[one] for one in row)
            for one in row:
                bases[one] = level
            row = []
        row.append(at)
    return bases
