"""A document's text as it is read: headings, paragraphs, lists and tables, with words marked.

The text is untrusted and stays as it is: each piece of it is escaped here, and no sign of it is
Markdown or HTML. Marks are given by their places in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from ingest.records import PlacedBlock
from rag_app.ui.widgets.escape import escaped
from rag_app.ui.widgets.tables import table_html

# As ``ingest.load.common.tables`` writes a row: "Header: cell; Header: cell".
CELL = re.compile(r"(?:^|; )(?P<head>[^:;\s][^:;]{0,59}): ")
# A line that was broken where a page ended, and not where its words do: a long one that ends within
# a sentence, before one that goes on. What begins as an item of a list begins a line.
WRAPPED = re.compile(
    r"(?<=[^\n]{40})(?<![.!?:;\s])[ \t]*\n(?=[^\W\dA-Z_]|[(“‘\"'])"
    r"|(?<=[^\n]{55})(?<![.!?:;\s])[ \t]*\n(?![\s\-*•–]|\(?\w{1,3}[.)]\s)"
)
TAGS = {"paragraph": "p", "item": "p", "row": "p", "code": "pre", "context": "p"}


@dataclass(frozen=True, slots=True)
class Mark:
    """Words at ``text[start:end]`` that stand out, and how: the name of a class."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell of a row, and where its words stand in the text."""

    head: str
    start: int
    end: int


def typeset_html(
    text: str, blocks: Sequence[PlacedBlock], span: tuple[int, int], marks: Sequence[Mark]
) -> str:
    """The blocks of ``text`` between the two ends of ``span``, in order. Rows under the same heads
    are one table. What no block holds, such as the text of a document without any, is a paragraph.
    """
    begin, end = span
    marks = [one for one in marks if one.start < end and one.end > begin]
    parts: list[str] = []
    for is_row, group in groupby(_within(text, blocks, begin, end), lambda one: one.kind == "row"):
        if is_row:
            parts += _rows(text, list(group), marks)
        else:
            parts += [_block_html(text, block, marks) for block in group]
    return "".join(parts)


def unwrapped(text: str) -> str:
    """A text in which lines go on that were broken for the width of a page. Every sign keeps its
    place."""
    return WRAPPED.sub(lambda match: " " * len(match[0]), text)


def marked_html(text: str, begin: int, end: int, marks: Sequence[Mark]) -> str:
    """``text[begin:end]``, escaped, with those of the marks that are in it, also where several lie
    over each other."""
    inside = [one for one in marks if one.start < end and one.end > begin]
    ends = {max(begin, min(place, end)) for one in inside for place in (one.start, one.end)}
    parts: list[str] = []
    for first, last in pairwise(sorted({begin, end, *ends})):
        kinds = " ".join(one.kind for one in inside if one.start <= first and last <= one.end)
        words = escaped(text[first:last])
        parts.append(f'<mark class="{kinds}">{words}</mark>' if kinds else words)
    return "".join(parts)


def _within(
    text: str, blocks: Sequence[PlacedBlock], begin: int, end: int
) -> Iterator[PlacedBlock]:
    """The blocks between two places, cut there, and what stands between them."""
    at = begin
    for block in blocks:
        first, last = max(block.start, at), min(block.end, end)
        if first >= last:
            continue
        if text[at:first].strip():
            yield PlacedBlock("paragraph", at, first)
        yield PlacedBlock(block.kind, first, last, block.level)
        at = last
    if text[at:end].strip():
        yield PlacedBlock("paragraph", at, end)


def _block_html(text: str, block: PlacedBlock, marks: Sequence[Mark]) -> str:
    begin, piece = block.start, text[block.start : block.end]
    if block.kind != "code":
        piece = unwrapped(piece)
    here = [
        Mark(one.start - begin, one.end - begin, one.kind)
        for one in marks
        if one.start < block.end and one.end > begin
    ]
    words = marked_html(piece, 0, len(piece), here).strip("\n")
    if block.kind == "heading":
        return f'<p class="rag-text-heading rag-level-{block.level}">{words}</p>'
    tag = TAGS[block.kind]
    return f'<{tag} class="rag-text-{block.kind}">{words}</{tag}>'


def _rows(text: str, rows: Sequence[PlacedBlock], marks: Sequence[Mark]) -> Iterator[str]:
    """Rows as tables: those that follow each other and have heads in common are one."""
    table: list[list[_Cell]] = []
    heads: list[str] = []
    for row in rows:
        cells = _cells(text, row)
        names = [cell.head for cell in cells]
        are_pairs = len(names) == 1 and all(len(one) == 1 for one in table)
        if table and not (are_pairs or set(names) & set(heads)):
            yield _table(text, heads, table, marks)
            table, heads = [], []
        if not cells:
            yield _block_html(text, row, marks)
            continue
        table.append(cells)
        heads += [name for name in names if name not in heads]
    if table:
        yield _table(text, heads, table, marks)


def _table(
    text: str, heads: Sequence[str], rows: Sequence[Sequence[_Cell]], marks: Sequence[Mark]
) -> str:
    if all(len(row) == 1 for row in rows):  # names and values, such as the head of a letter
        pairs = [(escaped(row[0].head), _words(text, row[0], marks)) for row in rows]
        return table_html((), pairs)
    named = [{cell.head: _words(text, cell, marks) for cell in row} for row in rows]
    return table_html(
        [escaped(head) for head in heads], [[row.get(head, "") for head in heads] for row in named]
    )


def _words(text: str, cell: _Cell, marks: Sequence[Mark]) -> str:
    return marked_html(text, cell.start, cell.end, marks)


def _cells(text: str, row: PlacedBlock) -> list[_Cell]:
    """The cells of a row; none where it is not written with heads."""
    line = text[row.start : row.end]
    found = list(CELL.finditer(line))
    if not found or found[0].start():
        return []
    ends = [*(one.start() for one in found[1:]), len(line.rstrip())]
    return [
        _Cell(one["head"], row.start + one.end(), row.start + end)
        for one, end in zip(found, ends, strict=True)
    ]
