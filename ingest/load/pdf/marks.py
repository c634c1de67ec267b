"""Places of words, line by line; and those on the picture of a page that was read by OCR."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ingest.load.common.hyphens import HYPHEN
from ingest.load.pdf.align import find_words, pieces
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
    signs = [sign for word in words for sign in _signs(word)]
    found = find_words(text, spans, [text for text, _, _ in signs])
    return replace(
        picture,
        boxes=tuple(map(_box, lines_of(signs[index][1] for index in found.words))),
        words=as_seen((signs[index][0], signs[index][2]) for index in found.words),
        is_whole=not found.missing,
    )


def as_seen(words: Iterable[tuple[str, bool]]) -> str:
    """Words of a page as one text; of each, whether it begins one: signs of one go on in it."""
    text = "".join(f" {word}" if begins else word for word, begins in words)
    return text.replace(HYPHEN, "-").strip()


def _signs(word: ScannedWord) -> Iterator[tuple[str, Area, bool]]:
    """The pieces by which a word is compared, their places, and whether they begin the word; signs
    are taken for equally wide."""
    width = (word.right - word.left) / max(len(word.text), 1)
    for start, end in pieces(word.text):
        left, right = word.left + start * width, word.left + end * width
        yield word.text[start:end], (left, word.top, right, word.bottom), not start


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
