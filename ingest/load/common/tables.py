"""Tables as lines of text that can each be quoted alone.

With a header, a row reads "Header: cell; Header: cell". Without one, a table of two columns
reads "key: value" and any other "a | b | c". Empty cells are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LONGEST_ROW = 600
"""Characters. A longer row would not fit into one chunk, and what is cut off it has no label."""

FORMULA = "="
"""What a formula that was not calculated begins with."""
LONGEST_NAME = 250
"""Characters of a question of a survey. It is a name if what stands below it is clearly shorter."""

_MOST_LABELS = 3
_SHORT_NAME = 40
_CLEARLY_LONGER = 1.5
_LETTERS = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d[\d.,]*")
_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d.,])")

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


Grid = Sequence[Sequence[str]]
"""The texts of a table by row and column, "" where a cell is empty."""


@dataclass(frozen=True, slots=True)
class _Placed:
    text: str
    first: int
    end: int


def table_lines(rows: Sequence[Sequence[Cell]], headers: int = 0) -> list[str]:
    """The lines of each row of data. ``headers`` is how many rows at the top are the header.

    A cell that spans columns is said once. One that spans rows is said in each of them if it is
    short, else in the first only. A header without data is a line of its own.
    """
    placed = list(_place(rows, _LONGEST_LABEL))
    headers = _with_second_header(placed, min(headers, len(rows)))
    names = _names(placed[:headers])
    above = {id(cell) for row in placed[:headers] for cell in row}
    # What a header reaches down over is not a row of it.
    data = [row for row in placed[headers:] if any(id(cell) not in above for cell in row)]
    width = max((cell.end for row in placed for cell in row), default=0)
    lines = [line for row in data for line in _lines(row, names, width)]
    if any(_name(cell, names) for row in data for cell in row):
        return lines
    # A form that nobody has filled in.
    return [" | ".join(cell.text for cell in row) for row in placed[:headers] if row] + lines


def looks_like_header(rows: Grid) -> bool:
    """Whether the first row of a table names its columns.

    It does if its cells are all there (but for the corner above the labels), short, different and
    not numeric. In a table of two columns that is also true of "Author | Jane", so there the cells
    below must in addition be of one shape (all "12.50", all "3 kg") which the first row's second
    cell does not have.
    """
    if len(rows) < 2:
        return False
    first = [cell.strip() for cell in rows[0]]
    width = max(len(row) for row in rows)
    if first and not first[0] and width == len(first):
        return looks_like_header([row[1:] for row in rows])
    if len(first) < 2 or len(first) < width or len(set(first)) < len(first):
        return False
    if any(
        not cell or _is_numeric(cell) or not is_name(cell, cells_below(rows, column), _SHORT_NAME)
        for column, cell in enumerate(first)
    ):
        return False
    if width > 2:
        return True
    below = [cell for cell in cells_below(rows, 1) if cell.strip() and cell[0] != FORMULA]
    shapes = set(map(_shape, below))
    if len(rows) < 3 or len(shapes) != 1:
        return False
    return "#" in shapes.pop() and "#" not in _shape(first[1])


def cells_below(rows: Grid, column: int) -> list[str]:
    return [row[column] for row in rows[1:] if column < len(row)]


def is_name(text: str, below: Sequence[str], short: int) -> bool:
    """Whether a cell is as short as names are, or much longer than what it would name."""
    if len(text) <= short:
        return True
    longest = max(map(len, below), default=0)
    return len(text) <= LONGEST_NAME and len(text) > _CLEARLY_LONGER * longest


def _with_second_header(placed: Sequence[Sequence[_Placed]], headers: int) -> int:
    """How many rows at the top are the header, if it goes on in a row that is not marked as one, as
    Markdown cannot mark it: a row without a label, of years or words, above labelled numbers."""
    below = [row for row in placed[headers + 1 :] if row]
    second = placed[headers] if headers and below else []
    columns = {cell.first for cell in second}
    if len(second) < 2 or 0 in columns:
        return headers
    is_named = all(_YEAR.search(cell.text) or _is_word(cell.text) for cell in second)
    labelled = [row for row in below if row[0].first == 0]
    cells = [cell.text for row in labelled for cell in row if cell.first in columns]
    has_numbers = 2 * sum(bool(_NUMBER.search(text)) for text in cells) > len(cells)
    is_above = is_named and 2 * len(labelled) > len(below)
    return headers + 1 if is_above and has_numbers else headers


def _is_word(text: str) -> bool:
    return not text[0].isdigit() and _has_letter(text)


def _is_numeric(text: str) -> bool:
    return text[0].isdigit() or not any(character.isalpha() for character in text)


def _shape(text: str) -> str:
    return _LETTERS.sub("a", _NUMBER.sub("#", text)).replace(" ", "")


def grid_of(rows: Sequence[Sequence[Cell]]) -> Grid:
    """The text at each row and column; that of a merged cell at all of its places."""
    placed = [
        {column: cell.text for cell in row for column in range(cell.first, cell.end)}
        for row in _place(rows, _LONGEST_LABEL)
    ]
    width = max((max(row, default=-1) + 1 for row in placed), default=0)
    return [[row.get(column, "") for column in range(width)] for row in placed]


def row_lines(cells: Sequence[tuple[str, str]]) -> list[str]:
    """A row of named cells as one line; as several, each with the row's label, if it is long.

    ``cells`` are names (or "") and texts. The label is what the row begins with: its first cell,
    and up to two more until one has words.
    """
    texts = [f"{name}: {text}" if name else text for name, text in cells]
    if sum(map(len, texts)) + 2 * len(texts) <= LONGEST_ROW:
        return ["; ".join(texts)]
    labels = 1 + next(
        (place for place, (_, text) in enumerate(cells[:_MOST_LABELS]) if _has_letter(text)), 0
    )
    label = texts[:labels]
    if sum(map(len, label)) > 2 * _LONGEST_LABEL:
        label = []
    lines: list[list[str]] = [[]]
    room = LONGEST_ROW
    for text in texts[len(label) :]:
        if lines[-1] and len(text) + 2 > room:
            lines.append([])
            room = LONGEST_ROW
        if not lines[-1]:
            lines[-1].extend(label)
            room -= sum(map(len, label)) + 2 * len(label)
        lines[-1].append(text)
        room -= len(text) + 2
    return ["; ".join(line) for line in lines]


def _has_letter(text: str) -> bool:
    return any(map(str.isalpha, text))


def _place(rows: Sequence[Sequence[Cell]], longest: int) -> Iterator[list[_Placed]]:
    """The cells of each row that hold text, with their columns; those that reach down from above
    are included, if they have at most ``longest`` characters."""
    reaching: list[tuple[_Placed, int]] = []
    for row in rows:
        taken = {column for cell, _ in reaching for column in range(cell.first, cell.end)}
        placed = [cell for cell, _ in reaching if len(cell.text) <= longest]
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


def column_names(header: Sequence[Sequence[Cell]]) -> dict[int, str]:
    """The name of each column that has one, by the rows of a header, from the top down."""
    return _names(list(_place(header, _LONGEST_LABEL)))


def _names(header: Sequence[Sequence[_Placed]]) -> dict[int, str]:
    names: dict[int, list[str]] = {}
    for row in header:
        for cell in row:
            for column in range(cell.first, cell.end):
                texts = names.setdefault(column, [])
                if cell.text not in texts:
                    texts.append(cell.text)
    return {column: " ".join(texts).rstrip(": ") for column, texts in names.items()}


def _lines(row: Sequence[_Placed], names: dict[int, str], width: int) -> list[str]:
    if len(row) == 1 and row[0].end - row[0].first >= width > 1:
        return [row[0].text]
    if names:
        return row_lines([(_name(cell, names), cell.text) for cell in row])
    if width == 2 and len(row) == 2:
        return [f"{row[0].text.rstrip(': ')}: {row[1].text}"]
    return [" | ".join(cell.text for cell in row)]


def _name(cell: _Placed, names: dict[int, str]) -> str:
    found = [names[column] for column in range(cell.first, cell.end) if names.get(column)]
    return " / ".join(dict.fromkeys(found))


def cells_in(line: str, head: re.Pattern[str]) -> list[tuple[str, str]]:
    """The cells of a row that reads "head: cell; head: cell", with their heads, each of which
    ``head`` takes with its colon. What has no head goes on with the cell before it, or is the label
    of the row."""
    cells: list[tuple[str, str]] = []
    for at, part in enumerate(line.split("; ")):
        match = head.match(part)
        if match:
            cells.append((match[1], part[match.end() :]))
        elif at:
            before, cell = cells[-1]
            cells[-1] = (before, f"{cell}; {part}")
        else:
            cells.append(("", part))
    return cells
