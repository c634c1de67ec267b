"""Tables out of a document's text: its rows are lines, "Article: A-104; Stock: 22", whatever the
format was (``ingest.load.common.tables``), so what a table is can be told again from the text and
its blocks alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ingest.load.common.tables import LONGEST_ROW, cells_in
from ingest.records import PlacedBlock
from ingest.tables.records import Column, Row, Table
from ingest.tables.values import column_of

NAMED = re.compile(r"([^;\n]{1,250}?): ")
LONGEST_CAPTION = 200
MOST_COLUMNS = 16_384  # as many as a sheet of Excel has
# A name that this few of many rows have is a part of a cell.
MANY = 6

_Key = tuple[str, int]
"""The name of a column, and how many of the same name are before it."""


def tables_of(text: str, blocks: Sequence[PlacedBlock]) -> Iterator[Table]:
    """The tables of a document that have names for their columns, in order. What has more columns
    than ``MOST_COLUMNS`` keeps the first."""
    heading, above, lines = "", "", list[PlacedBlock]()
    for block in blocks:
        follows = lines and "\n\n" not in text[lines[-1].end : block.start]
        if lines and (block.kind != "row" or not follows):
            table = table_of(
                text, [(one.start, one.end) for one in lines], _caption(heading, above)
            )
            if table is not None:
                yield table
            lines = []
        if block.kind == "row":
            lines.append(block)
        elif block.kind == "heading":
            heading, above = text[block.start : block.end], ""
        else:
            above = text[block.start : block.end]
    if lines:
        table = table_of(text, [(one.start, one.end) for one in lines], _caption(heading, above))
        if table is not None:
            yield table


def table_of(
    text: str,
    spans: Sequence[tuple[int, int]],
    caption: str = "",
    known: Sequence[Column] = (),
) -> Table | None:
    """The table whose rows are lines of a text; None if its columns have no names. Where its
    columns are ``known``, what is in them is not found out again."""
    rows = [cells_in(text[start:end], NAMED) for start, end in spans]
    heads = Counter(head for cells in rows for head, _ in cells)
    rare = {head for head, count in heads.items() if len(rows) >= MANY and count == 1}
    if rare:
        # A column that is empty but once is one if it stands alone: many such are parts of cells.
        rows = [_without(cells, rare) if len(rare) > 3 else cells for cells in rows]
    whole = _whole_rows(spans, [_keyed(cells) for cells in rows])
    keys = _in_order([cells for _, _, cells in whole])[:MOST_COLUMNS]
    named = sum(any(head for head, _ in cells) for cells in rows)
    if 2 * named <= len(rows) or not any(head for head, _ in keys):
        return None
    if len(rows) > 1 and len(keys) >= len(rows) and all(len(cells) == 1 for cells in rows):
        return None  # "key: value" in each line
    same: dict[str, str] = {}  # of equal cells one text, for tables of many rows
    found = [
        Row(start, end, tuple(same.setdefault(one := cells.get(key, ""), one) for key in keys))
        for start, end, cells in whole
    ]
    if [column.name for column in known] == [head for head, _ in keys]:
        return Table(spans[0][0], spans[-1][1], caption, tuple(known), tuple(found))
    columns = tuple(
        column_of(head, [row.cells[at] for row in found]) for at, (head, _) in enumerate(keys)
    )
    return Table(spans[0][0], spans[-1][1], caption, columns, tuple(found))


def _without(cells: list[tuple[str, str]], rare: set[str]) -> list[tuple[str, str]]:
    kept: list[tuple[str, str]] = []
    for head, cell in cells:
        if kept and head in rare:
            kept[-1] = (kept[-1][0], f"{kept[-1][1]}; {head}: {cell}")
        else:
            kept.append((head, cell))
    return kept


def _keyed(cells: Sequence[tuple[str, str]]) -> dict[_Key, str]:
    count: Counter[str] = Counter()
    keyed: dict[_Key, str] = {}
    for head, cell in cells:
        keyed[head, count[head]] = cell.strip()
        count[head] += 1
    return keyed


def _in_order(rows: Sequence[dict[_Key, str]]) -> list[_Key]:
    """The columns, each once, in the order in which the rows have them."""
    keys: list[_Key] = []
    known: set[_Key] = set()
    for cells in rows:
        if cells.keys() <= known:
            continue
        at = 0
        for key in cells:
            if key in known:
                at = keys.index(key) + 1
            else:
                keys.insert(at, key)
                known.add(key)
                at += 1
    return keys


def _whole_rows(
    spans: Sequence[tuple[int, int]], lines: Sequence[dict[_Key, str]]
) -> list[tuple[int, int, dict[_Key, str]]]:
    """The rows with their places, of lines of which several may be one long row."""
    whole: list[tuple[int, int, dict[_Key, str]]] = []
    for (start, end), cells in zip(spans, lines, strict=True):
        if whole and _goes_on(whole[-1][2], cells, end - whole[-1][0]):
            whole[-1] = (whole[-1][0], end, whole[-1][2] | cells)
        else:
            whole.append((start, end, cells))
    return whole


def _goes_on(before: dict[_Key, str], cells: dict[_Key, str], length: int) -> bool:
    """Whether a line is the rest of a long row, whose label it repeats: together they have so many
    characters."""
    shared = before.keys() & cells.keys()
    return (
        length > LONGEST_ROW
        and 0 < len(shared) < len(cells)
        and next(iter(before)) in shared
        and all(before[key] == cells[key] for key in shared)
        and len(shared) <= 3
    )


def _caption(heading: str, above: str) -> str:
    parts = [part for part in (heading, above) if part and len(part) <= LONGEST_CAPTION]
    return " – ".join(" ".join(part.split()) for part in parts)
