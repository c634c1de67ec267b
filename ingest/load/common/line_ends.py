"""Lines put together to one text: divided words, and spaces, by what the document itself says."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from ingest.load.common.hangul import Hangul, is_hangul
from ingest.load.common.hyphens import HYPHEN, rejoin, vocabulary
from ingest.load.common.scripts import between_lines


class LineEnds:
    """Puts lines of one document together. ``lines`` are all of them, in order."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines

    @cached_property
    def _words(self) -> frozenset[str]:
        return vocabulary(self._lines)

    @cached_property
    def _hangul(self) -> Hangul:
        return Hangul(self._lines)

    def joined(self, texts: Sequence[str]) -> str:
        """Lines as one text; a word divided at a line's end is put together."""
        text = ""
        for line in texts:
            if text.endswith(HYPHEN):
                text = rejoin(text[:-1], line, self._words)
            else:
                text = f"{text}{self._between(text, line)}{line}" if text else line
        return text.replace(HYPHEN, "-")

    def _between(self, left: str, right: str) -> str:
        if not is_hangul(left, right):
            return between_lines(left, right)
        return " " if self._hangul.has_space(left, right) else ""
