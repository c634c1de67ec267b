"""Bars with their confidence intervals as SVG, to stand in a page: one kind of plot needs no
library. Colours are the page's, by class."""

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


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"…{label[-LONGEST_LABEL + 1 :]}"
