"""PDF, by PDFium: where the words stand on the page says what is a heading, a table or a list.

PDFium is not made for several threads, so one file is read at a time in a process.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any, NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.errors import BrokenFile, NoText
from ingest.load.common.choices import CHOICES
from ingest.load.common.compose import compose
from ingest.load.nesting import attachment_blocks
from ingest.load.ocr.garbled import is_garbled, says_the_same
from ingest.load.ocr.told import begin_page
from ingest.load.pdf.beside import attached_files, beside_text, with_forms
from ingest.load.pdf.blocks import page_blocks
from ingest.load.pdf.drawn.cells import divided
from ingest.load.pdf.drawn.grid import Grid, grids_of
from ingest.load.pdf.drawn.rules import rules_of
from ingest.load.pdf.running_headers import without_running_headers
from ingest.load.pdf.scanned.pictured import Pictured
from ingest.load.pdf.scanned.scan import needs_ocr, read_by_ocr, read_scan, scanned_page
from ingest.load.pdf.words import Fragment, page_fragments
from ingest.records import Block, LoadedDocument, ScannedPage

_PDFIUM = threading.Lock()

# A file can claim any number of pages; nobody has one with more.
_MOST_PAGES = 50_000

_DATE = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?")
_FILE_NAME = re.compile(r"\.[a-z]{2,5}$", re.I)
_NO_TITLE = re.compile(
    r"untitled|\(anonymous\)|title|document\d*|microsoft (word|powerpoint|excel) - .*|\W*", re.I
)


def read(data: bytes, name: str) -> LoadedDocument:
    """Read a PDF. Raises NoText for one without text, and BrokenFile.

    A page that cannot be loaded counts as a page without text. A page that is a picture is read by
    OCR (``ingest.load.pdf.scanned.scan``), which the document's notes say.
    """
    with _PDFIUM:
        pages, information, files, pictured = _read_pages(data)
    fragments = [page.fragments for page in pages]
    notes = [note for page in pages for note in page.notes]
    attached = list(attachment_blocks(files))
    empty = sum(not page for page in fragments)
    if empty == len(pages) and not notes and not attached:
        raise NoText(_no_text(len(pages)))
    blocks: list[Block] = []
    if empty < len(pages):
        shown = without_running_headers(fragments, [page.height for page in pages])
        blocks = page_blocks(shown, [page.grids for page in pages])
    title = _title(information.get("Title", ""), name) or _title_on_first_page(blocks)
    # In the order of the pages, notes at the end of each.
    blocks = sorted([*blocks, *notes], key=lambda block: block.page or 0) + attached
    metadata = {
        "author": _author(information.get("Author", "")),
        "created": _created(information.get("CreationDate", "")),
    }
    metadata = {key: value for key, value in metadata.items() if value}
    told = [*_read_by_ocr(pages), *pictured.notes()]
    document = compose("pdf", blocks, title=title, pages=len(pages), metadata=metadata, notes=told)
    # A note on a page does not make up for its text.
    pictures = {number for number, page in enumerate(fragments, 1) if not page}
    return replace(
        document,
        empty_pages=tuple(sorted({*document.empty_pages, *pictures})),
        scans=tuple(page.scan for page in pages if page.scan),
    )


class _Page(NamedTuple):
    """A page's fragments, the notes on it, its height in points, and the grids that are drawn on
    it. ``scan`` is None where it has
    text of its own, ``is_garbled`` True where that is of no use."""

    fragments: list[Fragment]
    notes: list[Block]
    height: float
    by_ocr: bool = False
    scan: ScannedPage | None = None
    is_garbled: bool = False
    grids: Sequence[Grid] = ()


def _read_pages(
    data: bytes,
) -> tuple[list[_Page], dict[str, str], list[tuple[str, bytes]], Pictured]:
    """The pages, the file's information, the files that are attached to it, and what became of the
    pictures on its pages of text."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise BrokenFile("protected by a password") from error
        if error.err_code == pdfium.FPDF_ERR_SECURITY:
            raise BrokenFile("protected in a way that is not supported") from error
        raise BrokenFile("damaged: it cannot be opened as a PDF") from error
    try:
        count = len(document)
        if not count:
            raise BrokenFile("damaged: it has no pages")
        if count > _MOST_PAGES:
            raise BrokenFile(f"claims to have {count:,} pages")
        with_forms(document)
        pictured = Pictured()
        pages = [_read_page(document, index, count, pictured) for index in range(count)]
        information = document.get_metadata_dict()
        files = list(attached_files(document))
    finally:
        document.close()
    return pages, information, files, pictured


def _read_page(document: Any, index: int, count: int, pictured: Pictured) -> _Page:
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return _Page([], [], 0.0)
    try:
        text_page = page.get_textpage()
        try:
            grids = grids_of(rules_of(page))
            fragments = divided(page_fragments(text_page, index + 1), grids, text_page)
        finally:
            text_page.close()
        height, own, scan = float(page.get_height()), fragments, None
        on_pictures: list[Block] = []
        is_suspect = CHOICES.get().ocr != "off" and is_garbled(_text(own))
        if is_suspect or needs_ocr(page, own):
            begin_page(index + 1, count)
            scan = read_scan(page, index + 1, () if is_suspect else own)
        elif areas := pictured.to_read(page, own):
            begin_page(index + 1, count)
            seen = read_scan(page, index + 1, own, areas).fragments
            on_pictures = pictured.blocks(seen, len(areas), index + 1)
        if scan is not None and is_suspect:
            is_suspect = not says_the_same(_text(own), _text(scan.fragments))
            own, scan = ([], scan) if is_suspect and scan.fragments else (own, None)
        fragments = [*own, *scan.fragments] if scan is not None else own
        fragments, notes = beside_text(document, page, index + 1, fragments)
        notes = [*on_pictures, *notes]
        if scan is None or not scan.fragments:
            return _Page(fragments, notes, height, grids=grids)
        kept = None if own else scanned_page(index + 1, scan)
        return _Page(fragments, notes, height, by_ocr=True, scan=kept, is_garbled=is_suspect)
    except pypdfium2.PdfiumError:
        return _Page([], [], 0.0)
    finally:
        page.close()


def _text(fragments: Sequence[Fragment]) -> str:
    return "\n".join(fragment.text for fragment in fragments)


def _read_by_ocr(pages: Sequence[_Page]) -> Iterator[str]:
    """What a receipt says of the pages that were read so."""
    by_ocr = [(number, page) for number, page in enumerate(pages, 1) if page.by_ocr]
    if numbers := [number for number, page in by_ocr if not page.is_garbled]:
        yield read_by_ocr(numbers)
    if numbers := [number for number, page in by_ocr if page.is_garbled]:
        yield f"{read_by_ocr(numbers)} instead of garbled text"


def _no_text(pages: int) -> str:
    where = "its page" if pages == 1 else f"any of its {pages:,} pages"
    if CHOICES.get().ocr == "off":
        return f"no text on {where}: it is probably a scan, and RAG_OCR is off"
    return f"no text on {where}, and OCR found none"


def _title(title: str, name: str) -> str | None:
    """The title in the file's information, if somebody meant it."""
    title = " ".join(title.split())
    if _NO_TITLE.fullmatch(title) or _FILE_NAME.search(title):
        return None
    return None if title == PurePath(name).stem else title


def _author(author: str) -> str:
    """The author in the file's information, if there is one."""
    return "" if author.strip("()") in ("anonymous", "unspecified") else author


def _title_on_first_page(blocks: Sequence[Block]) -> str | None:
    """The heading in the largest type on page 1, else the first heading.

    A title page that holds nothing but headings gives all of them: the first may be no more
    than the name of the company.
    """
    headings = [block for block in blocks if block.kind == "heading"]
    first_page = [block for block in blocks if block.page == 1]
    if first_page and len(first_page) <= 3 and all(b.kind == "heading" for b in first_page):
        return ": ".join(block.text for block in first_page)
    candidates = [block for block in headings if block.page == 1] or headings[:1]
    return min(candidates, key=lambda block: block.level).text if candidates else None


def _created(date: str) -> str:
    """The day in a PDF's date ("D:20240131..."), in ISO form; "" if there is none."""
    found = _DATE.match(date)
    return "-".join(part for part in found.groups() if part) if found else ""
