"""A page of a PDF as a picture, and where words of the document's text stand on it.

This runs in a child process: ``ingest.load.sandbox.render`` asks for it.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.errors import BrokenFile
from ingest.load.pdf.align import Found, find_words, pieces
from ingest.load.pdf.marks import Area, around, as_seen, lines_of
from ingest.load.pdf.scanned.pictured import pictures_on
from ingest.load.pdf.scanned.scan import needs_ocr, read_scan
from ingest.load.pdf.tables import in_order
from ingest.load.pdf.words import page_fragments
from ingest.records import Box, PagePicture

# Pixels a point: 144 dpi, which small type needs and screens of today show.
_SCALE = 2.0
# Above this, the picture is made smaller: a page may claim to be as large as a field.
_MOST_PIXELS = 6_000_000
_LONGEST_SIDE = 8_000
_QUALITY = 80


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word of a page, or a sign of one; ``area`` is left, bottom, right, top in points."""

    text: str
    area: Area
    begins_word: bool = True


def draw_page(data: bytes, number: int, text: str, spans: Sequence[tuple[int, int]]) -> PagePicture:
    """Draw a page, numbered from 1, and find the words at ``spans`` of its ``text`` on it.

    Raises BrokenFile.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise BrokenFile("it cannot be opened as a PDF") from error
    try:
        if not 0 < number <= len(document):
            raise BrokenFile(f"it has no page {number}")
        page = document[number - 1]
        try:
            return _draw(page, text, spans)
        finally:
            page.close()
    except pypdfium2.PdfiumError as error:
        raise BrokenFile(f"page {number} is damaged") from error
    finally:
        document.close()


def _draw(page: Any, text: str, spans: Sequence[tuple[int, int]]) -> PagePicture:
    width, height = page.get_size()
    if not (math.isfinite(width * height) and width > 0 and height > 0):
        raise BrokenFile("the page has no size")
    scale = min(
        _SCALE, math.sqrt(_MOST_PIXELS / (width * height)), _LONGEST_SIDE / max(width, height)
    )
    words, found = _find(page, text, spans)
    picture = page.render(scale=scale).to_pil()
    boxes = list(_boxes(page, [words[index] for index in found.words]))
    seen = [box for box in boxes if box.width > 0 and box.height > 0]
    image = BytesIO()
    picture.convert("RGB").save(image, "WEBP", quality=_QUALITY)
    return PagePicture(
        image=image.getvalue(),
        width=picture.width,
        height=picture.height,
        boxes=tuple(seen),
        words=as_seen((words[at].text, words[at].begins_word) for at in found.words),
        is_whole=not found.missing and len(seen) == len(boxes),
    )


def _find(page: Any, text: str, spans: Sequence[tuple[int, int]]) -> tuple[list[PlacedWord], Found]:
    if not spans:
        return [], Found((), ())
    text_page = page.get_textpage()
    try:
        words = list(page_words(page, text_page))
    finally:
        text_page.close()
    return words, find_words(text, spans, [word.text for word in words])


def page_words(page: Any, text_page: Any) -> Iterator[PlacedWord]:
    """The words of a page in the order in which the document's text has them: columns one after
    the other, tables row by row. What was read by OCR is read so again."""
    box = pdfium.FS_RECTF()
    at = ctypes.byref(box)
    fragments, places = page_fragments(text_page, 1), []
    is_scan = needs_ocr(page, fragments)
    areas = [] if is_scan else [area for area, _ in pictures_on(page, fragments)]
    if is_scan or areas:
        scan = read_scan(page, 1, fragments, areas)
        fragments, places = [*fragments, *scan.fragments], scan.places

    def area(first: int, last: int) -> Area:
        areas: list[Area] = []
        for index in (first, last):
            if index < 0:
                areas.append(_on_page(page, places[-1 - index]))
            elif pdfium.FPDFText_GetLooseCharBox(text_page, index, at):
                areas.append((box.left, box.bottom, box.right, box.top))
        return around(areas)

    for fragment in in_order(fragments):
        for word, (first, last) in zip(fragment.text.split(" "), fragment.spans, strict=True):
            signs = pieces(word)
            if len(signs) < 2 or last - first != len(word) - 1:
                yield PlacedWord(word, area(first, last))
                continue
            for start, end in signs:
                place = area(first + start, first + end - 1)
                yield PlacedWord(word[start:end], place, begins_word=not start)


def _boxes(page: Any, words: Sequence[PlacedWord]) -> Iterator[Box]:
    """The words' places in shares of the picture, those of a line as one."""
    return (_on_picture(page, line) for line in lines_of(word.area for word in words))


def _on_page(page: Any, place: Area) -> Area:
    """A place on the picture, in shares, as one on the page, in points."""
    x, y = ctypes.c_double(), ctypes.c_double()
    corners: list[tuple[float, float]] = []
    for across, down in (place[:2], place[2:]):
        at = (round(across * _UNITS), round(down * _UNITS))
        pdfium.FPDF_DeviceToPage(
            page, 0, 0, _UNITS, _UNITS, 0, *at, ctypes.byref(x), ctypes.byref(y)
        )
        corners.append((x.value, y.value))
    (left, right), (bottom, top) = (sorted(sides) for sides in zip(*corners, strict=True))
    return left, bottom, right, top


_UNITS = 1_000_000
"""Into how many parts each side of the picture is counted: PDFium gives places as whole numbers."""


def _on_picture(page: Any, area: Area) -> Box:
    """A place on the page as one on the picture, as far as it is on it: PDFium knows how the page
    is turned and cropped."""
    x, y = ctypes.c_int(), ctypes.c_int()
    corners: list[tuple[int, int]] = []
    for across, up in (area[:2], area[2:]):
        pdfium.FPDF_PageToDevice(
            page, 0, 0, _UNITS, _UNITS, 0, across, up, ctypes.byref(x), ctypes.byref(y)
        )
        corners.append((x.value, y.value))
    (left, right), (top, bottom) = (
        sorted(min(max(side / _UNITS, 0.0), 1.0) for side in sides)
        for sides in zip(*corners, strict=True)
    )
    return Box(left, top, right - left, bottom - top)
