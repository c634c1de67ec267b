"""Rows of tables in a text, as readers write them (``ingest.load.common.tables``): "Article: A-104;
Stock: 22", where a label may stand first without a head; or with tabs between the cells, as plain
text has them, under a line with their heads."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.load.common.tables import cells_in, looks_like_header
from ingest.records import StoredChunk
from rag_app.records import Cells, columns_of

NAMED = re.compile(r"([^:;\n]{1,80}): ")
PADDED = 100  # characters; in wider tables no column is padded, which a screen would only break


def cells_of(chunk: StoredChunk, start: int, end: int) -> Cells:
    """The cells of a row with their heads, for the words ``[start, end)`` of a chunk's document;
    none for what is no row."""
    text = chunk.text[start - chunk.start : end - chunk.start]
    if "\n" in text:
        return ()
    if "\t" in text:
        return _between_tabs(chunk.text[: start - chunk.start].split("\n")[:-1], text)
    return _named(text)


def in_words(chunk: StoredChunk, start: int, end: int) -> str:
    """The words ``[start, end)`` of a chunk's document as they are to be compared with a question:
    a row with tabs says nothing without the heads of its columns."""
    text = chunk.text[start - chunk.start : end - chunk.start]
    if "\t" not in text:
        return text
    cells = cells_of(chunk, start, end)
    return "; ".join(f"{head}: {cell}" if head else cell for head, cell in cells) or text


def are_of_one_table(one: Cells, other: Cells) -> bool:
    """Whether two rows have the same columns, but for cells that are empty in one of them."""
    heads, others = ({head for head, _ in cells} for cells in (one, other))
    return bool(heads) and 2 * len(heads & others) > min(len(heads), len(others))


def markdown_table(rows: Sequence[Cells], marker: int) -> str:
    """Rows as a table in Markdown, each with a citation marker at its end."""
    columns = columns_of(rows)
    lines = [[_escaped(head) for head in columns]]
    for cells in rows:
        there = dict(cells)
        line = [_escaped(there.get(head, "")) for head in columns]
        lines.append([*line[:-1], f"{line[-1]} [{marker}]".strip()])
    widths = [max(len(line[at]) for line in lines) for at in range(len(columns))]
    if sum(widths) + 3 * len(widths) > PADDED:
        widths = [0] * len(widths)
    rule = ["-" * max(width, 3) for width in widths]
    return "\n".join(
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in [lines[0], rule, *lines[1:]]
    )


def _named(text: str) -> Cells:
    cells = cells_in(text, NAMED)
    heads = [head for head, _ in cells]
    is_row = len(cells) > 1 and len(set(heads)) == len(heads)
    return tuple(cells) if is_row else ()


def _between_tabs(above: Sequence[str], text: str) -> Cells:
    """The cells of a line with tabs, under the heads of the lines above it that are of its
    table."""
    cells = text.split("\t")
    table: list[list[str]] = [cells]
    for line in reversed(above):
        if line.count("\t") != text.count("\t"):
            break
        table.insert(0, line.split("\t"))
    if len(table) < 2 or not looks_like_header(table):
        return ()
    return tuple((head.strip(), cell.strip()) for head, cell in zip(table[0], cells, strict=True))


def _escaped(cell: str) -> str:
    return " ".join(cell.split()).replace("|", "\\|")
