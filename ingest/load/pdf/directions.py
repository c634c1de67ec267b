"""Lines with words that are read from the right, put into the order of reading.

PDFium gives the characters of such a line in an order that depends on the program that wrote the
file. Where they stand does not, and what is seen says how it is read: the rules of the Unicode
bidirectional algorithm (UAX #9), backwards.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple

from ingest.load.common.scripts import is_right_to_left

Kind = Literal["right", "left", "number", "sign", "term", "space", "other"]

# Points and vowels of Hebrew and Arabic, which stand at a letter.
_MARK = re.compile(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc]"
)
_MARKS_FIRST = re.compile(f"({_MARK.pattern}+)(.)")
# Arabic letters that have the forms which they have within a word.
_PRESENTED = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]+")
_ALEF_LAM = re.compile("([اأإآ])(ل)")
_ORDERS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_OPENING, _CLOSING = "([{<«‹", ")]}>»›"
_KINDS: dict[str, Kind] = {"R": "right", "AL": "right", "EN": "number", "AN": "number"}
_KINDS |= {"L": "left", "CS": "sign", "WS": "space"}
# Of a number, but not of one after Arabic letters.
_SIGNS: dict[str, Kind] = {"ES": "sign", "ET": "term"}

# In heights of a line. Words are so far apart at least, and those farther apart are not of one
# sentence.
_SPACE = 0.1
_WIDEST_SPACE = 0.75
_SAME_ROW = 0.35
# The box of what is drawn as one may be that of a mark alone; it is so wide at least.
_LETTER = 0.5
_SAME_PLACE = 0.05  # points


class Place(NamedTuple):
    """Where a character stands, in points: its box, and where it begins on its baseline."""

    left: float
    right: float
    height: float
    origin: float
    base: float


class OrderedWord(NamedTuple):
    """A word as it is read, and the indexes of the characters at its ends."""

    text: str
    first: int
    last: int


@dataclass(slots=True)
class _Glyph:
    """A letter with its marks, letters that are drawn as one, or a space."""

    text: str
    index: int
    left: float
    right: float
    height: float
    origin: float
    base: float

    @property
    def bidirectional(self) -> str:
        return unicodedata.bidirectional(self.text[0])

    @property
    def kind(self) -> Kind:
        return _KINDS.get(self.bidirectional, "other")


def has_right_to_left(text: str) -> bool:
    """Whether any letter of a text is read from the right."""
    return not text.isascii() and any(
        unicodedata.bidirectional(sign) in ("R", "AL") for sign in text
    )


def ordered_words(
    line: str, start: int, place: Callable[[int], Place], page_from_right: bool
) -> Iterator[OrderedWord]:
    """The words of a line, whose first character has the index ``start``, as they are read."""
    found = [
        _Glyph(sign, index, *place(index))
        for index, sign in enumerate(line, start)
        if not _ORDERS.match(sign)
    ]
    for row in _rows(found):
        cells = list(_cells(_letters(row)))
        for cell in reversed(cells) if page_from_right else cells:
            text = "".join(glyph.text for glyph in cell)
            has_letters = any(map(str.isalpha, text))
            from_right = is_right_to_left(text) if has_letters else page_from_right
            yield from _words(_as_read(cell, from_right))


def _rows(glyphs: Sequence[_Glyph]) -> Iterator[list[_Glyph]]:
    """The glyphs on one baseline."""
    row: list[_Glyph] = []
    for glyph in glyphs:
        if row and abs(glyph.base - row[-1].base) > _SAME_ROW * max(glyph.height, row[-1].height):
            yield row
            row = []
        row.append(glyph)
    yield row


def _letters(row: Sequence[_Glyph]) -> list[_Glyph]:
    """The glyphs of a row from the left, those that are one letter together; spaces that are as
    wide as one."""
    letters: list[_Glyph] = []
    marks: list[_Glyph] = []
    height = max(glyph.height for glyph in row)
    for glyph in sorted(row, key=lambda one: (one.origin, one.index)):
        last = letters[-1] if letters else None
        if glyph.text.isspace():
            if glyph.right - glyph.left > _SPACE * height:
                letters.append(glyph)
        elif last is not None and glyph.origin - last.origin < _SAME_PLACE:
            last.text += glyph.text
            last.left, last.right = min(last.left, glyph.left), max(last.right, glyph.right)
        elif _MARK.match(glyph.text):
            marks.append(glyph)
        else:
            letters.append(glyph)
    for mark in marks:
        _put(mark, letters)
    for letter in letters:
        letter.text = _ALEF_LAM.sub(r"\2\1", _MARKS_FIRST.sub(r"\2\1", letter.text))
        letter.height = height
        if len(letter.text) > 1:
            letter.right = max(letter.right, letter.origin + _LETTER * height)
    return letters


def _put(mark: _Glyph, letters: Sequence[_Glyph]) -> None:
    """Put a mark that is drawn by itself to the letter at which it stands."""
    middle = (mark.left + mark.right) / 2
    near = [one for one in letters if one.kind == "right"]
    if near:
        letter = min(near, key=lambda one: abs((one.left + one.right) / 2 - middle))
        letter.text += mark.text


def _cells(letters: Sequence[_Glyph]) -> Iterator[list[_Glyph]]:
    """The letters with a space between words, those that are far apart by themselves."""
    cell: list[_Glyph] = []
    for glyph in letters:
        if cell:
            last = cell[-1]
            gap = min(glyph.left, glyph.origin) - last.right
            if gap > _WIDEST_SPACE * glyph.height:
                yield cell
                cell = []
            elif gap > _SPACE * glyph.height and "space" not in (glyph.kind, last.kind):
                cell.append(_Glyph(" ", -1, last.right, glyph.left, 0, last.right, last.base))
        cell.append(glyph)
    if cell:
        yield cell


def _as_read(seen: Sequence[_Glyph], from_right: bool) -> list[_Glyph]:
    """What is seen from left to right in the order of reading (UAX #9, L2)."""
    classes = [glyph.bidirectional for glyph in seen]
    kinds = _KINDS if "AL" in classes else _KINDS | _SIGNS
    levels = _levels([kinds.get(one, "other") for one in classes], from_right)
    order = list(range(len(seen)))
    for least in (2, 1):
        at = 0
        for is_turned, run in groupby(order, key=lambda index: levels[index] >= least):
            size = len(list(run))
            if is_turned:
                order[at : at + size] = order[at : at + size][::-1]
            at += size
    read = [seen[index] for index in order]
    for at, index in enumerate(order):
        if levels[index] == 1:
            _turn_bracket(read, at)
    return read


def _levels(kinds: Sequence[Kind], from_right: bool) -> list[int]:
    """A level for each glyph: odd where it is read from the right, and higher the more often the
    direction changes."""
    against: Kind = "left" if from_right else "right"
    levels = [int(from_right)] * len(kinds)
    at = 0
    while at < len(kinds):
        end = at + 1
        if kinds[at] == against:
            end = _end(kinds, at, stop="right" if from_right else "left", ends=against)
            levels[at:end] = [2 if from_right else 1] * (end - at)
        at = end
    for first, end in _numbers(kinds):
        if 1 in levels[first:end]:
            levels[first:end] = [2] * (end - first)
    return levels


def _end(kinds: Sequence[Kind], at: int, stop: Kind, ends: Kind) -> int:
    """Where a run ends that begins here and goes on until the direction changes: after its last
    letter, or number where it is read from the left."""
    end = at + 1
    for index in range(at + 1, len(kinds)):
        if kinds[index] == stop:
            break
        if kinds[index] == ends or (ends == "left" and kinds[index] == "number"):
            end = index + 1
    return end


def _numbers(kinds: Sequence[Kind]) -> Iterator[tuple[int, int]]:
    """Where numbers begin and end: digits, with single signs between them, and what belongs to a
    number, such as "%". A word that begins with a number is one, too ("3D")."""
    at = 0
    while at < len(kinds):
        if kinds[at] != "number":
            at += 1
            continue
        first = end = at
        while end < len(kinds) and (
            kinds[end] in ("number", "term", "left")
            or (kinds[end] == "sign" and kinds[end + 1 : end + 2] == ["number"])
        ):
            end += 1
        while first and kinds[first - 1] == "term":
            first -= 1
        yield first, end
        at = end


def _turn_bracket(read: Sequence[_Glyph], at: int) -> None:
    """A bracket at the beginning of a word opens, and one at its end closes: how it is drawn does
    not tell, for programs turn it round or not."""
    text = read[at].text
    if text not in _OPENING + _CLOSING:
        return
    before = at > 0 and read[at - 1].text[0].isalnum()
    after = at + 1 < len(read) and read[at + 1].text[0].isalnum()
    pair = (_OPENING + _CLOSING).index(text) % len(_OPENING)
    if after and not before:
        read[at].text = _OPENING[pair]
    elif before and not after:
        read[at].text = _CLOSING[pair]


def _words(read: Sequence[_Glyph]) -> Iterator[OrderedWord]:
    word: list[_Glyph] = []
    for glyph in read:
        # After a Latin word, one that is read from the right is often written without a space.
        divides = word and word[-1].kind == "left" and glyph.kind == "right"
        if word and (divides or glyph.kind == "space"):
            yield _word(word)
            word = []
        if glyph.kind != "space":
            word.append(glyph)
    if word:
        yield _word(word)


def _word(glyphs: Sequence[_Glyph]) -> OrderedWord:
    text = _PRESENTED.sub(_ordinary, "".join(glyph.text for glyph in glyphs))
    return OrderedWord(text, glyphs[0].index, glyphs[-1].index)


def _ordinary(found: re.Match[str]) -> str:
    return "".join(unicodedata.normalize("NFKC", found[0]).split())
