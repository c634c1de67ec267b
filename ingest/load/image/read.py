"""Pictures of text: PNG, JPEG, TIFF of several pages, WebP, BMP and GIF."""

from __future__ import annotations

from dataclasses import replace

from ingest.errors import EmptyFile, UnknownFormat
from ingest.load.common.choices import CHOICES
from ingest.load.common.compose import compose
from ingest.load.image.frames import as_array, frames, pages_of, pixels_a_point
from ingest.load.ocr.told import begin_page
from ingest.load.pdf.blocks import page_blocks
from ingest.load.pdf.scanned.scan import read_by_ocr, scan_of, scanned_page
from ingest.load.pdf.words import Fragment
from ingest.records import LoadedDocument, ScannedPage

# Pixels: what is smaller on both sides is an icon.
SMALLEST = 64


def read(data: bytes, _: str) -> LoadedDocument:
    """Read a picture by OCR. Raises EmptyFile for one without text, BrokenFile, and UnknownFormat
    where pictures are not to be read."""
    if CHOICES.get().ocr == "off":
        raise UnknownFormat("a picture; pictures are not read, because RAG_OCR is off")
    count = pages_of(data)
    pages: list[list[Fragment]] = []
    scans: list[ScannedPage] = []
    for number, frame in enumerate(frames(data), 1):
        if max(frame.size) < SMALLEST:
            pages.append([])
            continue
        begin_page(number, max(count, number))
        scan = scan_of(as_array(frame), number, pixels_a_point(frame))
        pages.append(scan.fragments)
        scans.append(scanned_page(number, scan))
    read_pages = [number for number, page in enumerate(pages, 1) if page]
    if not read_pages:
        raise EmptyFile("a picture without text")
    note = read_by_ocr(read_pages) if len(pages) > 1 else "read by OCR"
    document = compose("image", page_blocks(pages), pages=len(pages), notes=(note,))
    return replace(document, scans=tuple(scans))
