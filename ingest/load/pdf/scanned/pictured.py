"""Pictures on pages of text: what is written on them, such as a table that was pasted as a picture.

A picture that text stands on is a ground, or a scan whose text is there; one that comes again, such
as a letterhead, is read where it stands first.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from time import monotonic
from typing import Any

import pypdfium2.raw as pdfium

from ingest.load.common.choices import CHOICES
from ingest.load.common.left_out import LeftOut
from ingest.load.pdf.blocks import page_blocks
from ingest.load.pdf.words import Fragment
from ingest.records import Block
from ingest.text.wording import many

Area = tuple[float, float, float, float]
"""Left, bottom, right and top, in points."""

# Points, and a share of the page: what is smaller is a logo or a line.
_NARROWEST, _LOWEST = 100.0, 30.0
_LEAST_OF_PAGE = 0.06
BEGINS = "Text in a picture:"
"""What stands before the text of each picture."""
MOST = 50
"""Pictures of one document."""
MOST_SECONDS = 120.0
"""For all of them."""


def pictures_on(page: Any, fragments: Sequence[Fragment]) -> list[tuple[Area, Any]]:
    """The pictures on a page where none of its ``fragments`` stands, and PDFium's objects; none
    where pictures are not to be read."""
    width, height = page.get_size()
    if CHOICES.get().ocr == "off" or page.get_rotation():
        return []
    return [
        (area, drawn)
        for area, drawn in _pictures(page)
        if area[2] - area[0] >= _NARROWEST
        and area[3] - area[1] >= _LOWEST
        and (area[2] - area[0]) * (area[3] - area[1]) >= _LEAST_OF_PAGE * width * height
        and not any(_is_on(one, area) for one in fragments)
    ]


def picture_blocks(fragments: Sequence[Fragment]) -> list[Block]:
    """What was read of a picture, if anything, with a line that says so. The largest type of a
    picture is no heading of the document."""
    if not fragments:
        return []
    found = page_blocks([fragments])
    return [
        Block("paragraph", BEGINS),
        *(
            replace(one, kind="paragraph", level=0) if one.kind == "heading" else one
            for one in found
        ),
    ]


class Pictured:
    """Which pictures of one document are read, within limits."""

    def __init__(self) -> None:
        self._seen: set[bytes] = set()
        self._read = 0
        self._left_out = LeftOut()
        self._began: float | None = None

    def to_read(self, page: Any, fragments: Sequence[Fragment]) -> list[Area]:
        """Where the pictures on a page stand that were not met before."""
        found: list[Area] = []
        for area, drawn in pictures_on(page, fragments):
            key = _key(drawn)
            if key in self._seen:
                continue
            self._seen.add(key)
            self._began = self._began or monotonic()
            if len(self._seen) > MOST or monotonic() - self._began > MOST_SECONDS:
                self._left_out["picture"] += 1
            else:
                found.append(area)
        return found

    def blocks(self, fragments: Sequence[Fragment], pictures: int, page: int) -> list[Block]:
        """What was read of the pictures on a page, to stand at its end."""
        self._read += pictures if fragments else 0
        return [replace(block, page=page) for block in picture_blocks(fragments)]

    def notes(self) -> tuple[str, ...]:
        """What a receipt says: “text of 2 pictures read by OCR”, “1 picture not read”."""
        told = (f"text of {many(self._read, 'picture')} read by OCR",) if self._read else ()
        return (*told, *self._left_out.notes())


def _pictures(page: Any) -> Iterator[tuple[Area, Any]]:
    sides = left, bottom, right, top = [ctypes.c_float() for _ in range(4)]
    for index in range(pdfium.FPDFPage_CountObjects(page)):
        drawn = pdfium.FPDFPage_GetObject(page, index)
        is_picture = pdfium.FPDFPageObj_GetType(drawn) == pdfium.FPDF_PAGEOBJ_IMAGE
        if is_picture and pdfium.FPDFPageObj_GetBounds(drawn, *map(ctypes.byref, sides)):
            yield (left.value, bottom.value, right.value, top.value), drawn


def _is_on(fragment: Fragment, area: Area) -> bool:
    left, bottom, right, top = area
    return bottom <= fragment.base <= top and left <= (fragment.left + fragment.right) / 2 <= right


def _key(drawn: Any) -> bytes:
    """What a picture is told by: its bytes as they are stored."""
    size = pdfium.FPDFImageObj_GetImageDataRaw(drawn, None, 0)
    data = ctypes.create_string_buffer(max(size, 1))
    pdfium.FPDFImageObj_GetImageDataRaw(drawn, data, size)
    return sha256(data.raw).digest()
