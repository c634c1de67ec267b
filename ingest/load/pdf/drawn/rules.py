"""Straight lines across and down a PDF page, however the file draws them: as lines, as thin
rectangles, or as the sides of boxes."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

# A page with more is a drawing.
_MOST_OBJECTS = 5_000
_MOST_SEGMENTS = 500
_MOST_RULES = 2_000
# Points.
_THIN = 2.5
_SAME = 1.5
_SHORTEST = 4.0


class Rule(NamedTuple):
    """A line at a height, or at a distance from the left, from a start to an end, in points."""

    at: float
    start: float
    end: float


class Rules(NamedTuple):
    """The lines of a page; those that touch each other in one line are one."""

    across: list[Rule]
    down: list[Rule]


def rules_of(page: Any) -> Rules:
    """The lines that are drawn on a page; none where they are too many to be those of tables."""
    across: list[Rule] = []
    down: list[Rule] = []
    # PDFium's own handle: pypdfium2 would look it up at each call, of which there are many.
    handle = page.raw
    count = pdfium.FPDFPage_CountObjects(handle)
    if count <= _MOST_OBJECTS:
        for left, bottom, right, top in _strokes(handle, count):
            if top - bottom <= _THIN and right - left >= _SHORTEST:
                across.append(Rule((top + bottom) / 2, left, right))
            elif right - left <= _THIN and top - bottom >= _SHORTEST:
                down.append(Rule((left + right) / 2, bottom, top))
    if len(across) + len(down) > _MOST_RULES:
        return Rules([], [])
    return Rules(list(_joined(across)), list(_joined(down)))


_Box = tuple[float, float, float, float]


def _strokes(page: Any, count: int) -> Iterator[_Box]:
    """The boxes, left, bottom, right and top, of what may be a line."""
    sides = left, bottom, right, top = [ctypes.c_float() for _ in range(4)]
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    for index in range(count):
        drawn = pdfium.FPDFPage_GetObject(page, index)
        if pdfium.FPDFPageObj_GetType(drawn) != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        if not pdfium.FPDFPageObj_GetBounds(drawn, *map(ctypes.byref, sides)):
            continue
        box = left.value, bottom.value, right.value, top.value
        if min(box[2] - box[0], box[3] - box[1]) <= _THIN:
            yield box
            continue
        pdfium.FPDFPath_GetDrawMode(drawn, ctypes.byref(fill), ctypes.byref(stroke))
        if stroke.value:
            yield from _segments(drawn)


def _segments(drawn: Any) -> Iterator[_Box]:
    """The straight pieces of a path."""
    count = pdfium.FPDFPath_CountSegments(drawn)
    matrix = pdfium.FS_MATRIX()
    if count > _MOST_SEGMENTS or not pdfium.FPDFPageObj_GetMatrix(drawn, ctypes.byref(matrix)):
        return
    x, y = ctypes.c_float(), ctypes.c_float()
    first = last = (0.0, 0.0)
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(drawn, index)
        pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        point = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            first = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            yield _around(last, point)
        if pdfium.FPDFPathSegment_GetClose(segment):
            yield _around(point, first)
        last = point


def _around(one: tuple[float, float], other: tuple[float, float]) -> _Box:
    (left, right), (bottom, top) = (sorted(pair) for pair in zip(one, other, strict=True))
    return left, bottom, right, top


def _joined(rules: Iterable[Rule]) -> Iterator[Rule]:
    """The lines, pieces of one line put together."""
    rows: list[list[Rule]] = []
    for rule in sorted(rules, key=attrgetter("at")):
        if rows and rule.at - rows[-1][-1].at <= _SAME:
            rows[-1].append(rule)
        else:
            rows.append([rule])
    for row in rows:
        at = sum(rule.at for rule in row) / len(row)
        start = end = None
        for rule in sorted(row, key=attrgetter("start")):
            if start is None or end is None:
                start, end = rule.start, rule.end
            elif rule.start <= end + _SAME:
                end = max(end, rule.end)
            else:
                yield Rule(at, start, end)
                start, end = rule.start, rule.end
        if start is not None and end is not None:
            yield Rule(at, start, end)
