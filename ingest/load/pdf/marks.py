"""Where words of a document's text stand on the picture of a page that was read by OCR."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.load.pdf.align import find_words
from ingest.records import Box, PagePicture, ScannedWord

_ALL = 10_000
_SAME_LINE = 0.5
_WIDEST_SPACE = 1.5


def marked(
    picture: PagePicture, words: Sequence[ScannedWord], text: str, spans: Sequence[tuple[int, int]]
) -> PagePicture:
    """The picture with the words at ``spans`` of the page's ``text``, which are among ``words``."""
    if not spans:
        return picture
    found = find_words(text, spans, [word.text for word in words])
    return replace(
        picture,
        boxes=tuple(_boxes([words[index] for index in found.words])),
        words=" ".join(words[index].text for index in found.words),
        is_whole=not found.missing,
    )


def _boxes(words: Sequence[ScannedWord]) -> Iterator[Box]:
    """The places of words, those of a line as one."""
    line: list[ScannedWord] = []
    for word in words:
        if line and not _goes_on(line[-1], word):
            yield _around(line)
            line = []
        line.append(word)
    if line:
        yield _around(line)


def _goes_on(last: ScannedWord, word: ScannedWord) -> bool:
    low = min(last.bottom - last.top, word.bottom - word.top)
    apart = abs((last.top + last.bottom) - (word.top + word.bottom)) / 2
    return apart < _SAME_LINE * low and -0.5 * low < word.left - last.right < _WIDEST_SPACE * low


def _around(words: Sequence[ScannedWord]) -> Box:
    left, top = min(one.left for one in words) / _ALL, min(one.top for one in words) / _ALL
    right, bottom = max(one.right for one in words) / _ALL, max(one.bottom for one in words) / _ALL
    return Box(left, top, right - left, bottom - top)
