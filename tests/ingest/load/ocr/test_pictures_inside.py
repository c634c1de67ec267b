"""Pictures that stand in Word, PowerPoint and EPUB files: their text is read where they stand."""

from __future__ import annotations

import io
from collections.abc import Callable

import docx
import pptx
import pytest
from PIL import Image

from ingest.load.common.choices import CHOICES, Choices
from ingest.load.image import inside
from ingest.load.pdf.scanned import pictured
from ingest.load.read import load_bytes
from ingest.records import LoadedDocument
from tests.ingest.load.ocr.test_scans import LINES, picture, saved
from tests.ingest.load.samples import zipped
from tests.ingest.load.web.test_epub import BOOK

FEE = LINES[1]
SIGN = saved(picture())
ICON = saved(picture(("A",)).resize((90, 64)))


def word(*pictures: bytes) -> bytes:
    """Each picture between two paragraphs."""
    document = docx.Document()
    document.add_paragraph("Before the sign.")
    for one in pictures:
        document.add_picture(io.BytesIO(one))
    document.add_paragraph("After the sign.")
    return _saved(document)


def slides(*pictures: bytes) -> bytes:
    """A slide for each picture, with a title."""
    presentation = pptx.Presentation()
    for number, one in enumerate(pictures, 1):
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        slide.shapes.title.text = f"Slide {number}"
        slide.shapes.add_picture(io.BytesIO(one), 0, 0)
    return _saved(presentation)


def book(*pictures: bytes) -> bytes:
    """A page with the pictures between two paragraphs."""
    images = "".join(f'<p><img src="../p{n}.png" alt="sign"/></p>' for n in range(len(pictures)))
    page = f"<html><body><p>Before the sign.</p>{images}<p>After the sign.</p></body></html>"
    files = {f"OEBPS/p{n}.png": one for n, one in enumerate(pictures)}
    return zipped({**BOOK, **files, "OEBPS/text/two b.xhtml": page})


def _saved(document: object) -> bytes:
    file = io.BytesIO()
    document.save(file)  # type: ignore[attr-defined]
    return file.getvalue()


def parts(document: LoadedDocument) -> list[str]:
    return [document.text[block.start : block.end] for block in document.blocks]


@pytest.mark.parametrize(("made", "name"), [(word, "a.docx"), (book, "a.epub")])
def test_text_on_a_picture_stands_where_the_picture_does(
    made: Callable[..., bytes], name: str
) -> None:
    read = load_bytes(made(SIGN, ICON), name)
    found = parts(read)
    place = found.index(pictured.BEGINS)
    # It is no heading of the document, however large its type.
    assert read.blocks[place + 1].kind == "paragraph" and found[place + 1] == LINES[0]
    assert found.index("Before the sign.") < place < found.index("After the sign.")
    assert FEE in read.text and "text of 1 picture read by OCR" in read.notes


def test_text_on_a_slide_has_its_page_and_a_logo_is_read_once() -> None:
    read = load_bytes(slides(ICON, SIGN, SIGN), "a.pptx")
    assert read.text.count(FEE) == 1
    assert read.page_starts[1] < read.text.index(FEE) < read.page_starts[2]
    assert read.notes == ("text of 1 picture read by OCR",)


@pytest.mark.parametrize(("made", "name"), [(word, "a.docx"), (slides, "a.pptx"), (book, "a.epub")])
def test_pictures_are_left_alone_where_ocr_is_off(made: Callable[..., bytes], name: str) -> None:
    before = CHOICES.set(Choices(ocr="off"))
    try:
        read = load_bytes(made(SIGN), name)
    finally:
        CHOICES.reset(before)
    assert FEE not in read.text and not read.notes


def test_a_picture_too_many_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside, "MOST", 1)
    other = saved(Image.new("L", (300, 200), 255))
    read = load_bytes(word(SIGN, other), "a.docx")
    assert FEE in read.text
    assert read.notes == ("text of 1 picture read by OCR", "1 picture not read")
