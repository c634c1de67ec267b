"""What is larger or bolder on a scan is a heading; pictures on pages of text are read."""

from __future__ import annotations

import io
from pathlib import Path

import reportlab
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ingest.load.common.choices import CHOICES, Choices
from ingest.load.read import load_bytes
from tests.ingest.load.ocr.test_scans import saved
from tests.ingest.load.samples import blocks

FONTS = Path(reportlab.__file__).parent / "fonts"
TEXT = [f"Line {number} says what boats of guests pay in the harbour." for number in range(6)]


def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / ("VeraBd.ttf" if bold else "Vera.ttf")), size)


def test_headings_of_a_scan_are_told_by_their_type() -> None:
    page = Image.new("L", (1000, 800), 255)
    draw = ImageDraw.Draw(page)
    top = 60
    for text, size, bold in (
        ("Moorings of guests", 44, True),
        ("What a mooring costs", 34, True),
        ("A mooring for the night is ten pounds for boats of", 26, False),
        ("up to nine metres, and fifteen for all the others.", 26, False),
        ("Arrival in the evening", 26, True),
        ("The warden is there until nine. Later guests take a", 26, False),
        ("place at the outer pier, and pay in the morning.", 26, False),
    ):
        draw.text((60, top), text, fill=0, font=font(size, bold=bold))
        top += 2 * size
    kinds = [kind for kind, _ in blocks(load_bytes(saved(page), "scan.png"))]
    assert kinds == ["h1", "h2", "paragraph", "h3", "paragraph"]


def pasted(rows: list[tuple[str, ...]]) -> Image.Image:
    """A table as a picture. The last label has two lines, with the numbers beside their middle."""
    picture = Image.new("L", (900, 420), 235)
    draw = ImageDraw.Draw(picture)
    for number, row in enumerate(rows):
        for left, cell in zip((40, 400, 680), row, strict=True):
            y = 50 + 66 * number - (18 if "\n" in cell else 0)
            draw.text((left, y), cell, fill=0, font=font(28))
    return picture


def document(*pictures: Image.Image) -> bytes:
    """A page of text for each picture, which stands below it."""
    file = io.BytesIO()
    canvas = Canvas(file)
    for picture in pictures:
        for number, line in enumerate(TEXT):
            canvas.drawString(72, 760 - 14 * number, line)
        canvas.drawImage(ImageReader(picture), 72, 380, 450, 210)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def test_a_table_that_was_pasted_as_a_picture_is_read_once() -> None:
    table = pasted(
        [("Plan", "Week", "Month"), ("Guest", "45", "150"), ("Guest with\na trailer", "80", "260")]
    )
    data = document(table, table)
    found = load_bytes(data, "fees.pdf")
    before = CHOICES.set(Choices(ocr="off"))
    without = load_bytes(data, "fees.pdf")
    CHOICES.reset(before)
    read = "Text in a picture:\n\nPlan: Guest; Week: 45; Month: 150"
    read += "\nPlan: Guest with a trailer; Week: 80; Month: 260\n\n"
    assert found.text.replace(read, "") == without.text
    assert found.text.index(read) < found.page_starts[1]
    assert (found.notes, without.notes) == (("text of 1 picture read by OCR",), ())
