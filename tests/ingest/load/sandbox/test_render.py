"""Pages as pictures, and the words of the document's text on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO

import numpy as np
import numpy.typing as npt
import pypdfium2
import pytest
from PIL import Image

from ingest.errors import BrokenFile
from ingest.load.pdf.align import find_words
from ingest.load.pdf.picture import page_words
from ingest.load.read import load_bytes, load_file
from ingest.load.sandbox.render import picture_of
from ingest.records import LoadedDocument, PagePicture
from ingest.text.sentences import split_sentences
from tests.conftest import DATA
from tests.ingest.load.samples import Line, Page, column, pdf, table

WANTED = "Dogs must be kept on a lead."
PDFS = sorted((DATA / "documents").rglob("*.pdf"))


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def pages_of(document: LoadedDocument) -> Iterator[tuple[int, str]]:
    ends = [*document.page_starts, len(document.text)]
    for number, start in enumerate(document.page_starts, start=1):
        yield number, document.text[start : ends[number]]


def ink(picture: PagePicture) -> npt.NDArray[np.bool_]:
    """Where the picture is dark, shape (height, width)."""
    return np.asarray(Image.open(BytesIO(picture.image)).convert("L")) < 128


def ink_in_boxes(picture: PagePicture) -> npt.NDArray[np.bool_]:
    """The same, of the boxes alone."""
    dark = ink(picture)
    height, width = dark.shape
    kept = np.zeros_like(dark)
    for left, top, wide, high in picture.boxes:
        rows = slice(int(top * height), int((top + high) * height) + 2)
        columns = slice(int(left * width), int((left + wide) * width) + 2)
        kept[rows, columns] = dark[rows, columns]
    return kept


def drawn(data: bytes, words: str, page: int = 1) -> PagePicture:
    """The page of a PDF with words of its text marked."""
    text = dict(pages_of(load_bytes(data, "a.pdf")))[page]
    start = text.index(words)
    return picture_of(data, page, text, [(start, start + len(words))])


@pytest.mark.slow
@pytest.mark.parametrize("path", PDFS, ids=lambda path: path.stem)
def test_every_sentence_of_the_samples_is_found_word_for_word(path):
    """All sentences, by what finds them; and the first page as it is drawn."""
    data, document = path.read_bytes(), load_file(path)
    pages = pypdfium2.PdfDocument(data)
    count = 0
    for number, text in pages_of(document):
        words = [
            word.text for word in page_words(pages[number - 1], pages[number - 1].get_textpage())
        ]
        at = 0
        for part in split_sentences(text):
            span, at = (at, at + len(part.rstrip())), at + len(part)
            found = find_words(text, [span], words)
            assert not found.missing
            said = "".join(words[index] for index in found.words)
            assert letters(said) == letters(text[slice(*span)])
            count += 1
    assert count > 50
    text = dict(pages_of(document))[1]
    picture = picture_of(data, 1, text, [(0, len(text))])
    assert letters(picture.words) == letters(text) and picture.is_whole


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
@pytest.mark.parametrize("crop", [None, (60, 200, 595, 842)])
def test_the_boxes_hold_the_ink_of_the_words_on_turned_and_cropped_pages(quarters, crop):
    document = pypdfium2.PdfDocument(pdf([[Line(72, 700, WANTED, 14)]]))
    page = document[0]
    page.set_rotation(90 * quarters)
    if crop:
        page.set_cropbox(*crop)
    stream = BytesIO()
    document.save(stream)
    picture = drawn(stream.getvalue(), WANTED)
    wide, high = (535, 642) if crop else (595, 842)
    assert (picture.width, picture.height) == (
        (2 * high, 2 * wide) if quarters % 2 else (2 * wide, 2 * high)
    )
    assert picture.is_whole and len(picture.boxes) == 1
    assert ink(picture).any()
    assert (ink_in_boxes(picture) == ink(picture)).all()


def test_words_outside_of_what_the_page_shows_are_not_all_there():
    document = pypdfium2.PdfDocument(pdf([[Line(72, 700, WANTED, 14)]]))
    document[0].set_cropbox(0, 0, 595, 300)
    stream = BytesIO()
    document.save(stream)
    picture = drawn(stream.getvalue(), WANTED)
    assert not picture.is_whole and not picture.boxes


COLUMNS = [
    [f"Line {number} of the left column goes on", f"Line {number} of the right one fills its own"]
    for number in range(20)
]
HYPHENS = ["The price holds for every ther-", "mometer that is bought in a shop", "of ours."]


@pytest.mark.parametrize(
    ("page", "words", "lines"),
    [
        # Drawn line by line across both columns, and read one column after the other.
        (
            [
                Line(left, 760 - 14 * number, text, 11)
                for number, row in enumerate(COLUMNS)
                for left, text in zip((60, 310), row, strict=True)
            ],
            f"{COLUMNS[3][1]} {COLUMNS[4][1]}",
            2,
        ),
        (column(HYPHENS), "every thermometer that is bought in a shop", 2),
        # The same words often: only the sentence that is meant.
        (column(["It is so. It is so here.", "It is so."]), "It is so here.", 1),
        (
            table(
                [["Plan", "Price"], ["Basic", "10 EUR"], ["Family", "20 EUR"]],
                (72, 250),
                bold_header=True,
            ),
            "Plan: Family; Price: 20 EUR",
            4,
        ),
    ],
    ids=["columns", "hyphens", "repeated", "table"],
)
def test_what_the_text_put_in_order_is_found_where_it_stands(page: Page, words: str, lines: int):
    picture = drawn(pdf([page]), words)
    assert letters(picture.words) == letters(words)
    assert picture.is_whole
    assert len(picture.boxes) == lines


def test_the_names_of_columns_are_marked_where_they_head_them():
    rows = [["Plan", "What it is"], ["Basic", "A plan for one"], ["Family", "For all"]]
    data = pdf([table(rows, (72, 250), bold_header=True)])
    picture = drawn(data, "Plan: Family; What it is: For all")
    assert picture.words.split() == ["Plan", "Family", "What", "it", "is", "For", "all"]


def test_words_that_are_not_on_the_page_are_not_marked():
    data = pdf([column(["Dogs must be kept on a lead."])])
    picture = picture_of(data, 1, "Cats must not.", [(0, 14)])
    assert not picture.is_whole
    assert "cats" not in letters(picture.words)


@pytest.mark.parametrize("box", ["0 0 14400 14400", "0 0 9000000 9000000", "0 0 3 900000"])
def test_a_page_of_any_size_makes_a_picture_of_bounded_size(box: str):
    data = pdf([column([WANTED])]).replace(b"0 0 595 842", box.encode())
    try:
        picture = picture_of(data, 1)
    except BrokenFile:
        return  # PDFium has limits of its own
    assert picture.width * picture.height <= 6_100_000
    assert max(picture.width, picture.height) <= 8001


@pytest.mark.parametrize(
    ("data", "page", "limits", "reason"),
    [
        (b"%PDF-1.4 nothing", 1, {}, "cannot be opened"),
        (pdf([column([WANTED])]), 2, {}, "no page 2"),
        (pdf([column([WANTED])]), 1, {"seconds": 0.0}, "took longer than 0 s"),
        (pdf([column([WANTED])]), 1, {"memory_megabytes": 1}, "drawing it failed|memory"),
    ],
    ids=["damaged", "no page", "time", "memory"],
)
def test_what_cannot_be_drawn_says_why(
    data: bytes, page: int, limits: dict[str, float], reason: str
):
    with pytest.raises(BrokenFile, match=reason):
        picture_of(data, page, **limits)


def test_a_page_full_of_one_word_is_given_up_in_time():
    text = "so " * 6000
    lines: Sequence[str] = [("so " * 60).strip()] * 100
    picture = picture_of(pdf([column(lines, size=2, pitch=5)]), 1, text, [(0, 20)])
    assert not picture.is_whole
