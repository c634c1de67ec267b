"""Words of a PDF page that are there and not seen: drawn without ink, or white on white.

The layer of text that OCR puts over a scan is drawn without ink too; it stays, since a picture lies
under it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import pypdfium2.raw as pdfium

# Each channel of a colour, of 255, from which it is white to a reader.
_WHITE = 240

_Box = tuple[float, float, float, float]


class Unseen:
    """Tells which characters of one page cannot be seen. What else is drawn is looked at when the
    first of them is met."""

    def __init__(self, text_page: Any) -> None:
        self._text_page = text_page
        self._handle = text_page.raw
        self._suspects: dict[int, bool] = {}
        self._grounds: list[_Box] | None = None

    def hides(self, index: int, box: Any) -> bool:
        """Whether a character in a box on the page, in points, is not seen."""
        drawn = pdfium.FPDFText_GetTextObject(self._handle, index)
        if not drawn:
            return False
        address = ctypes.addressof(drawn.contents)
        if address not in self._suspects:
            self._suspects[address] = _has_no_ink(drawn)
        if not self._suspects[address]:
            return False
        if self._grounds is None:
            # The largest first: one of them is enough.
            found = _grounds(self._text_page.page)
            self._grounds = sorted(found, key=lambda b: (b[2] - b[0]) * (b[1] - b[3]))
        x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
        return not any(
            left <= x <= right and bottom <= y <= top for left, bottom, right, top in self._grounds
        )


def _has_no_ink(drawn: Any) -> bool:
    mode = pdfium.FPDFTextObj_GetTextRenderMode(drawn)
    if mode == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE:
        return True
    return mode == pdfium.FPDF_TEXTRENDERMODE_FILL and _is_white(drawn)


def _is_white(drawn: Any) -> bool:
    """Whether an object is filled with white, or with nothing."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium.FPDFPageObj_GetFillColor(drawn, *map(ctypes.byref, (red, green, blue, alpha))):
        return False
    return alpha.value == 0 or min(red.value, green.value, blue.value) >= _WHITE


def _grounds(page: Any) -> Iterator[_Box]:
    """The boxes of what is drawn on a page beside text, but for white areas and bare lines."""
    sides = left, bottom, right, top = [ctypes.c_float() for _ in range(4)]
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    for index in range(pdfium.FPDFPage_CountObjects(page)):
        drawn = pdfium.FPDFPage_GetObject(page, index)
        kind = pdfium.FPDFPageObj_GetType(drawn)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            continue
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            pdfium.FPDFPath_GetDrawMode(drawn, ctypes.byref(fill), ctypes.byref(stroke))
            if fill.value == pdfium.FPDF_FILLMODE_NONE or _is_white(drawn):
                continue
        if pdfium.FPDFPageObj_GetBounds(drawn, *map(ctypes.byref, sides)):
            yield left.value, bottom.value, right.value, top.value
