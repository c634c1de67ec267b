"""Places of words, line by line; and those on the picture of a page that was read by OCR."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ingest.load.pdf.align import find_words
from ingest.records import Box, PagePicture, ScannedWord

_ALL = 10_000
# Words of one line, in heights of the lower of them.
_SAME_LINE = 0.5
_WIDEST_SPACE = 1.5

Area = tuple[float, float, float, float]
"""Left, bottom, right and top, or left, top, right and bottom: here they are the same."""


def marked(
    picture: PagePicture, words: Sequence[ScannedWord], text: str, spans: Sequence[tuple[int, int]]
) -> PagePicture:
    """The picture with the words at ``spans`` of the page's ``text``, which are among ``words``."""
    if not spans:
        return picture
    found = find_words(text, spans, [word.text for word in words])
    return replace(
        picture,
        boxes=tuple(map(_box, lines_of(words[index][1:] for index in found.words))),
        words=" ".join(words[index].text for index in found.words),
        is_whole=not found.missing,
    )


def lines_of(areas: Iterable[Area]) -> Iterator[Area]:
    """The places of words, those of a line as one."""
    line: list[Area] = []
    for area in areas:
        if line and not _goes_on(line[-1], area):
            yield around(line)
            line = []
        line.append(area)
    if line:
        yield around(line)


def around(areas: Sequence[Area]) -> Area:
    """The place that has all of some places."""
    if not areas:
        return (0.0, 0.0, 0.0, 0.0)
    lefts, lows, rights, highs = zip(*areas, strict=True)
    return min(lefts), min(lows), max(rights), max(highs)


def _goes_on(last: Area, area: Area) -> bool:
    low = min(last[3] - last[1], area[3] - area[1])
    apart = abs((last[1] + last[3]) - (area[1] + area[3])) / 2
    return apart < _SAME_LINE * low and -0.5 * low < area[0] - last[2] < _WIDEST_SPACE * low


def _box(place: Area) -> Box:
    left, top, right, bottom = (side / _ALL for side in place)
    return Box(left, top, right - left, bottom - top)
