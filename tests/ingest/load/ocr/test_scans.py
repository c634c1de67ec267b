"""Scans and pictures: read by OCR whichever way they are turned, and marked at their words."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from email.message import EmailMessage
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.errors import BrokenFile, EmptyFile, NoText, UnknownFormat
from ingest.load.common.choices import CHOICES, Choices
from ingest.load.ocr.engine import Line, Lines
from ingest.load.pdf.scanned.scan import scan_of, scanned_page
from ingest.load.read import load_bytes
from ingest.load.sandbox.reader import IsolatedReader
from rag_app import open_engine
from rag_app.cli.main import answer_lines
from rag_app.collection.page_pictures import Quoted
from rag_app.ui.chat.sources.source import marker_chips, sources_of
from tests.conftest import REPOSITORY
from tests.ingest.load.samples import column, pdf

LINES = (
    "Harbour rules",
    "The mooring fee is 45 pounds a week.",
    "Boats longer than 12 metres pay 80 pounds.",
    "The gate is locked at nine in the evening.",
)
WORDS = set(" ".join(LINES).split())
SIZE = (900, 640)


def picture(lines: Sequence[str] = LINES, *, size: tuple[int, int] = SIZE) -> Image.Image:
    """Lines of type, the first larger, on a white page."""
    page = Image.new("L", size, 255)
    draw = ImageDraw.Draw(page)
    top = 60
    for number, line in enumerate(lines):
        height = 44 if number == 0 else 30
        draw.text((60, top), line, fill=0, font=ImageFont.load_default(height))
        top += 3 * height
    return page


def saved(page: Image.Image, form: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    page.save(file, form, **options)
    return file.getvalue()


@pytest.fixture
def without_ocr() -> Iterator[None]:
    before = CHOICES.set(Choices(ocr="off"))
    yield
    CHOICES.reset(before)


@pytest.mark.parametrize(
    "degrees",
    [
        0,
        90,
        pytest.param(180, marks=pytest.mark.long),
        pytest.param(270, marks=pytest.mark.long),
    ],
)
def test_a_picture_is_read_whichever_way_it_is_turned(degrees: int) -> None:
    read = load_bytes(saved(picture().rotate(degrees, expand=True)), "photo.png")
    assert set(read.text.split()) == WORDS
    assert next(block.kind for block in read.blocks) == "heading"
    assert read.notes == ("read by OCR",)
    [scan] = read.scans
    place = next(word for word in scan.words if word.text == "mooring")
    # 145 of 900 and 192 of 640 on the upright page, turned with it.
    x, y = (place.left + place.right) / 20_000, (place.top + place.bottom) / 20_000
    turned = {0: (x, y), 90: (1 - y, x), 180: (1 - x, 1 - y), 270: (y, 1 - x)}[degrees]
    assert turned == pytest.approx((0.19, 0.33), abs=0.05)


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "BMP", "GIF"])
def test_other_formats_are_read_by_what_they_are(form: str) -> None:
    read = load_bytes(saved(picture(LINES[:2]), form), "photo.png")
    assert "mooring fee is 45 pounds" in read.text and read.kind == "image"


def test_a_page_that_lies_aslant_keeps_its_lines() -> None:
    slanting = picture().rotate(3, expand=True, fillcolor=255)
    lines = load_bytes(saved(slanting), "photo.png").text.split("\n")
    assert next(line for line in lines if line) == LINES[0]


@pytest.mark.long
def test_a_fax_of_two_pages_has_both() -> None:
    pages = [picture(), picture(("Second page", "Keys are kept by the warden."))]
    fax = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    read = load_bytes(fax, "fax.tiff")
    assert len(read.page_starts) == 2
    assert "warden" in read.text[read.page_starts[1] :]
    assert read.notes == ("2 pages read by OCR (1 to 2)",)


def test_rows_of_a_scanned_table_stay_together() -> None:
    page = Image.new("L", (900, 500), 255)
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(28)
    rows = [("Size", "Week", "Month"), ("Small", "45", "150"), ("Large", "80", "260")]
    for line, row in enumerate(rows):
        for place, cell in enumerate(row):
            draw.text((80 + 280 * place, 80 + 70 * line), cell, fill=0, font=font)
    read = load_bytes(saved(page), "table.png")
    assert any("Large" in line and "80" in line and "260" in line for line in read.text.split("\n"))


@pytest.mark.usefixtures("without_ocr")
def test_nothing_is_read_where_it_is_not_wanted() -> None:
    with pytest.raises(UnknownFormat, match="RAG_OCR is off"):
        load_bytes(saved(picture()), "photo.png")
    with pytest.raises(NoText, match="RAG_OCR is off"):
        load_bytes(saved(picture(), "PDF"), "scan.pdf")


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (lambda: saved(Image.new("L", (800, 600), 255)), EmptyFile, "without text"),
        (lambda: saved(Image.new("L", (16, 16), 0)), EmptyFile, "without text"),
        (lambda: saved(picture())[:900], BrokenFile, "damaged"),
        (lambda: saved(Image.new("1", (20_000, 20_000), 1)), BrokenFile, "too large"),
    ],
)
def test_what_is_no_text_is_told(
    data: Callable[[], bytes], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        load_bytes(data(), "photo.png")


def test_text_of_a_pdf_is_never_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.load.pdf.read.read_scan", lambda *_: pytest.fail("read by OCR"))
    assert "mooring" in load_bytes(pdf([column(list(LINES))]), "typed.pdf").text


@pytest.mark.long
def test_each_page_has_the_time_of_a_file_and_is_told() -> None:
    pages = [picture(), picture(), picture()]
    scan = saved(pages[0], "PDF", save_all=True, append_images=pages[1:])
    told: list[tuple[int, int]] = []
    with IsolatedReader(seconds=60) as reader:
        read = reader.load(scan, "scan.pdf", lambda page, of: told.append((page, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert len(read.scans) == 3 and read.notes == ("3 pages read by OCR (1 to 3)",)


def test_reading_a_scan_leaves_nothing_in_the_home(tmp_path: Path) -> None:
    """ONNX Runtime would keep there what it sends to its maker."""
    home, scan = tmp_path / "home", tmp_path / "scan.png"
    home.mkdir()
    scan.write_bytes(saved(picture()))
    code = (
        "import sys, pathlib; from ingest.load.read import load_file;"
        "print(load_file(pathlib.Path(sys.argv[1])).text)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(scan)],
        capture_output=True,
        text=True,
        check=True,
        cwd=REPOSITORY,
        env={**os.environ, "HOME": str(home), "ORT_DISABLE_TELEMETRY": ""},
    )
    assert "45 pounds" in done.stdout
    assert list(home.rglob("*")) == [] and "telemetry" not in done.stderr


def test_two_scans_in_a_mail_are_read_each_from_its_first_page() -> None:
    mail = EmailMessage()
    mail.set_content("Two signs, as they hang now.")
    for name in ("north", "south"):
        scan = saved(picture((f"The {name} quay is closed.",)))
        mail.add_attachment(scan, maintype="image", subtype="png", filename=f"{name}.png")
    told: list[tuple[int, int]] = []
    with IsolatedReader(seconds=60) as reader:
        read = reader.load(mail.as_bytes(), "a.eml", lambda *page: told.append(page))
    assert "north quay" in read.text and "south quay" in read.text
    assert told == [(1, 1), (1, 1)]


def test_a_scan_answers_with_its_page_marked(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "scan.pdf").write_bytes(saved(picture(), "PDF"))
    report = ingest_paths([tmp_path / "scan.pdf"], store=tmp_path / "store", embedder=embedder)
    assert report.files[0].reason == "page 1 read by OCR"
    with open_engine(tmp_path / "store", embedder=embedder) as engine:
        answer = engine.ask("How much is the mooring fee?")
        assert "45 pounds" in answer.text and answer.citations[0].page == 1
        # Wherever the citation stands, it says that a letter may be wrong.
        assert answer.citations[0].by_ocr
        assert "[1] scan.pdf, page 1, read by OCR" in answer_lines(answer)
        assert "scan.pdf, page 1, read by OCR" in marker_chips(answer)[1][0]
        assert [source.by_ocr for source in sources_of(answer, engine)] == [True]
        words = "45 pounds a week"
        start = engine.document_text("scan.pdf").index(words)
        quoted = Quoted(start, start + len(words), words)
        drawn = engine.collection.page_picture("scan.pdf", 1, [quoted])
    assert drawn.is_whole and drawn.words == words + "."
    [box] = drawn.boxes
    assert 0.25 < box.left < 0.5 and 0.2 < box.top < 0.4 and box.height < 0.1


def test_a_bar_at_the_edge_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    """What OCR takes for a letter may be many times higher than it is wide."""

    def line(text: str, left: float, top: float, right: float, bottom: float) -> Line:
        return Line(text, 0.9, ((left, top), (right, top), (right, bottom), (left, bottom)))

    found = [line("Boats pay here.", 40, 30 * at, 300, 30 * at + 24) for at in range(30)]
    found.append(line("l", 596, 0, 600, 300))
    monkeypatch.setattr(
        "ingest.load.pdf.scanned.scan.read_lines", lambda _: Lines(tuple(found), 0, 600, 900)
    )
    scan = scan_of(np.zeros((900, 600, 3), np.uint8), 1, 1.0)
    assert all(one.left <= one.right for one in scan.fragments)
    assert len(scanned_page(1, scan).words) == 91
