"""Running headers and footers, and page numbers, of a PDF."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set

from ingest.load.pdf.words import Fragment

_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"\W*+(?:(?:page|p\.|seite|s\.|pagina|página|sida|side|strona)\s*+)?"
    r"(?:\d{1,4}|[ivxl]{1,7})(?:\s*+(?:/|of|von|de|sur|di|av|z)\s*+\d{1,4})?\W*+",
    re.I,
)

# What repeats counts as furniture in this share of the page's height at its top and bottom, and
# among this many lines there.
_EDGE = 0.14
_EDGE_LINES = 3
_FEWEST_PAGES = 3


_FEWEST_LETTERS = 3

_Place = tuple[str, int]


def without_running_headers(
    pages: Sequence[list[Fragment]], heights: Sequence[float]
) -> list[list[Fragment]]:
    """The fragments of each page without what repeats at the edges, and without page numbers.

    ``heights`` are those of the pages in points. A text that, with its digits masked, is at the
    same place at the edge of more than half of the pages (of three or more) is kept where it
    comes first. If that leaves nothing at all, everything stays.
    """
    edges = [_edge(page, height) for page, height in zip(pages, heights, strict=True)]
    counts = Counter(key for edge in edges for key in set(edge.values()))
    often = len(pages) / 2 if len(pages) >= _FEWEST_PAGES else len(pages)
    repeated = {key for key, count in counts.items() if count > often and _is_text(key[0])}
    seen: set[_Place] = set()
    kept: list[list[Fragment]] = []
    for page, edge in zip(pages, edges, strict=True):
        dropped = {index for index, key in edge.items() if key in repeated and key in seen}
        dropped |= _page_numbers(page, edge, repeated)
        seen.update(edge.values())
        kept.append([fragment for index, fragment in enumerate(page) if index not in dropped])
    return kept if any(kept) else list(pages)


def _edge(page: Sequence[Fragment], height: float) -> dict[int, _Place]:
    """The fragments at the top and bottom of a page, by their index: what and where they are."""
    upright = [(index, fragment) for index, fragment in enumerate(page) if fragment.upright]
    bases = sorted({round(fragment.base) for _, fragment in upright})
    lines = {*bases[:_EDGE_LINES], *bases[-_EDGE_LINES:]}
    return {
        index: (_DIGITS.sub("#", fragment.text), round(min(fragment.base, height - fragment.base)))
        for index, fragment in upright
        if round(fragment.base) in lines
        and not _EDGE * height <= fragment.base <= (1 - _EDGE) * height
    }


def _is_text(masked: str) -> bool:
    """Not a bullet or the number of a list item, which happen to be at the edge of many pages."""
    return sum(character.isalpha() for character in masked) >= _FEWEST_LETTERS


def _page_numbers(
    page: Sequence[Fragment], edge: Mapping[int, _Place], repeated: Set[_Place]
) -> set[int]:
    """The fragments that hold a page number, outermost and with only furniture beside them."""
    dropped: set[int] = set()
    for index in edge:
        if not _PAGE_NUMBER.fullmatch(page[index].text):
            continue
        base = page[index].base
        alone = all(
            other == index or abs(fragment.base - base) > 2 or edge.get(other) in repeated
            for other, fragment in enumerate(page)
        )
        outermost = all(other.base <= base + 2 for other in page) or all(
            other.base >= base - 2 for other in page
        )
        if alone and outermost:
            dropped.add(index)
    return dropped
