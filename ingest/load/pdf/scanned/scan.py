"""Pages that are pictures: their lines, read by OCR, as the fragments that a page of text has.

So columns, tables, headings and lists of a scan are found by the same rules.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium

from ingest.load.common.choices import CHOICES
from ingest.load.common.hyphens import HYPHEN
from ingest.load.ocr.engine import LONGEST_SIDE, Line, Lines, Picture, read_lines
from ingest.load.ocr.ink import are_bold, ink_of
from ingest.load.pdf.scanned.straight import Area, bases_of, sizes_of, straight
from ingest.load.pdf.tables import in_order
from ingest.load.pdf.words import Fragment
from ingest.records import ScannedPage, ScannedWord

MOST_DPI = 300
# A page of text that has less, and a picture on most of it, is read as a picture too.
_THIN = 200  # characters
_MOST_OF_PAGE = 0.5
# The box of a line is this much wider at both ends, in sizes of type: the gutter of two columns is
# narrow.
_MARGIN = 0.25
# Two lines of one label, in sizes of type, and the cells beside it.
_NEXT_LINE = 2.0
_MOST_CELLS = 20


_DIVIDED = re.compile(r"[^\W\d_]-$")


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


def read_scan(
    page: Any,
    number: int,
    fragments: Sequence[Fragment] = (),
    areas: Sequence[Area] = (),
) -> Scan:
    """Read a page of a PDF, numbered from 1, by OCR: what its ``fragments`` do not have already.
    With ``areas`` (left, bottom, right, top, in points), only what stands there.

    Raises pypdfium2.PdfiumError for a page that cannot be drawn.
    """
    width, height = page.get_size()
    if not (math.isfinite(width * height) and width > 0 and height > 0):
        return Scan([], [])
    scale = min(MOST_DPI / 72, LONGEST_SIDE / max(width, height))
    drawn = page.render(scale=scale, rev_byteorder=False).to_numpy()
    left, bottom = page.get_bbox()[:2]
    picture = drawn[:, :, :3]
    if areas:
        picture = _only(picture, areas, scale, (left, bottom + height))
    scan = scan_of(picture, number, scale, (left, bottom))
    if not fragments:
        return scan
    return replace(scan, fragments=[one for one in scan.fragments if not _is_there(one, fragments)])


def _only(
    picture: Picture, areas: Sequence[Area], scale: float, corner: tuple[float, float]
) -> Picture:
    """A picture of a page, whose upper left corner is given in points, white but for some areas."""
    white = np.full_like(picture, 255)
    for left, bottom, right, top in areas:
        x = slice(*(max(round((side - corner[0]) * scale), 0) for side in (left, right)))
        y = slice(*(max(round((corner[1] - side) * scale), 0) for side in (top, bottom)))
        white[y, x] = picture[y, x]
    return white


def scan_of(
    picture: Picture, number: int, scale: float, origin: tuple[float, float] = (0.0, 0.0)
) -> Scan:
    """The fragments of a picture with ``scale`` pixels a point."""
    found = read_lines(picture)
    upright = np.rot90(picture, found.turns)
    places: list[tuple[float, float, float, float]] = []
    fragments: list[Fragment] = []
    lines = straight(found)
    inks = [ink_of(upright, line) for line, _, _ in lines]
    sizes = sizes_of(lines, inks)
    bold = are_bold(inks)
    bases = bases_of(lines, inks, sizes)
    for at, (line, (left, _, right, _), _) in enumerate(lines):
        words = [*line.text.split()]
        if _DIVIDED.search(words[-1]):
            words[-1] = words[-1][:-1] + HYPHEN
        spans = []
        for first, last in _shares(words):
            spans.append((-1 - len(places),) * 2)
            places.append(_place(found, line, first, last))
        type_size = sizes[at] / scale
        # A bar that was taken for a letter is narrower than its margins.
        margin = min(_MARGIN * type_size, (right - left) / scale / 4)
        fragments.append(
            Fragment(
                " ".join(words),
                origin[0] + left / scale + margin,
                origin[0] + right / scale - margin,
                origin[1] + (found.height - bases[at]) / scale,
                type_size,
                bold[at],
                page=number,
                spans=tuple(spans),
            )
        )
    fragments.sort(key=lambda one: (-one.base, one.left))
    return Scan(list(_with_labels_whole(fragments)), places)


def _with_labels_whole(fragments: Sequence[Fragment]) -> Iterator[Fragment]:
    """The lines from the top down, but where two of them are the label of a row whose other cells
    stand beside their middle: then both come before these."""
    waiting = list(fragments)
    while waiting:
        first = waiting.pop(0)
        yield first
        row = [one for one in waiting[:_MOST_CELLS] if first.base > one.base]
        rest = next((at for at, one in enumerate(row) if one.left < first.right), 0)
        if rest >= 2 and _is_rest(first, row[rest], row[:rest]):
            yield waiting.pop(waiting.index(row[rest]))


def _is_rest(first: Fragment, second: Fragment, between: Sequence[Fragment]) -> bool:
    apart = first.base - second.base
    middle = (first.base + second.base) / 2
    return (
        second.right > first.left
        and apart < _NEXT_LINE * first.size
        and all(abs(one.base - middle) < apart / 4 for one in between)
    )


def _shares(words: Sequence[str]) -> Iterator[tuple[float, float]]:
    """Where each word of a line begins and ends, in shares of its length: letters are taken for
    equally wide."""
    length = sum(map(len, words)) + len(words) - 1
    at = 0
    for word in words:
        yield at / length, (at + len(word)) / length
        at += len(word) + 1


def _place(found: Lines, line: Line, first: float, last: float) -> Area:
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
