"""Running headers and footers, and page numbers, of a PDF."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ingest.load.pdf_words import Fragment

_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|p\.|seite|s\.|pagina|página|sida|side|strona)\s*)?"
    r"(?:\d{1,4}|[ivxl]{1,7})(?:\s*(?:/|of|von|de|sur|di|av|z)\s*\d{1,4})?\W*",
    re.I,
)

# What repeats counts as furniture in this share of the page's height at its top and bottom, and
# among this many lines there.
_EDGE = 0.14
_EDGE_LINES = 3
_FEWEST_PAGES = 3


def without_furniture(
    pages: Sequence[list[Fragment]], heights: Sequence[tuple[float, float]]
) -> list[list[Fragment]]:
    """The fragments of each page without what repeats at the edges, and without page numbers.

    ``heights`` are the y of each page's bottom and top. A text that, with its digits masked, is
    at the edge of more than half of the pages (of three or more) is kept where it comes first.
    """
    edges = [_edge(page, *height) for page, height in zip(pages, heights, strict=True)]
    counts = Counter(key for edge in edges for key in {_masked(text) for text in edge.values()})
    repeated = {key for key, count in counts.items() if 2 * count > len(pages)}
    if len(pages) < _FEWEST_PAGES:
        repeated = set()
    seen: set[str] = set()
    kept: list[list[Fragment]] = []
    for page, edge in zip(pages, edges, strict=True):
        dropped = _page_numbers(page, edge, repeated)
        for index, text in edge.items():
            key = _masked(text)
            if key in repeated and key in seen:
                dropped.add(index)
        seen.update(_masked(text) for text in edge.values())
        kept.append([fragment for index, fragment in enumerate(page) if index not in dropped])
    return kept


def _edge(page: Sequence[Fragment], bottom: float, top: float) -> dict[int, str]:
    """The fragments at the top and bottom of a page: their places in the list and texts."""
    upright = [(index, fragment) for index, fragment in enumerate(page) if fragment.upright]
    bases = sorted({round(fragment.base) for _, fragment in upright})
    lines = {*bases[:_EDGE_LINES], *bases[-_EDGE_LINES:]}
    low, high = bottom + _EDGE * (top - bottom), top - _EDGE * (top - bottom)
    return {
        index: fragment.text
        for index, fragment in upright
        if round(fragment.base) in lines and not low <= fragment.base <= high
    }


def _page_numbers(
    page: Sequence[Fragment], edge: Iterable[int], repeated: set[str]
) -> set[int]:
    """The fragments that hold a page number and have nothing but furniture beside them."""
    dropped: set[int] = set()
    for index in edge:
        if not _PAGE_NUMBER.fullmatch(page[index].text):
            continue
        base = page[index].base
        alone = all(
            abs(other.base - base) > 2 or other is page[index] or _masked(other.text) in repeated
            for other in page
        )
        outermost = all(other.base <= base + 2 for other in page) or all(
            other.base >= base - 2 for other in page
        )
        if alone and outermost:
            dropped.add(index)
    return dropped


def _masked(text: str) -> str:
    return _DIGITS.sub("#", text)
