"""What a word of a PDF says by how its characters are drawn: raised and lowered digits."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable
from typing import Any

import pypdfium2.raw as pdfium

from ingest.load.common.typography import lowered, raised

Turn = Callable[[float, float], tuple[float, float]]

_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"[\d.,+−–-]+")
_SIGNS = "+-−–"
# So far from the baseline of its word, in heights of a line, a digit is raised or lowered.
_LEAST = 0.1
_MOST = 0.8
# And its type is so much smaller.
_SMALLER = 0.9


class Glyphs:
    """Where the characters of one page stand."""

    def __init__(self, text_page: Any, size: Callable[[int], float]) -> None:
        """``size`` gives that of a character's type, in points."""
        self._text_page = text_page
        self._size = size
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._at = ctypes.byref(self._x), ctypes.byref(self._y)

    def origin(self, index: int) -> tuple[float, float]:
        """Where a character stands on its baseline, in points."""
        pdfium.FPDFText_GetCharOrigin(self._text_page, index, *self._at)
        return self._x.value, self._y.value

    def word(self, word: str, first: int, height: float, turn: Turn) -> str:
        """A word as it is meant. ``first`` is the index of its first character, ``height`` that of
        its line; ``turn`` gives a point as if the page were upright."""
        return self._with_raised(word, first, height, turn) if _DIGIT.search(word) else word

    def _with_raised(self, word: str, first: int, height: float, turn: Turn) -> str:
        is_number = _NUMBER.fullmatch(word) is not None
        if is_number and len(word) == 1:
            return word
        # Where a number goes on in a power, the power is at its end.
        asked = [len(word) - 1] if is_number else [f.start() for f in _DIGIT.finditer(word)]
        base_at = next((i for i, sign in enumerate(word) if is_number or sign.isalpha()), 0)
        base = turn(*self.origin(first + base_at))[1]

        def offset(index: int) -> float:
            return (turn(*self.origin(first + index))[1] - base) / height

        offsets = {index: offset(index) for index in asked}
        moved = [index for index, found in offsets.items() if _LEAST < abs(found) < _MOST]
        largest = _SMALLER * self._size(first + base_at)
        if not any(self._size(first + index) < largest for index in moved):
            return word
        return _moved(word, [offsets.get(i) or offset(i) for i in range(len(word))])


def raised_beside(text: str, offset: float, scale: float) -> str | None:
    """A number that stands apart from the word that it is raised or lowered beside; None if it is
    not. ``offset`` is its distance above that word's baseline, in heights of its line, ``scale``
    its size in sizes of that word."""
    if not text.isdecimal() or scale >= _SMALLER or not _LEAST < abs(offset) < _MOST:
        return None
    return raised(text) if offset > 0 else lowered(text)


def _moved(word: str, offsets: list[float]) -> str:
    """A word with its raised and lowered digits, and the signs that stand with them."""
    parts: list[str] = []
    sides = [
        (offset > 0) - (offset < 0)
        if _LEAST < abs(offset) < _MOST and (sign.isdecimal() or sign in _SIGNS)
        else 0
        for sign, offset in zip(word, offsets, strict=True)
    ]
    start = 0
    for index in range(1, len(word) + 1):
        if index == len(word) or sides[index] != sides[start]:
            piece = word[start:index]
            side = sides[start]
            parts.append(raised(piece) if side > 0 else lowered(piece) if side < 0 else piece)
            start = index
    return "".join(parts)
