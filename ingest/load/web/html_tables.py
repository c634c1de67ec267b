"""Tables of an HTML page: which ones hold data, and their cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from ingest.load.common.tables import Cell
from ingest.load.web.html_look import is_hidden

# Text of its own, not a value in a table.
_CONTENT = "table, h1, h2, h3, h4, h5, h6"


@dataclass(frozen=True, slots=True)
class DataTable:
    """The cells of a table, row by row; ``headers`` is how many rows at the top name columns."""

    rows: Sequence[Sequence[LexborNode]]
    headers: int
    caption: LexborNode | None

    def cells(self, texts: Mapping[int, str]) -> list[list[Cell]]:
        """The cells with their texts, which are given by the nodes' ids."""
        return [
            [
                Cell(texts[cell.mem_id], _span(cell, "colspan"), _span(cell, "rowspan"))
                for cell in row
            ]
            for row in self.rows
        ]


def data_table(table: LexborNode) -> DataTable | None:
    """The table's rows, or None if it only lays out a page.

    It does so if it says so, if it holds another table or a heading, or if it has a single
    column, or a single row without a header. Its cells are then read as text like any other.
    """
    if table.attributes.get("role") in ("presentation", "none"):
        return None
    if table.css_first(_CONTENT) is not None and _holds_content(table):
        return None
    rows: list[list[LexborNode]] = []
    headers = 0
    for row in table.css("tr"):
        cells = [cell for cell in row.iter() if cell.tag in ("td", "th")]
        if not cells or _is_hidden(row):
            continue
        if headers == len(rows) and _is_header(row, cells):
            headers += 1
        rows.append(cells)
    if max((len(row) for row in rows), default=0) < 2 or (len(rows) < 2 and not headers):
        return None
    return DataTable(rows, headers, table.css_first("caption"))


def _is_hidden(row: LexborNode) -> bool:
    group = row.parent
    return is_hidden(row.attributes) or (group is not None and is_hidden(group.attributes))


def _holds_content(table: LexborNode) -> bool:
    return any(found.mem_id != table.mem_id for found in table.css(_CONTENT))


def _is_header(row: LexborNode, cells: Sequence[LexborNode]) -> bool:
    if row.parent is not None and row.parent.tag == "thead":
        return True
    named = [cell for cell in cells if (cell.text() or "").strip()]
    return bool(named) and len(cells) > 1 and all(cell.tag == "th" for cell in named)


def _span(cell: LexborNode, name: str) -> int:
    value = (cell.attributes.get(name) or "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else 1
