"""What a PDF holds beside the text of its pages: values in its forms, notes, attached files.

A value stands where its field does, after the words to the left of it, a check box before the words
to the right of it; where a page is read from the right, the other way round. Notes, and words that
were written onto a page, follow the page.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.load.pdf.columns import is_from_right
from ingest.load.pdf.words import Fragment
from ingest.records import Block

_MOST_ANNOTATIONS = 5000
_MOST_ATTACHMENTS = 100
_TEXT_FIELDS = (
    pdfium.FPDF_FORMFIELD_TEXTFIELD,
    pdfium.FPDF_FORMFIELD_COMBOBOX,
    pdfium.FPDF_FORMFIELD_LISTBOX,
)
_BOXES = (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON)
# A window of its own shows what another annotation says; a link's text is on the page.
_SAY_NOTHING = (pdfium.FPDF_ANNOT_POPUP, pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_WIDGET)
_UNSEEN = pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW
_CHECKED, _EMPTY = "☒", "☐"
# A value and the words that name it are at most so far apart, in points.
_FARTHEST = 200.0
_SIZE = 10.0


def with_forms(document: Any) -> Any:
    """Get a document's forms ready, if it has any. Returns it."""
    if pdfium.FPDF_GetFormType(document) != pdfium.FORMTYPE_NONE:
        document.init_forms()
    return document


def beside_text(
    document: Any, page: Any, number: int, fragments: Sequence[Fragment]
) -> tuple[list[Fragment], list[Block]]:
    """The fragments of a page with the values of its fields, and the notes on it."""
    found = list(fragments)
    notes: list[Block] = []
    count = min(pdfium.FPDFPage_GetAnnotCount(page), _MOST_ANNOTATIONS)
    for index in range(count):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            if pdfium.FPDFAnnot_GetFlags(annotation) & _UNSEEN:
                continue
            kind = pdfium.FPDFAnnot_GetSubtype(annotation)
            if kind == pdfium.FPDF_ANNOT_WIDGET and document.formenv is not None:
                value = _value(document.formenv, annotation)
                if value:
                    _put(found, value, annotation, number)
            elif kind not in _SAY_NOTHING:
                notes.extend(_note(annotation, kind, number))
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)
    return found, notes


def attached_files(document: Any) -> Iterator[tuple[str, bytes]]:
    """The names and bytes of the files in a document."""
    for index in range(min(document.count_attachments(), _MOST_ATTACHMENTS)):
        try:
            file = document.get_attachment(index)
            yield " ".join(file.get_name().split()) or "file", bytes(file.get_data())
        except pypdfium2.PdfiumError:
            yield "file", b""


def _note(annotation: Any, kind: int, number: int) -> Iterator[Block]:
    text = _string(annotation, b"Contents")
    if text and kind == pdfium.FPDF_ANNOT_FREETEXT:
        yield Block("paragraph", text, page=number)
    elif text:
        author = _string(annotation, b"T")
        by = f" by {author}" if author else ""
        yield Block("paragraph", f"Comment{by}: {text}", page=number)


def _value(forms: Any, annotation: Any) -> str:
    """What a field says, as it is shown; "" for an empty one, a button or a signature."""
    kind = pdfium.FPDFAnnot_GetFormFieldType(forms, annotation)
    if kind in _BOXES:
        return _CHECKED if pdfium.FPDFAnnot_IsChecked(forms, annotation) else _EMPTY
    if kind in _TEXT_FIELDS:
        return _text(lambda *at: pdfium.FPDFAnnot_GetFormFieldValue(forms, annotation, *at))
    return ""


def _string(annotation: Any, key: bytes) -> str:
    return _text(lambda *at: pdfium.FPDFAnnot_GetStringValue(annotation, key, *at))


def _text(ask: Callable[..., int]) -> str:
    """A text of PDFium's, which is asked for twice: for its length in bytes, and for itself."""
    length = ask(None, 0)
    if length <= 2:
        return ""
    buffer = ctypes.create_string_buffer(length)
    ask(ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), length)
    text = buffer.raw[:length].decode("utf-16-le", errors="replace")
    return " ".join(text.replace("\0", " ").split())


def _put(fragments: list[Fragment], value: str, annotation: Any, number: int) -> None:
    """Put what a field says among the words of its page."""
    box = pdfium.FS_RECTF()
    if not pdfium.FPDFAnnot_GetRect(annotation, ctypes.byref(box)):
        return
    low, high = min(box.bottom, box.top), max(box.bottom, box.top)
    beside = [
        (index, one)
        for index, one in enumerate(fragments)
        if one.upright and low - 0.3 * one.size <= one.base <= high
    ]
    left = [found for found in beside if -_FARTHEST < found[1].right - box.left <= 2]
    right = [found for found in beside if -2 <= found[1].left - box.right < _FARTHEST]
    left.sort(key=lambda found: -found[1].right)
    right.sort(key=lambda found: found[1].left)
    if is_from_right(fragments):
        left, right = right, left
    if value in (_CHECKED, _EMPTY) and right:
        index, one = right[0]
        ends = min(one.left, box.left), max(one.right, box.right)
        fragments[index] = replace(one, text=f"{value} {one.text}", left=ends[0], right=ends[1])
        return
    if left:
        index, one = left[0]
        own = replace(one, text=value, left=box.left, right=box.right, bold=False, spans=())
        fragments.insert(index + 1, own)
        return
    # Below the words that name it, or alone.
    above = [index for index, one in enumerate(fragments) if one.upright and one.base >= low]
    own = Fragment(value, box.left, box.right, low + 0.2 * (high - low), _SIZE, False, number)
    fragments.insert(above[-1] + 1 if above else 0, own)
