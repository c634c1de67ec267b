"""PDF: digits that are raised or lowered, and scripts that are read from the right."""

from __future__ import annotations

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth

from ingest.load.common.scripts import between_lines, is_right_to_left
from tests.ingest.load.samples import Line, load, pdf


def drawn(*pieces: tuple[str, float, float]) -> list[Line]:
    """Texts one after the other on a line, each (text, size, points above the baseline)."""
    lines: list[Line] = []
    x = 72.0
    for text, size, rise in pieces:
        lines.append(Line(x, 700 + rise, text, size))
        # Helvetica's digits, and small letters on average, are about this wide.
        x += 0.556 * size * len(text)
    return lines


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        ((("10", 12, 0), ("6", 7, 5)), "10⁶"),
        ((("3", 12, 0), ("1", 7, 5)), "3¹"),
        ((("273750", 12, 0), ("12", 7, 5)), "273750¹²"),
        ((("aa", 12, 0), ("2", 7, -2)), "aa₂"),
        ((("106", 12, 0),), "106"),
        ((("b2", 12, 0),), "b2"),
        # A heading's first letter is large, not its digits raised.
        ((("b", 24, 0), ("24", 24, 0)), "b24"),
    ],
)
def test_raised_and_lowered_digits(tmp_path, pieces, text):
    assert load(tmp_path, "a.pdf", pdf([drawn(*pieces)])).text == text


def test_lines_of_chinese_and_japanese_are_joined_without_a_space():
    assert between_lines("申请须提前两周", "提交给主管") == ""
    assert between_lines("终止。", "试用期") == ""
    assert between_lines("ひとつ", "ふたつ") == ""
    assert between_lines("the pump", "is off") == " "
    assert between_lines("版本", "3.1") == " "


def test_direction_of_a_text():
    assert is_right_to_left("שלום עולם world")
    assert not is_right_to_left("the word שלום")
    assert not is_right_to_left("12.50")


def test_lines_of_hebrew_are_read_from_the_right(tmp_path):
    """The file draws each word by itself, from the right, as word processors do."""
    lines = ["אבגד הוזח טיכל מנסע", "פצקר שתאב גדהו זחטי", "כלמנ 14 סעפצ."]
    page: list[Line] = []
    for number, line in enumerate(lines):
        right = 500.0
        for word in line.split():
            drawn_from_left = "".join(map(latin, word[::-1] if not word.isdecimal() else word))
            page.append(Line(right - 6.6 * len(word), 700 - 14 * number, drawn_from_left, 11))
            right -= 6.6 * len(word) + 3
    found = load(tmp_path, "a.pdf", hebrew(pdf([page])))
    assert found.text == " ".join(lines)


def test_a_latin_word_among_hebrew_ones_stays_a_word(tmp_path):
    """Where one is drawn close to the next, no space tells them apart."""
    page = [Line(400, 714, "".join(map(latin, "אבגד הוזח טיכל"[::-1])), 11)]
    right = 500.0
    for word, gap in (("אבגד", 3.0), ("PYTHON", 0.0), ("כלמנ", 3.0)):
        drawn_from_left = "".join(map(latin, word if word.isascii() else word[::-1]))
        width = stringWidth(drawn_from_left, "Helvetica", 11)
        page.append(Line(right - width, 700, drawn_from_left, 11))
        right -= width + gap
    found = load(tmp_path, "a.pdf", hebrew(pdf([page])))
    assert "אבגד PYTHON כלמנ" in found.text


def from_left(seen: str, left: float, y: float) -> Line:
    """What is seen from left to right, drawn in that order, as browsers do."""
    return Line(left, y, "".join(map(latin, seen)), 11)


def test_directions_are_told_by_where_letters_stand(tmp_path):
    seen = ".15% ,A7@B.ORG םלכט 14.5 (חזו ה) דגבא"
    read = "אבגד (ה וזח) 14.5 טכלם A7@B.ORG, 15%."
    assert load(tmp_path, "a.pdf", hebrew(pdf([[from_left(seen, 100, 700)]]))).text == read


def test_a_table_of_hebrew_is_read_from_the_right(tmp_path):
    """Its first column is the one to the right; English stands in one of its cells."""
    page = [Line(0, 0, "", before="80 640 320 90 re S 240 640 m 240 730 l S 80 670 m 400 670 l S")]
    page.append(Line(0, 0, "", before="80 700 m 400 700 l S"))
    for number, row in enumerate((("דג", "בא"), ("חז", "וה"), ("TWO WEEKS", "יט"))):
        for left, cell in zip((100, 260), row, strict=True):
            page.append(from_left(cell, left, 710 - 30 * number))
    found = load(tmp_path, "a.pdf", hebrew(pdf([page])))
    assert found.text.splitlines() == ["אב: גד", "הו: זח", "טי: TWO WEEKS"]


HEBREW = "אבגדהוזחטיכלמנסעפצקרשתם"


def latin(letter: str) -> str:
    return chr(ord("a") + HEBREW.index(letter)) if letter in HEBREW else letter


def hebrew(data: bytes) -> bytes:
    """A PDF whose small letters stand for Hebrew ones: by a table that its font has."""
    codes = "".join(
        f"<{ord('a') + place:02x}> <{ord(one):04x}>\n" for place, one in enumerate(HEBREW)
    )
    table = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"{len(HEBREW)} beginbfchar\n{codes}endbfchar\nendcmap end end"
    )
    stream = f"99 0 obj\n<</Length {len(table)}>>\nstream\n{table}\nendstream\nendobj\n"
    font = b"/BaseFont/Helvetica/"
    # Where objects stand is wrong now; PDFium finds them all the same.
    return data.replace(font, b"/ToUnicode 99 0 R" + font).replace(
        b"xref\n", stream.encode() + b"xref\n", 1
    )
