"""What is seen of a sheet: rows without what is hidden, of formats that are read as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.load.common.choices import CHOICES
from ingest.load.common.flat_tables import flat_blocks
from ingest.load.common.left_out import LeftOut
from ingest.records import Block

MOST_REPEATED = 1000
"""How often a row or cell that is told once is repeated, if there is something in it."""

# A label of merged rows is said in each of them, unless it is a text.
_LONGEST_LABEL = 80


@dataclass(slots=True)
class SeenRows:
    """Rows of a sheet, given from the top down. Rows and columns count from 0.

    ``unseen`` are the hidden columns, which are seen all the same if the user chose so. What is
    left out of them is counted in ``left_out``.
    """

    unseen: set[int]
    left_out: LeftOut
    _rows: list[list[str]] = field(default_factory=list)
    _spans: dict[int, dict[int, int]] = field(default_factory=dict)
    _bold: set[int] = field(default_factory=set)
    _held: dict[int, tuple[str, int]] = field(default_factory=dict)
    _hidden: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        if CHOICES.get().hidden:
            self.unseen = set()

    def hold(self, column: int, text: str, last: int) -> None:
        """A merged cell reaches down to a row: its text is a label of each."""
        if 0 < len(text) <= _LONGEST_LABEL:
            self._held[column] = text, last

    def add(
        self,
        number: int,
        texts: Sequence[str],
        *,
        is_hidden: bool = False,
        is_bold: bool = False,
        spans: Mapping[int, int] | None = None,
        again: int = 1,
    ) -> None:
        """A row, which stands there so many times. ``spans`` are the columns that cells cover."""
        texts = list(texts)
        own = any(texts)
        if is_hidden and not CHOICES.get().hidden:
            self.left_out["hidden row"] += again if own else 0
            return
        for column, (text, last) in self._held.items():
            if own and number <= last and column < len(texts) and not texts[column]:
                texts[column] = text
        self._hidden.update(c for c in self.unseen if c < len(texts) and texts[c])
        ends = [column + count for column, count in (spans or {}).items()]
        columns = [c for c in range(max([len(texts), *ends])) if c not in self.unseen]
        wide = {
            columns.index(column): sum(column <= other < column + count for other in columns)
            for column, count in (spans or {}).items()
            if column not in self.unseen
        }
        seen = [texts[column] for column in columns if column < len(texts)]
        while seen and not seen[-1]:
            seen.pop()
        for _ in range(min(again, MOST_REPEATED) if own else 1):
            if own and is_bold:
                self._bold.add(len(self._rows))
            if wide:
                self._spans[len(self._rows)] = wide
            self._rows.append(seen)

    def blocks(self) -> Iterator[Block]:
        """The blocks of all rows."""
        self.left_out["hidden column"] += len(self._hidden)
        yield from flat_blocks(self._rows, self._spans, self._bold)


def cell_name(row: int, column: int) -> str:
    """A cell by its row and column, from 0, as programs name it: ``B2``."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"
