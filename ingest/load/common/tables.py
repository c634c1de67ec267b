"""Tables as lines of text that can each be quoted alone.

With a header, a row reads "Header: cell; Header: cell". Without one, a table of two columns
reads "key: value" and any other "a | b | c". Empty cells are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_SHORT_HEADER = 40
_NUMBER = re.compile(r"\d[\d.,]*")
_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d.,])")
_LETTERS = re.compile(r"[^\W\d_]+")

# A cell that spans rows is a label of each of them, and each must make sense when it is quoted
# alone; but a long text would only be said again.
_LONGEST_LABEL = 80

# What HTML allows: https://html.spec.whatwg.org/multipage/tables.html#attributes-common-to-td-and-th-elements
_MOST_COLUMNS = 1000


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell. ``columns`` and ``rows`` are how many of each it spans."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class _Placed:
    text: str
    first: int
    end: int


def table_lines(rows: Sequence[Sequence[Cell]], headers: int = 0) -> list[str]:
    """One line for each row of data. ``headers`` is how many rows at the top are the header.

    A cell that spans columns is said once. One that spans rows is said in each of them if it is
    short, else in the first only. A header without data is a line of its own.
    """
    placed = [row for row in _place(rows) if row]
    width = max((cell.end for row in placed for cell in row), default=0)
    headers = _with_second_header(placed, min(headers, len(rows)))
    if headers >= len(placed):
        return [" | ".join(cell.text for cell in row) for row in placed]
    names = _column_names(placed[:headers])
    return [_line(row, names, width) for row in placed[headers:]]


def looks_like_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row of an unmarked table names its columns.

    It does if its cells are all there, short, different and not numeric. In a table of two
    columns that is also true of "Author | Jane", so there the cells below must in addition be
    of one shape (all "12.50", all "3 kg") which the first row's second cell does not have.
    """
    if len(rows) < 2:
        return False
    first = [cell.strip() for cell in rows[0]]
    width = max(len(row) for row in rows)
    if len(first) < 2 or len(first) < width or len(set(first)) < len(first):
        return False
    if any(not cell or len(cell) > _SHORT_HEADER or _is_numeric(cell) for cell in first):
        return False
    if width > 2:
        return True
    shapes = {_shape(row[1]) for row in rows[1:] if len(row) > 1 and row[1].strip()}
    if len(rows) < 3 or len(shapes) != 1:
        return False
    return "#" in shapes.pop() and "#" not in _shape(first[1])


def _with_second_header(placed: Sequence[Sequence[_Placed]], headers: int) -> int:
    """How many rows at the top are the header, if it goes on in a row that is not marked as one, as
    Markdown cannot mark it: a row without a label, of years or words, above labelled numbers."""
    if not headers or headers + 1 >= len(placed):
        return headers
    second, *below = placed[headers:]
    columns = {cell.first for cell in second}
    is_named = all(_YEAR.search(cell.text) or not _is_numeric(cell.text) for cell in second)
    labelled = [row for row in below if row[0].first == 0]
    cells = [cell.text for row in labelled for cell in row if cell.first in columns]
    has_numbers = 2 * sum(bool(_NUMBER.search(text)) for text in cells) > len(cells)
    is_above = len(second) > 1 and 0 not in columns and 2 * len(labelled) > len(below)
    return headers + 1 if is_above and is_named and has_numbers else headers


def _is_numeric(text: str) -> bool:
    return text[0].isdigit() or not any(character.isalpha() for character in text)


def _shape(text: str) -> str:
    return _LETTERS.sub("a", _NUMBER.sub("#", text)).replace(" ", "")


def _place(rows: Sequence[Sequence[Cell]]) -> Iterator[list[_Placed]]:
    """The cells of each row with their columns, those that reach down from above included."""
    reaching: list[tuple[_Placed, int]] = []
    for row in rows:
        taken = {column for cell, _ in reaching for column in range(cell.first, cell.end)}
        placed = [cell for cell, _ in reaching if len(cell.text) <= _LONGEST_LABEL]
        reaching = [(cell, left - 1) for cell, left in reaching if left > 1]
        column = 0
        for cell in row:
            while column in taken:
                column += 1
            end = column + min(max(cell.columns, 1), _MOST_COLUMNS)
            put = _Placed(cell.text.strip(), column, end)
            placed.append(put)
            if cell.rows > 1:
                reaching.append((put, cell.rows - 1))
            column = end
        yield sorted((cell for cell in placed if cell.text), key=lambda cell: cell.first)


def _column_names(headers: Sequence[Sequence[_Placed]]) -> dict[int, str]:
    names: dict[int, list[str]] = {}
    for row in headers:
        for cell in row:
            for column in range(cell.first, cell.end):
                texts = names.setdefault(column, [])
                if cell.text not in texts:
                    texts.append(cell.text)
    return {column: " ".join(texts).rstrip(": ") for column, texts in names.items()}


def _line(row: Sequence[_Placed], names: dict[int, str], width: int) -> str:
    if len(row) == 1 and row[0].end - row[0].first >= width > 1:
        return row[0].text
    if names:
        return "; ".join(_named(cell, names) for cell in row)
    if width == 2 and len(row) == 2:
        return f"{row[0].text.rstrip(': ')}: {row[1].text}"
    return " | ".join(cell.text for cell in row)


def _named(cell: _Placed, names: dict[int, str]) -> str:
    found = [names[column] for column in range(cell.first, cell.end) if names.get(column)]
    name = " / ".join(dict.fromkeys(found))
    return f"{name}: {cell.text}" if name else cell.text
