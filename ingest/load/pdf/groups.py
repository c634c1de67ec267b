"""Tables without lines whose names stand in two rows: groups, and the columns of each below."""

from __future__ import annotations

import math
from collections.abc import Sequence, Set
from itertools import pairwise, product

from ingest.load.common.tables import Cell
from ingest.load.pdf.tables import Table

_MOST_WAYS = 2_000


def with_groups(table: Table, rows: Sequence[Sequence[Cell]]) -> list[list[Cell]] | None:
    """The cells of a table with all that they reach over; None for one without groups of columns.

    Names that have none below them reach over both rows, the others over the columns around their
    middle. A label goes on in the next row where all other columns have a cell, and it has none.
    """
    if len(table.rows) < 4:
        return None
    above, below = (set(row) for row in table.rows[:2])
    width = len(table.lefts)
    alone = above - below
    if not alone or 0 not in alone or above | below != set(range(width)) or len(above) == width:
        return None
    if not all(set(range(1, width)) <= set(row) for row in table.rows[2:]):
        return None
    heads = sorted(above)
    starts = _starts(table, heads, alone)
    if starts is None:
        return None
    names = [
        Cell(rows[0][head].text, end - start, 2 if head in alone else 1)
        for head, (start, end) in zip(heads, pairwise([*starts, width]), strict=True)
    ]
    result = [names, [rows[1][column] for column in sorted(below)]]
    label = 0
    for at in range(2, len(rows)):
        if 0 in table.rows[at]:
            label = at
            result.append(list(rows[at]))
        elif label:
            own = result[label]
            own[0] = Cell(own[0].text, 1, at - label + 1)
            result.append(list(rows[at][1:]))
        else:
            return None
    return result


def _starts(table: Table, heads: Sequence[int], alone: Set[int]) -> tuple[int, ...] | None:
    """The columns at which names begin, so that groups stand in the middle of theirs, and names
    with none below them have one; None if that cannot be."""
    width = len(table.lefts)
    ways = [range(before + 1, head + 1) for before, head in pairwise([-1, *heads])]
    if math.prod(map(len, ways)) > _MOST_WAYS:
        return None

    def off(starts: tuple[int, ...]) -> float:
        total = 0.0
        for head, (start, end) in zip(heads, pairwise([*starts, width]), strict=True):
            if head in alone and end - start > 1:
                return math.inf
            cell = table.rows[0][head]
            middle = (table.lefts[start] + table.rights[end - 1]) / 2
            total += 0.0 if head in alone else abs((cell.left + cell.right) / 2 - middle)
        return total

    best = min(((0, *rest) for rest in product(*ways[1:])), key=off)
    return best if off(best) < math.inf else None
