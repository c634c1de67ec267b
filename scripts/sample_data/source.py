"""Reads the light markup in which the sample documents are written.

A source starts with ``key: value`` lines up to a line ``---``. In the body every
line is one block, and blank lines are ignored:

    # Heading      ## Sub-heading      - bullet      1. step
    4.2 Clause     (a) sub-clause      > WARNING: note
    Table 1: caption, then [30,70] (column widths in per cent), then | rows |
    || document control row |         === page break

Anything else is a paragraph.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

_STEP = re.compile(r"\d+\. ")
_CLAUSE = re.compile(r"(\d+\.\d+|\([a-z]\)) (.+)")
_NOTE = re.compile(r"> ([A-Z]+): (.+)")
_WIDTHS = re.compile(r"\[[\d,]+\]")
_CAPTION = re.compile(r"Table \d+: ")


@dataclass
class Heading:
    level: int
    text: str


@dataclass
class Paragraph:
    text: str


@dataclass
class Clause:
    """A numbered clause of a contract, or a lettered sub-clause of one."""

    label: str
    text: str

    @property
    def is_sub(self) -> bool:
        return self.label.startswith("(")


@dataclass
class Note:
    """A paragraph that starts with a signal word such as WARNING."""

    word: str
    text: str


@dataclass
class ItemList:
    ordered: bool
    items: list[str]


@dataclass
class Table:
    """A table; without a caption it is a control table and has no header row."""

    caption: str
    widths: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


@dataclass
class PageBreak:
    pass


Block = Heading | Paragraph | Clause | Note | ItemList | Table | PageBreak


@dataclass
class Source:
    meta: dict[str, str]
    blocks: list[Block]


def _cells(line: str) -> list[str]:
    """Split a table row, keeping empty cells at its end."""
    return [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")]


def _add_item(blocks: list[Block], ordered: bool, text: str) -> None:
    last = blocks[-1] if blocks else None
    if isinstance(last, ItemList) and last.ordered == ordered:
        last.items.append(text)
    else:
        blocks.append(ItemList(ordered, [text]))


def _open_table(blocks: list[Block], line: str) -> Table:
    if not blocks or not isinstance(blocks[-1], Table):
        raise ValueError(f"table row without a caption above it: {line!r}")
    return blocks[-1]


def _add_table_line(blocks: list[Block], line: str) -> None:
    if line.startswith("||"):
        if not blocks or not isinstance(blocks[-1], Table):
            blocks.append(Table(caption="", widths=[24, 76]))
        _open_table(blocks, line).rows.append(_cells(line.removeprefix("|")))
    elif line.startswith("["):
        _open_table(blocks, line).widths = [int(part) for part in line[1:-1].split(",")]
    else:
        table, cells = _open_table(blocks, line), _cells(line)
        if table.rows and len(cells) != len(table.rows[0]):
            raise ValueError(f"row of another length than its table: {line!r}")
        table.rows.append(cells)


def _add_line(blocks: list[Block], line: str) -> None:
    if line == "===":
        blocks.append(PageBreak())
    elif line.startswith("#"):
        marks, text = line.split(" ", 1)
        blocks.append(Heading(len(marks), text))
    elif line.startswith("|") or _WIDTHS.fullmatch(line):
        _add_table_line(blocks, line)
    elif _CAPTION.match(line):
        blocks.append(Table(caption=line))
    elif line.startswith("- "):
        _add_item(blocks, ordered=False, text=line[2:])
    elif match := _STEP.match(line):
        _add_item(blocks, ordered=True, text=line[match.end() :])
    elif match := _CLAUSE.fullmatch(line):
        blocks.append(Clause(match[1], match[2]))
    elif match := _NOTE.fullmatch(line):
        blocks.append(Note(match[1], match[2]))
    else:
        blocks.append(Paragraph(line))


def read_source(path: Path) -> Source:
    """Parse one source file; raises ValueError where the markup is wrong."""
    head, _, body = path.read_text(encoding="utf-8").partition("\n---\n")
    meta = dict(line.split(": ", 1) for line in head.splitlines())
    blocks: list[Block] = []
    for line in body.splitlines():
        if line.strip():
            _add_line(blocks, line.strip())
    return Source(meta, blocks)
