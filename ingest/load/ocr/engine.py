"""The lines of text on a picture, whichever way it is turned.

RapidOCR (Apache-2.0, https://github.com/RapidAI/RapidOCR) finds and reads them with PP-OCRv6's
small models, which its wheel brings, on ONNX Runtime: nothing is fetched. It is loaded with the
first picture.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Point = tuple[float, float]

LONGEST_SIDE = 2000
"""Pixels: larger pictures are made smaller, because nothing more is read of them."""
# Lines are looked for on a smaller picture still, which takes a third of the time.
_DETECTION_SIDE = 1280
# A line of letters is wider than high; of a page on its side, nearly all are not.
_ON_ITS_SIDE = 0.6
_TALL = 1.5
# What stands on its head is read with less certainty than this, and seldom without.
_CERTAIN = 0.85
_LOST_SPACE = re.compile(r"(?<=[a-z]{3}[.!?,;])(?=[A-Z][a-z])")
# What is no better than this is no text, but a stain or a drawing.
_LEAST = 0.5


class Line(NamedTuple):
    """A line of text, and its corners in pixels of the picture that was turned upright: top left,
    top right, bottom right, bottom left."""

    text: str
    score: float
    corners: tuple[Point, Point, Point, Point]


class Lines(NamedTuple):
    """The lines of a picture that was turned left by ``turns`` quarters to be read, and its size
    in pixels then."""

    lines: tuple[Line, ...]
    turns: int
    width: int
    height: int

    def where(self, point: Point) -> Point:
        """A point of the turned picture as shares of the width and height of the first one."""
        x, y = point[0] / self.width, point[1] / self.height
        return ((x, y), (1 - y, x), (1 - x, 1 - y), (y, 1 - x))[self.turns]


def read_lines(picture: Picture) -> Lines:
    """The lines on a picture (height, width, 3), in no order that counts."""
    found, turns = _read(picture), 0
    if _is_on_its_side(found):
        picture, turns = np.rot90(picture), 1
        found = _read(picture)
    if found and _certainty(found) < _CERTAIN:
        other = _read(np.rot90(picture, 2))
        if _certainty(other) > _certainty(found):
            found, turns = other, (turns + 2) % 4
    height, width = picture.shape[:2]
    return Lines(tuple(found), turns, width, height)


def _read(picture: Picture) -> list[Line]:
    found = _engine()(np.ascontiguousarray(picture))
    if found.boxes is None or found.txts is None:
        return []
    return [
        Line(_with_spaces(text.strip()), float(score), _points(corners))
        for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
        if text.strip()
    ]


def _points(corners: Any) -> tuple[Point, Point, Point, Point]:
    one, two, three, four = ((float(x), float(y)) for x, y in corners)
    return one, two, three, four


def _with_spaces(text: str) -> str:
    """The model loses some of the spaces after a full stop."""
    return _LOST_SPACE.sub(" ", text)


def _is_on_its_side(lines: Sequence[Line]) -> bool:
    long = [one for one in lines if len(one.text) > 3]
    tall = sum(_height(one) > _TALL * _width(one) for one in long)
    return bool(long) and tall > _ON_ITS_SIDE * len(long)


def _certainty(lines: Sequence[Line]) -> float:
    letters = sum(len(one.text) for one in lines)
    return sum(one.score * len(one.text) for one in lines) / letters if letters else 0.0


def _width(line: Line) -> float:
    xs = [x for x, _ in line.corners]
    return max(xs) - min(xs)


def _height(line: Line) -> float:
    ys = [y for _, y in line.corners]
    return max(ys) - min(ys)


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.max_side_len": LONGEST_SIDE,
            "Global.use_cls": False,  # of single lines: a page is turned as a whole
            "Global.text_score": _LEAST,
            "Det.limit_type": "max",
            "Det.limit_side_len": _DETECTION_SIDE,
        }
    )
