"""Reading order of PDF pages that are set in columns but drawn line by line.

Most programs draw one column after the other, and then the order of the file is the order of
reading. Some draw every line across all columns. Such a page is put in order here: it is known
by a gutter that hardly any line crosses, with lines on both sides that fill their column, as
cells of a table seldom do, and by an order that keeps stepping over the gutter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.load.common.scripts import is_right_to_left
from ingest.load.pdf.words import Fragment

_FEWEST_LINES = 12
_NARROWEST_COLUMN = 80.0
"""Points."""
_NARROWEST_GUTTER = 6.0
"""Points."""
_STEP = 2.0
"""Points: how closely the width of a page is looked at."""
_MAY_CROSS = 0.12
_FULL_LINE = 0.75
_FULL_LINES = 0.45
_STEPS_OVER = 0.5


def is_from_right(fragments: Sequence[Fragment]) -> bool:
    """Whether a page is read from the right."""
    return is_right_to_left(" ".join(fragment.text for fragment in fragments))


def in_reading_order(fragments: Sequence[Fragment]) -> list[Fragment]:
    """The fragments of a page, column by column if the file draws across columns. One that is read
    from the right is as seen in a mirror, and laid out as all others are."""
    if is_from_right(fragments):
        fragments = [replace(one, left=-one.right, right=-one.left) for one in fragments]
    upright = [fragment for fragment in fragments if fragment.upright]
    gutters = [gutter for gutter in _gutters(upright) if _is_drawn_across(upright, gutter)]
    if not gutters or not _are_columns(upright, gutters):
        return list(fragments)
    turned = [fragment for fragment in fragments if not fragment.upright]
    return [*_by_columns(upright, gutters), *turned]


def _gutters(fragments: Sequence[Fragment]) -> list[float]:
    """The middles of the strips that few fragments cross, with enough text on both sides."""
    if len(fragments) < 2 * _FEWEST_LINES:
        return []
    left = min(fragment.left for fragment in fragments)
    width = int((max(fragment.right for fragment in fragments) - left) / _STEP) + 2
    if not 0 < width < 5000:
        return []
    changes = [0] * (width + 1)
    for fragment in fragments:
        changes[int((fragment.left - left) / _STEP)] += 1
        changes[int((fragment.right - left) / _STEP) + 1] -= 1
    most = _MAY_CROSS * len(fragments) / 2
    found: list[float] = []
    covering, start = 0, None
    for place, change in enumerate(changes):
        covering += change
        if covering <= most:
            start = place if start is None else start
        elif start is not None:
            if start > 0 and (place - start) * _STEP >= _NARROWEST_GUTTER:
                found.append(left + (start + place) * _STEP / 2)
            start = None
    return found


def _is_drawn_across(fragments: Sequence[Fragment], gutter: float) -> bool:
    """Whether the order steps over the gutter about as often as there are lines beside it."""
    sides = [fragment.left > gutter for fragment in fragments]
    steps = sum(one != other for one, other in pairwise(sides))
    fewest = min(sum(sides), len(sides) - sum(sides))
    return fewest >= _FEWEST_LINES and steps >= _STEPS_OVER * fewest


def _are_columns(fragments: Sequence[Fragment], gutters: Sequence[float]) -> bool:
    """Whether the lines between the gutters fill the width that they have."""
    for lines in _split(fragments, gutters):
        if len(lines) < _FEWEST_LINES:
            return False
        edges = sorted(line.right for line in lines)
        left, right = min(line.left for line in lines), edges[int(0.95 * (len(edges) - 1))]
        full = sum(line.right - line.left >= _FULL_LINE * (right - left) for line in lines)
        if right - left < _NARROWEST_COLUMN or full < _FULL_LINES * len(lines):
            return False
    return True


def _split(fragments: Sequence[Fragment], gutters: Sequence[float]) -> list[list[Fragment]]:
    columns: list[list[Fragment]] = [[] for _ in range(len(gutters) + 1)]
    for fragment in fragments:
        if not _crosses(fragment, gutters):
            columns[sum(fragment.left > gutter for gutter in gutters)].append(fragment)
    return columns


def _crosses(fragment: Fragment, gutters: Sequence[float]) -> bool:
    return any(fragment.left < gutter < fragment.right for gutter in gutters)


def _by_columns(fragments: Sequence[Fragment], gutters: Sequence[float]) -> Iterator[Fragment]:
    """Column by column, in bands between the lines that reach over several columns."""
    below = sorted(fragments, key=lambda fragment: -fragment.base)
    band: list[Fragment] = []
    for fragment in below:
        if _crosses(fragment, gutters):
            yield from _band(band, gutters)
            band = []
            yield fragment
        else:
            band.append(fragment)
    yield from _band(band, gutters)


def _band(band: Sequence[Fragment], gutters: Sequence[float]) -> Iterator[Fragment]:
    for column in _split(band, gutters):
        yield from sorted(column, key=lambda fragment: (-round(fragment.base), fragment.left))
