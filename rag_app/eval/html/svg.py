"""Bars with their confidence intervals, and lines, as SVG, to stand in a page: two kinds of plot
need no library. Colours are the page's, by class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

WIDTH, LABEL, VALUE, STEP = 640, 230, 56, 26
LONGEST_LABEL = 30  # characters


class Bar(NamedTuple):
    """A bar of ``value``; ``low`` and ``high`` are the ends of its interval, where it has one."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None
    shown: str = ""


def bars(title: str, rows: Sequence[Bar], most: float = 1.0) -> Markup:
    """Horizontal bars from 0 to ``most``, one below the other. Labels are escaped."""
    room = WIDTH - LABEL - VALUE
    height = STEP * len(rows) + 8

    def across(value: float) -> str:
        return f"{LABEL + room * max(0.0, min(1.0, value / (most or 1.0))):.1f}"

    parts = [
        Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">').format(WIDTH, height, title)
    ]
    for place in range(5):
        parts.append(
            Markup('<path class="grid" d="M{} 0V{}"/>').format(across(most * place / 4), height)
        )
    for number, row in enumerate(rows):
        y = STEP * number + 4
        middle = y + STEP / 2 - 4
        start, end = across(0), across(row.value)
        parts.append(
            Markup('<text x="{}" y="{}" text-anchor="end">{}<title>{}</title></text>').format(
                LABEL - 8, middle + 4, _short(row.label), row.label
            )
        )
        parts.append(
            Markup('<rect class="bar" x="{}" y="{}" width="{:.1f}" height="{}"/>').format(
                start, y, float(end) - float(start), STEP - 8
            )
        )
        if row.low is not None and row.high is not None:
            low, high = across(row.low), across(row.high)
            whisker = f"M{low} {middle}H{high}M{low} {middle - 4}v8M{high} {middle - 4}v8"
            parts.append(Markup('<path class="whisker" d="{}"/>').format(whisker))
        parts.append(
            Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(
                WIDTH, middle + 4, row.shown or f"{row.value:.3f}"
            )
        )
    return Markup("\n").join([*parts, Markup("</svg>")])


class Line(NamedTuple):
    """Points (x, y), each 0 to 1, from left to right."""

    label: str
    points: Sequence[tuple[float, float]]


SQUARE, EDGE = 320, 44


def lines(title: str, rows: Sequence[Line], across: str, mark: float | None = None) -> Markup:
    """Lines over the square from 0 to 1, with a mark at one place of the axis, which is called
    ``across``. Labels are escaped."""

    def at(x: float, y: float) -> str:
        return f"{EDGE + SQUARE * x:.1f} {8 + SQUARE * (1 - y):.1f}"

    parts = [
        Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
            WIDTH, SQUARE + EDGE, title
        )
    ]
    for step in range(5):
        share = step / 4
        grid = f"M{at(0, share)}L{at(1, share)}M{at(share, 0)}L{at(share, 1)}"
        parts.append(Markup('<path class="grid" d="{}"/>').format(grid))
        for x, y, shown in (
            (EDGE - 8, 12 + SQUARE * (1 - share), f"{share:.2f}"),
            (EDGE + SQUARE * share + 12, SQUARE + 26, f"{share:.2f}"),
        ):
            parts.append(
                Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(x, y, shown)
            )
    parts.append(
        Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
            EDGE + SQUARE / 2, SQUARE + 42, across
        )
    )
    if mark is not None:
        parts.append(Markup('<path class="whisker" d="M{}L{}"/>').format(at(mark, 0), at(mark, 1)))
    for number, row in enumerate(rows):
        way = "L".join(at(x, y) for x, y in row.points)
        y = 24 + STEP * number
        left = EDGE + SQUARE + 24
        parts.append(
            Markup(
                '<path class="line line{}" d="M{}"/><path class="line line{}" d="M{} {}h24"/>'
                '<text x="{}" y="{}">{}</text>'
            ).format(number, way, number, left, y - 4, left + 32, y, row.label)
        )
    return Markup("\n").join([*parts, Markup("</svg>")])


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"…{label[-LONGEST_LABEL + 1 :]}"
