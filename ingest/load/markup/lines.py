"""What readers of marked-up lines share."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.load.common.charset import decode
from ingest.load.common.headers import find_header
from ingest.load.common.tables import Cell, table_lines
from ingest.records import Block


def decoded_lines(data: bytes) -> list[str]:
    """The lines of a text without the white space at their ends. Raises BrokenFile."""
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n").expandtabs(8)
    return [line.rstrip() for line in text.split("\n")]


def table_blocks(rows: Sequence[Sequence[Cell]], headers: int = 0) -> list[Block]:
    """The rows of a table; without marked ``headers``, they are told by their look."""
    header = list(rows[:headers]) or find_header(rows)
    lines = table_lines([*header, *rows[len(header) :]], len(header))
    return [Block("row", line) for line in lines]


class Gathered:
    """Blocks in the making: lines are put together until something else comes."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._lines: list[str] = []
        self._is_item = False

    def line(self, text: str) -> None:
        """Another line of a paragraph or an item."""
        self._lines.append(text)

    def piece(self, text: str) -> None:
        """Some more of a paragraph or an item, whatever stands before it."""
        if self._lines:
            self._lines[-1] += text
        else:
            self._lines = [text]

    def item(self, text: str) -> None:
        """An item begins."""
        self.end()
        self._lines, self._is_item = [text], True

    def end(self) -> None:
        """A paragraph or an item ends."""
        text = " ".join(self._lines).strip()
        if text:
            self.blocks.append(Block("item" if self._is_item else "paragraph", text))
        self._lines, self._is_item = [], False

    def add(self, *blocks: Block) -> None:
        """Whole blocks."""
        self.end()
        self.blocks.extend(blocks)
