"""What the ink of a line says: how large its type is, and how thick its strokes are.

The box of a line is of little use for that: it grows with the space around it. Most rows of ink lie
between the baseline and the height of small letters, whatever the letters are.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.load.ocr.engine import Line, Picture

# Heights in sizes of type, of small letters and of capitals and digits.
_SMALL_LETTERS = 0.5
_CAPITALS = 0.7
_FEWEST_LETTERS = 3
_SURE_LETTERS = 8
# Of 255: what differs less from its ground is no ink.
_FAINTEST = 40
# Of the rows that have most ink, a row of the letters' bodies has so much.
_DENSE = 0.5
# The edges of a stroke are blurred: so many pixels of its width are not its own.
_BLUR = 0.9
_WIDEST = 2400  # pixels
# Strokes are so much thicker in bold type than in most of the page.
_BOLD = 1.3
# Sizes that differ by less are one: a pixel more or less is no other type.
_ONE_SIZE = 1.09
# In heights of its box, how much of a line is looked at at once.
_STRIP = 6


class Ink(NamedTuple):
    """The size of a line's type in pixels, the thickness of its strokes in sizes of type, where its
    baseline lies in shares of the height of its box, from the top, and whether that is of many
    letters."""

    size: float
    stroke: float
    base: float
    is_sure: bool


def ink_of(picture: Picture, line: Line) -> Ink | None:
    """The ink of a line on a picture; None where it tells nothing, as of a few letters."""
    small = sum(map(str.islower, line.text))
    large = sum(one.isupper() or one.isdecimal() for one in line.text)
    if small + large < _FEWEST_LETTERS:
        return None
    ink = _inked(_cut_out(picture, line))
    if ink is None:
        return None
    width = _STRIP * len(ink)
    strips = [ink[:, at : at + width] for at in range(0, max(ink.shape[1] - width // 2, 1), width)]
    bands = [band for strip in strips if (band := _band(strip)) is not None]
    if not bands:
        return None
    size = median(band.height for band in bands)
    size /= _SMALL_LETTERS if small >= large else _CAPITALS
    stroke = median(band.stroke for band in bands)
    if size < 1:
        return None
    base = median(band.base for band in bands) / len(ink)
    return Ink(size, max(stroke - _BLUR, 0.0) / size, base, small + large >= _SURE_LETTERS)


def are_bold(found: Sequence[Ink | None]) -> list[bool]:
    """Which lines of a page are set in bolder type than most."""
    strokes = [one.stroke for one in found if one is not None]
    usual = median(strokes) if strokes else 0.0
    return [one is not None and one.stroke > _BOLD * usual for one in found]


def one_size(sizes: Sequence[float]) -> dict[float, float]:
    """Sizes of type that are nearly the same as one: the usual one first, then others."""
    if not sizes:
        return {}
    usual = median(sizes)
    found = {one: usual for one in sizes if 1 / _ONE_SIZE < one / usual < _ONE_SIZE}
    group: list[float] = []
    for size in sorted(set(sizes) - found.keys()):
        if group and size > _ONE_SIZE * group[0]:
            found.update(dict.fromkeys(group, median(group)))
            group = []
        group.append(size)
    return found | dict.fromkeys(group, median(group) if group else 0.0)


def _cut_out(picture: Picture, line: Line) -> NDArray[np.uint8]:
    """A line laid straight, in grey."""
    cv2 = _opencv()
    corners = np.array(line.corners, np.float32)
    width = min(int(np.linalg.norm(corners[1] - corners[0])), _WIDEST)
    height = int(np.linalg.norm(corners[3] - corners[0]))
    if width < 2 or height < 4:
        return np.zeros((0, 0), np.uint8)
    straight = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = cv2.getPerspectiveTransform(corners, straight)
    cut = cv2.warpPerspective(np.ascontiguousarray(picture), turn, (width, height))
    grey: NDArray[np.uint8] = cv2.cvtColor(cut, cv2.COLOR_BGR2GRAY)
    return grey


def _inked(grey: NDArray[np.uint8]) -> NDArray[np.bool_] | None:
    """Which pixels are ink: they differ from the ground, which is seen above and below the line."""
    if not grey.size:
        return None
    apart = np.abs(grey.astype(np.int16) - np.median(np.concatenate([grey[0], grey[-1]])))
    most = np.percentile(apart, 99)
    return None if most < _FAINTEST else np.asarray(apart > most / 2)


class _Band(NamedTuple):
    """The rows that most letters fill, where they end, and the mean width of strokes, in pixels."""

    height: float
    base: float
    stroke: float


def _band(ink: NDArray[np.bool_]) -> _Band | None:
    """The band of a short piece of a line, so that it does not matter if its box is aslant."""
    rows = ink.sum(axis=1)
    dense = _DENSE * float(np.percentile(rows, 85))
    edges = np.flatnonzero(np.diff(np.pad((rows > dense).astype(np.int8), 1)))
    if not len(edges):
        return None
    at = 2 * int(np.argmax(edges[1::2] - edges[::2]))
    first, last = int(edges[at]), int(edges[at + 1])
    padded = np.pad(rows, 1)
    # Between two rows, as far as the ink of both says.
    above = _share(padded[first], padded[first + 1], dense)
    below = _share(padded[last + 1], padded[last], dense)
    band = np.pad(ink[first:last].astype(np.int8), ((0, 0), (1, 0)))
    strokes = int((np.diff(band, axis=1) == 1).sum())
    if not strokes:
        return None
    base = last - 1 + below
    return _Band(base - first + above, base, float(band.sum()) / strokes)


def _share(outside: float, inside: float, dense: float) -> float:
    return float((inside - dense) / (inside - outside))


@cache
def _opencv() -> Any:
    import cv2

    return cv2
