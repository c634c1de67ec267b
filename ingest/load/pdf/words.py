"""The words of a PDF page with their places, joined into fragments of lines.

Lengths are in points (1/72 inch), y grows upwards. PDFium gives the characters in the order in
which the file draws them. A call for each character's box would cost as much as all the rest, so
boxes are asked for at the first and last character of a word.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pypdfium2.raw as pdfium

from ingest.load.common.hyphens import HYPHEN
from ingest.load.common.scripts import is_right_to_left
from ingest.load.pdf.directions import Place, has_right_to_left, ordered_words
from ingest.load.pdf.glyphs import Glyphs, raised_beside
from ingest.load.pdf.unseen import Unseen

# PDFium marks a hyphen that ends a line with U+0002; U+FFFE is the same in its text functions.
# How the caption of a table or a figure begins.
CAPTION = re.compile(r"(?:table|figure|fig\.|tabelle|abbildung|tableau|tabla)\s+\d", re.I)
_WORD = re.compile("[^\\s\x02\ufffe]+[\x02\ufffe]?")
_LINE = re.compile(r"[^\r\n]+")
# The dots between a title and its page number, and lines to write on.
_LEADER = re.compile(r"(?:[.·…_] ?){5,}")
_BOLD_NAME = re.compile(rb"bold|black|heavy|semib|demi", re.I)
_BOLD_WEIGHT = 600

# Words on one baseline belong together up to this gap, in heights of a line (about 1.2 times
# the size of the type). A word space is 0.2; table cells are seldom less than 0.8 apart.
_WIDEST_SPACE = 0.75
_SAME_BASELINE = 0.25

# A raised or lowered figure ("m2", a note's number) stands close to the word it belongs to.
_RAISED = 0.45
_CLOSE = 0.3


@dataclass(slots=True)
class Fragment:
    """Words on one baseline. ``text`` ends in ``HYPHEN`` where a word may be divided.

    ``size`` is that of the type in points. ``upright`` is False for text that runs in another
    direction than most of its page; its place then says nothing about its order. ``spans`` are the
    indexes of the first and last character of each word.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool
    page: int
    upright: bool = True
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True)
class _Word:
    text: str
    first: int
    last: int
    left: float
    right: float
    base: float
    height: float


def page_fragments(text_page: Any, number: int) -> list[Fragment]:
    """The fragments of a page in the order of the file. ``number`` counts from 1."""
    # PDFium's own handle: pypdfium2 would look it up at each call, of which there are many.
    handle = text_page.raw
    text = _page_text(handle)
    if not text:
        return []
    unseen = Unseen(text_page)
    lines = [(found.start(), found.group()) for found in _LINE.finditer(text)]
    turns = [_quarter_turns(handle, start) for start, _ in lines]
    main = _most_text(turns, lines)
    from_right = is_right_to_left(text)
    font = _Fonts(handle)
    glyphs = Glyphs(handle, font.size)
    fragments: list[Fragment] = []
    words: list[_Word] = []
    for (start, line), turn in zip(lines, turns, strict=True):
        if turn == 0 and (from_right or has_right_to_left(line)):
            pieces = _ordered(handle, glyphs, line, start, from_right)
        else:
            pieces = _drawn(line, start)
        found = list(_line_words(handle, unseen, glyphs, pieces, main or 0, turn == main))
        if turn == main:
            words.extend(found)
        elif found:
            fragments.extend(_fragments(words, font, number))
            words = []
            fragments.extend(_turned(found, font, number))
    fragments.extend(_fragments(words, font, number))
    if main:
        # PDFium gives the lines of a page that is turned in an order of its own.
        fragments.sort(key=lambda one: (not one.upright, -round(one.base), one.left))
    return fragments


def _page_text(text_page: Any) -> str:
    """The characters of a page in the order of the file, by their index; of leaders, spaces."""
    # One call for each character; the call for a whole text is limited to 16-bit characters.
    code = pdfium.FPDFText_GetUnicode
    count = max(pdfium.FPDFText_CountChars(text_page), 0)
    text = "".join([chr(code(text_page, index) or 0x20) for index in range(count)])
    return _LEADER.sub(lambda found: " " * len(found.group()), text)


def _quarter_turns(text_page: Any, index: int) -> int | None:
    """How often a character is turned left by 90 degrees; None if it stands aslant."""
    # PDFium counts clockwise.
    turns = -pdfium.FPDFText_GetCharAngle(text_page, index) / (math.pi / 2)
    nearest = round(turns)
    return nearest % 4 if abs(turns - nearest) < 0.1 else None


def _most_text(turns: list[int | None], lines: list[tuple[int, str]]) -> int | None:
    lengths: dict[int | None, int] = {}
    for turn, (_, line) in zip(turns, lines, strict=True):
        lengths[turn] = lengths.get(turn, 0) + len(line)
    return max(lengths, key=lambda turn: lengths[turn], default=0)


_Pieces = Iterator[tuple[str, int, int]]
"""Words and the indexes of their first and last characters."""


def _drawn(line: str, start: int) -> _Pieces:
    """The words of a line in the order in which they are drawn."""
    for found in _WORD.finditer(line):
        yield found.group(), start + found.start(), start + found.end() - 1


def _ordered(text_page: Any, glyphs: Glyphs, line: str, start: int, from_right: bool) -> _Pieces:
    """The words of a line of several directions in the order in which they are read."""
    box = pdfium.FS_RECTF()

    def place(index: int) -> Place:
        pdfium.FPDFText_GetLooseCharBox(text_page, index, ctypes.byref(box))
        height = max(abs(box.top - box.bottom), 1.0)
        return Place(box.left, box.right, height, *glyphs.origin(index))

    yield from ordered_words(line, start, place, from_right)


def _line_words(
    text_page: Any, unseen: Unseen, glyphs: Glyphs, pieces: _Pieces, turns: int, is_upright: bool
) -> Iterator[_Word]:
    first_box, last_box = pdfium.FS_RECTF(), pdfium.FS_RECTF()
    first_at, last_at = ctypes.byref(first_box), ctypes.byref(last_box)
    turn = _TURN_BACK[turns]
    for word, first, last in pieces:
        pdfium.FPDFText_GetLooseCharBox(text_page, first, first_at)
        if unseen.hides(first, first_box):
            continue
        pdfium.FPDFText_GetLooseCharBox(text_page, last, last_at)
        origin = glyphs.origin(first)
        if turns:
            a, b = turn(first_box.left, first_box.bottom), turn(first_box.right, first_box.top)
            c, d = turn(last_box.left, last_box.bottom), turn(last_box.right, last_box.top)
            sides = a[0], b[0], c[0], d[0]
            base, height = turn(*origin)[1], abs(b[1] - a[1])
        else:
            # Nearly all pages are, and this is done for each word.
            sides = first_box.left, first_box.right, last_box.left, last_box.right
            base, height = origin[1], abs(first_box.top - first_box.bottom)
        height = max(height, 1.0)
        if is_upright and last - first == len(word) - 1:
            word = glyphs.word(word, first, height, turn)
        if word[-1] in "\x02\ufffe":
            word = word[:-1] + HYPHEN
        yield _Word(word, first, last, min(sides), max(sides), base, height)


_TURN_BACK: tuple[Callable[[float, float], tuple[float, float]], ...] = (
    lambda x, y: (x, y),
    lambda x, y: (y, -x),
    lambda x, y: (-x, -y),
    lambda x, y: (-y, x),
)


class _Fonts:
    """Size and weight of the characters of one page; fonts are looked up once."""

    def __init__(self, text_page: Any) -> None:
        self._text_page = text_page
        self._bold: dict[int, bool] = {}
        self._matrix = pdfium.FS_MATRIX()

    def size(self, index: int) -> float:
        """The size of a character in points, as it appears on the page."""
        size = float(pdfium.FPDFText_GetFontSize(self._text_page, index))
        if pdfium.FPDFText_GetMatrix(self._text_page, index, ctypes.byref(self._matrix)):
            size *= math.hypot(self._matrix.c, self._matrix.d) or 1.0
        return max(size, 1.0)

    def bold(self, index: int) -> bool:
        """Whether a character is set in a bold font."""
        text_object = pdfium.FPDFText_GetTextObject(self._text_page, index)
        font = pdfium.FPDFTextObj_GetFont(text_object) if text_object else None
        if not font:
            return False
        address = ctypes.addressof(font.contents)
        if address not in self._bold:
            name = ctypes.create_string_buffer(128)
            pdfium.FPDFFont_GetBaseFontName(font, name, len(name))
            heavy = pdfium.FPDFFont_GetWeight(font) >= _BOLD_WEIGHT
            self._bold[address] = heavy or bool(_BOLD_NAME.search(name.value))
        return self._bold[address]


def _fragments(words: list[_Word], font: _Fonts, page: int) -> Iterator[Fragment]:
    run: list[_Word] = []
    for word in words:
        if run and not (_belongs(run[-1], word) or _is_beside(run, word)):
            yield from _fragment(run, font, page)
            run = []
        run.append(word)
    yield from _fragment(run, font, page)


def _belongs(last: _Word, word: _Word) -> bool:
    height = max(last.height, word.height)
    # Beside a heading, the next column's text is smaller.
    space = min(last.height, word.height)
    gap = word.left - last.right
    if abs(word.base - last.base) > (_RAISED if gap < _CLOSE * space else _SAME_BASELINE) * height:
        return False
    return -0.5 * height < gap < _WIDEST_SPACE * space


def _is_beside(run: list[_Word], word: _Word) -> bool:
    """Whether a word of a script that is read from the right stands to the left of others, or
    between them and one of another script."""
    if word.text.isascii() and run[-1].text.isascii():
        return False
    if not any(is_right_to_left(one.text) for one in (run[-1], word)):
        return False
    height = max(run[-1].height, word.height)
    if abs(word.base - run[-1].base) > _SAME_BASELINE * height:
        return False
    left, right = min(one.left for one in run), max(one.right for one in run)
    return -0.5 * height < max(left - word.right, word.left - right) < _WIDEST_SPACE * height


def _fragment(run: list[_Word], font: _Fonts, page: int) -> Iterator[Fragment]:
    run = _with_numbers(run)
    if run:
        text = " ".join(word.text for word in run)
        main = max(run, key=lambda word: len(word.text))
        bold = font.bold(run[0].first) and font.bold(run[-1].last)
        size = font.size(main.first)
        left, right = min(word.left for word in run), max(word.right for word in run)
        yield Fragment(text, left, right, main.base, size, bold, page, spans=_spans(run))


def _with_numbers(run: list[_Word]) -> list[_Word]:
    """The words of a run, those together that are one: "3" and the number of a note at it."""
    joined: list[_Word] = []
    for word in run:
        last = joined[-1] if joined else None
        number = None
        if last is not None and word.left - last.right < _CLOSE / 2 * word.height:
            offset, scale = (word.base - last.base) / last.height, word.height / last.height
            number = raised_beside(word.text, offset, scale)
        if last is None or number is None:
            joined.append(word)
        else:
            text = last.text + number
            joined[-1] = replace(last, text=text, last=word.last, right=word.right)
    return joined


def _turned(words: list[_Word], font: _Fonts, page: int) -> Iterator[Fragment]:
    text = " ".join(word.text for word in words)
    size = font.size(words[0].first)
    left, right, base = words[0].left, words[-1].right, words[0].base
    yield Fragment(text, left, right, base, size, False, page, False, _spans(words))


def _spans(words: list[_Word]) -> tuple[tuple[int, int], ...]:
    return tuple((word.first, word.last) for word in words)
