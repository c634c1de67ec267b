"""Pages that are pictures: their lines, read by OCR, as the fragments that a page of text has.

So columns, tables, headings and lists of a scan are found by the same rules.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

import pypdfium2.raw as pdfium

from ingest.load.common.choices import CHOICES
from ingest.load.ocr.engine import LONGEST_SIDE, Line, Lines, Picture, Point, read_lines
from ingest.load.pdf.tables import in_order
from ingest.load.pdf.words import Fragment
from ingest.records import ScannedPage, ScannedWord

MOST_DPI = 300
# A page of text that has less, and a picture on most of it, is read as a picture too.
_THIN = 200  # characters
_MOST_OF_PAGE = 0.5
# The box of a line is this much higher than its type.
_TYPE = 0.72
_DESCENT = 0.22
# And as much wider at both ends, in sizes of type: the gutter of two columns is narrow.
_MARGIN = 0.25
# Boxes of one size of type differ: without a letter that hangs below the line they are a fifth
# lower. What is higher by this is a heading, what is lower by that small print.
_STEP = 1.3
_SMALL = 0.65
_SAME_LINE = 0.45


@dataclass(frozen=True, slots=True)
class Scan:
    """What was read of a page. Lengths of ``fragments`` are in points, y grows upwards; their
    ``spans`` are indexes, counted down from -1, into ``places``: left, top, right and bottom of
    each word in shares of the page as it is shown."""

    fragments: list[Fragment]
    places: list[tuple[float, float, float, float]]


def scanned_page(number: int, scan: Scan) -> ScannedPage:
    """What is kept of a page that is nothing but a picture: its words in their order."""
    words = [
        ScannedWord(word, *(round(10_000 * min(max(side, 0.0), 1.0)) for side in place))
        for fragment in in_order(scan.fragments)
        for word, (first, _) in zip(fragment.text.split(" "), fragment.spans, strict=True)
        for place in [scan.places[-1 - first]]
    ]
    return ScannedPage(number, tuple(words))


def read_by_ocr(pages: Sequence[int]) -> str:
    """What a receipt says of pages that were read so, by their numbers from 1."""
    if len(pages) == 1:
        return f"page {pages[0]} read by OCR"
    is_run = pages[-1] - pages[0] + 1 == len(pages)
    return f"{len(pages):,} pages read by OCR" + f" ({pages[0]} to {pages[-1]})" * is_run


def needs_ocr(page: Any, fragments: Sequence[Fragment]) -> bool:
    """Whether a page of a PDF is a picture, or one with a few words of text on it."""
    mode = CHOICES.get().ocr
    if mode == "off":
        return False
    if mode == "force" and not page.get_rotation():
        return True
    if fragments and sum(len(one.text) for one in fragments) >= _THIN:
        return False
    count = pdfium.FPDFPage_CountObjects(page)
    if not fragments:
        return bool(count > 0)
    width, height = page.get_size()
    area = width * height
    return area > 0 and not page.get_rotation() and _pictured(page, count) > _MOST_OF_PAGE * area


def read_scan(page: Any, number: int, fragments: Sequence[Fragment] = ()) -> Scan:
    """Read a page of a PDF, numbered from 1, by OCR: what its ``fragments`` do not have already.

    Raises pypdfium2.PdfiumError for a page that cannot be drawn.
    """
    width, height = page.get_size()
    if not (math.isfinite(width * height) and width > 0 and height > 0):
        return Scan([], [])
    scale = min(MOST_DPI / 72, LONGEST_SIDE / max(width, height))
    drawn = page.render(scale=scale, rev_byteorder=False).to_numpy()
    left, bottom = page.get_bbox()[:2]
    scan = scan_of(drawn[:, :, :3], number, scale, (left, bottom))
    if not fragments:
        return scan
    return replace(scan, fragments=[one for one in scan.fragments if not _is_there(one, fragments)])


def scan_of(
    picture: Picture, number: int, scale: float, origin: tuple[float, float] = (0.0, 0.0)
) -> Scan:
    """The fragments of a picture with ``scale`` pixels a point."""
    found = read_lines(picture)
    places: list[tuple[float, float, float, float]] = []
    fragments: list[Fragment] = []
    lines = _straight(found)
    size = _sizes([height for _, _, height in lines])
    bases = _bases(lines)
    for (line, (left, _, right, _), height), base in zip(lines, bases, strict=True):
        words = line.text.split()
        spans = []
        for first, last in _shares(words):
            spans.append((-1 - len(places),) * 2)
            places.append(_place(found, line, first, last))
        type_size = size(height) * _TYPE / scale
        # A bar that was taken for a letter is narrower than its margins.
        margin = min(_MARGIN * type_size, (right - left) / scale / 4)
        fragments.append(
            Fragment(
                " ".join(words),
                origin[0] + left / scale + margin,
                origin[0] + right / scale - margin,
                origin[1] + (found.height - base) / scale,
                type_size,
                bold=False,
                page=number,
                spans=tuple(spans),
            )
        )
    order = sorted(range(len(fragments)), key=lambda at: (-fragments[at].base, fragments[at].left))
    return Scan([fragments[at] for at in order], places)


_Area = tuple[float, float, float, float]
# A line with its box, left, top, right and bottom in pixels, and its height, as if the page had
# been laid down straight.
_Straight = tuple[Line, _Area, float]


def _straight(found: Lines) -> list[_Straight]:
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

    straight: list[_Straight] = []
    for line in found.lines:
        xs, ys = zip(*map(turned, line.corners), strict=True)
        straight.append((line, (min(xs), min(ys), max(xs), max(ys)), _side(line)))
    return straight


def _side(line: Line) -> float:
    """The height of a line's box in pixels, along its side."""
    (ax, ay), (bx, by) = line.corners[0], line.corners[3]
    return max(math.hypot(bx - ax, by - ay), 1.0)


def _sizes(heights: Sequence[float]) -> Callable[[float], float]:
    """Heights in steps from the usual one: boxes of one size of type are not all of one height."""
    usual = median(heights) if heights else 1.0

    def size(height: float) -> float:
        if _SMALL < height / usual < 1:
            return usual
        return usual * _STEP ** round(math.log(height / usual, _STEP))

    return size


def _bases(lines: Sequence[_Straight]) -> list[float]:
    """Base lines in pixels from the top; those of boxes that stand side by side are the same."""
    order = sorted(range(len(lines)), key=lambda at: lines[at][1][1] + lines[at][1][3])
    bases = [0.0] * len(lines)
    row: list[int] = []
    for at in order:
        if row and not _is_beside(lines[row[-1]], lines[at]):
            _level(row, lines, bases)
            row = []
        row.append(at)
    _level(row, lines, bases)
    return bases


def _is_beside(one: _Straight, other: _Straight) -> bool:
    apart = abs((one[1][1] + one[1][3]) - (other[1][1] + other[1][3])) / 2
    return apart < _SAME_LINE * min(one[2], other[2])


def _level(row: Sequence[int], lines: Sequence[_Straight], bases: list[float]) -> None:
    if row:
        base = median(lines[at][1][3] - _DESCENT * lines[at][2] for at in row)
        for at in row:
            bases[at] = base


def _shares(words: Sequence[str]) -> Iterator[tuple[float, float]]:
    """Where each word of a line begins and ends, in shares of its length: letters are taken for
    equally wide."""
    length = sum(map(len, words)) + len(words) - 1
    at = 0
    for word in words:
        yield at / length, (at + len(word)) / length
        at += len(word) + 1


def _place(found: Lines, line: Line, first: float, last: float) -> _Area:
    top_left, top_right, bottom_right, bottom_left = line.corners
    corners = [
        (one[0] + share * (two[0] - one[0]), one[1] + share * (two[1] - one[1]))
        for one, two in ((top_left, top_right), (bottom_left, bottom_right))
        for share in (first, last)
    ]
    xs, ys = zip(*map(found.where, corners), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _pictured(page: Any, count: int) -> float:
    """The area of a page's pictures, in square points."""
    sides = left, bottom, right, top = [ctypes.c_float() for _ in range(4)]
    area = 0.0
    for index in range(count):
        drawn = pdfium.FPDFPage_GetObject(page, index)
        is_picture = pdfium.FPDFPageObj_GetType(drawn) == pdfium.FPDF_PAGEOBJ_IMAGE
        if is_picture and pdfium.FPDFPageObj_GetBounds(drawn, *map(ctypes.byref, sides)):
            area += (right.value - left.value) * (top.value - bottom.value)
    return area


def _is_there(one: Fragment, fragments: Sequence[Fragment]) -> bool:
    """Whether text stands where a line was read."""
    middle = (one.left + one.right) / 2
    return any(
        other.left - other.size <= middle <= other.right + other.size
        and abs(other.base - one.base) < max(other.size, one.size)
        for other in fragments
    )
