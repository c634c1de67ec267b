"""Where words of a document stand, as a reader is told it."""

from __future__ import annotations

from rag_app.messages.catalogue import say


def place_of(document: str, page: int | None, *, by_ocr: bool = False) -> str:
    """“handbook.pdf, page 3”; only the name where there are no pages. And whether its words were
    read of a picture."""
    place = document
    if page is not None:
        place = say("{document}, page {number}", document=document, number=page)
    return say("{place}, read by OCR", place=place) if by_ocr else place
