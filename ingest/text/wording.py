"""Phrases for a reader: a count with its noun."""

from __future__ import annotations


def many(count: int, what: str) -> str:
    """“1 page”, “1,200 pages”."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def capital(clause: str) -> str:
    """A clause as it stands by itself: “the file is empty” as “The file is empty”."""
    return clause[:1].upper() + clause[1:]


def with_page(document: str, page: int | None, *, by_ocr: bool = False) -> str:
    """“handbook.pdf, page 3”; only the name where there are no pages. And whether its words were
    read of a picture."""
    place = document if page is None else f"{document}, page {page}"
    return f"{place}, read by OCR" if by_ocr else place
