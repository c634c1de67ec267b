"""Tables without marked headers or spans, as in sheets and CSV: rows one by one, to blocks.

Blank rows divide a sheet into parts. Lines with a single cell above a part's table are
paragraphs (its title, a remark). A part whose first row names no columns goes on with the names
of the part above, if it lies in the same columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, islice

from ingest.load.common.tables import looks_like_header
from ingest.records import Block

# So many rows show what a table is; the rest is read one by one, since there may be millions.
_SAMPLE = 50
_LONGEST_NAME = 60
_YEAR = re.compile(r"(?:19|20)\d\d")

Row = Sequence[str]


def flat_blocks(rows: Iterable[Row]) -> Iterator[Block]:
    """The blocks of a table. Cells are texts without white space around them; "" is empty."""
    names: dict[int, str] = {}
    columns = (0, 0)
    for filled, part in groupby(rows, key=any):
        if not filled:
            continue
        sample = list(islice(part, _SAMPLE))
        for text in _lines_above(sample):
            yield Block("paragraph", text)
        found = _columns(sample)
        if named := _names(sample, *found):
            names, sample = named, sample[1:]
        elif found != columns:
            names = {}
        columns = found
        for row in chain(sample, part):
            yield Block("row", _line(row, names, found[1] - found[0]))


def _lines_above(sample: list[Row]) -> list[str]:
    """Take the lines with a single cell from the top of a table, if there is a table below."""
    table = next((index for index, row in enumerate(sample) if _filled(row) > 1), 0)
    lines = [next(filter(None, row)) for row in sample[:table]]
    del sample[:table]
    return lines


def _filled(row: Row) -> int:
    return sum(map(bool, row))


def _columns(rows: Sequence[Row]) -> tuple[int, int]:
    """The first column that is used, and the one after the last."""
    used = [[index for index, cell in enumerate(row) if cell] for row in rows]
    return min(row[0] for row in used), max(row[-1] for row in used) + 1


def _names(rows: Sequence[Row], first: int, end: int) -> dict[int, str]:
    """The names of the columns, if the first row holds them; else none."""
    cut = [list(row[first:end]) for row in rows]
    cut[0] += [""] * (end - first - len(cut[0]))
    if not (looks_like_header(cut) or _is_labelled(cut)):
        return {}
    return {first + index: cell.rstrip(": ") for index, cell in enumerate(cut[0]) if cell}


def _is_labelled(rows: Sequence[Row]) -> bool:
    """Whether the first row names columns by words or years, above a column of labels.

    The corner above the labels may be empty.
    """
    corner, *names = rows[0]
    if len(rows) < 2 or not names or (len(names) == 1 and corner):
        return False
    if len(set(names)) < len(names) or not all(
        name and len(name) <= _LONGEST_NAME and (_YEAR.fullmatch(name) or _is_word(name))
        for name in names
    ):
        return False
    labels = [row[0] for row in rows[1:] if row and row[0]]
    return (not corner or _is_word(corner)) and bool(labels) and all(map(_is_word, labels))


def _is_word(text: str) -> bool:
    return not text[0].isdigit() and any(map(str.isalpha, text))


def _line(row: Row, names: dict[int, str], width: int) -> str:
    cells = [(index, cell) for index, cell in enumerate(row) if cell]
    if names:
        return "; ".join(f"{names[i]}: {cell}" if i in names else cell for i, cell in cells)
    if width == 2 and len(cells) == 2:
        return f"{cells[0][1].rstrip(': ')}: {cells[1][1]}"
    return " | ".join(cell for _, cell in cells)
