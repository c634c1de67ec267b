"""Org files: headings, lists, tables and code. Drawers and comments are left out; a heading's state
("TODO") stays, and its tags follow it."""

from __future__ import annotations

import re
from typing import Any

from ingest.load.common.compose import compose
from ingest.load.common.tables import Cell
from ingest.load.common.typography import linked
from ingest.load.markup.lines import Gathered, decoded_lines, table_blocks
from ingest.records import Block, LoadedDocument

_HEADING = re.compile(r"(\*+) +(.*?)(?:\s+:([\w@#%:]+):)?$")
_KEYWORD = re.compile(r"#\+(\w+):\s*(.*)", re.I)
_BEGIN = re.compile(r"#\+begin_(\w+)\b(.*)", re.I)
_DRAWER = re.compile(r":[\w-]+:$")
_ITEM = re.compile(r"(\s*)(?:([-+])|(?<=\s)(\*)|((?:\d+|[A-Za-z])[.)]))\s+(?:\[@\d+\]\s*)?(.*)")
_RULE = re.compile(r"-{5,}$")
_TABLE_RULE = re.compile(r"\|[-+]+\|?$")
_LINK = re.compile(r"\[\[([^\[\]]+)\](?:\[([^\[\]]+)\])?\]")
_MARK = re.compile(r"(?<![^\s\-({'\"])([*/_=~+])(?=\S)([^\n]{0,400}?\S)\1(?![^\s\-.,;:!?)}'\"\[])")
_FOOTNOTE = re.compile(r"\[fn:([\w-]*)\]")
_METADATA = {"author": "author", "date": "created", "language": "language"}


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read an Org file. Raises BrokenFile for data that is not text."""
    lines = decoded_lines(data)
    gathered = Gathered()
    metadata: dict[str, Any] = {}
    title = ""
    place = 0
    while place < len(lines):
        line = lines[place]
        place += 1
        bare = line.strip()
        heading = _HEADING.match(line)
        if heading:
            tags = f" ({heading[3].strip(':').replace(':', ', ')})" if heading[3] else ""
            level = min(len(heading[1]), 6)
            gathered.add(Block("heading", f"{_plain(heading[2], links=False)}{tags}", level))
        elif begin := _BEGIN.match(bare):
            place = _block(begin[1].lower(), lines, place, gathered)
        elif keyword := _KEYWORD.match(bare):
            gathered.end()
            if keyword[1].lower() == "title":
                title = f"{title} {keyword[2]}".strip()
            elif keyword[1].lower() in _METADATA and keyword[2]:
                metadata[_METADATA[keyword[1].lower()]] = keyword[2]
            elif keyword[1].lower() == "caption":
                gathered.add(Block("paragraph", _plain(keyword[2])))
        elif _DRAWER.match(bare) and any(one.strip().upper() == ":END:" for one in lines[place:]):
            gathered.end()
            while lines[place].strip().upper() != ":END:":
                place += 1
            place += 1
        elif bare.startswith("|"):
            rows = [bare]
            while place < len(lines) and lines[place].strip().startswith("|"):
                rows.append(lines[place].strip())
                place += 1
            gathered.add(*_table(rows))
        elif bare == "#" or bare.startswith("# ") or _RULE.match(bare) or not bare:
            gathered.end()
        elif item := _ITEM.match(line):
            number = f"{item[4]} " if item[4] else ""
            gathered.item(number + _plain(item[5]))
        elif bare.startswith(": ") or bare == ":":
            gathered.add(Block("code", line.lstrip()[2:]))
        else:
            gathered.line(_plain(bare))
    gathered.end()
    if title:
        gathered.blocks.insert(0, Block("paragraph", title))
    return compose("org", gathered.blocks, title=title or None, metadata=metadata)


def _block(kind: str, lines: list[str], place: int, gathered: Gathered) -> int:
    """A block up to its end: code as it is, all else as text. Gives where it ends."""
    inner: list[str] = []
    while place < len(lines) and not lines[place].strip().lower().startswith(f"#+end_{kind}"):
        inner.append(lines[place])
        place += 1
    gathered.end()
    if kind in ("src", "example", "export"):
        gathered.add(Block("code", "\n".join(inner)))
    elif kind != "comment":
        for line in inner:
            if line.strip():
                gathered.line(_plain(line.strip()))
            else:
                gathered.end()
        gathered.end()
    return place + 1


def _table(lines: list[str]) -> list[Block]:
    """A table; what stands above its first rule names the columns."""
    rules = [index for index, line in enumerate(lines) if _TABLE_RULE.match(line)]
    rows = [
        [Cell(_plain(cell.strip())) for cell in line.strip("|").split("|")]
        for line in lines
        if not _TABLE_RULE.match(line)
    ]
    first = next((rule for rule in rules if rule), 0)
    headers = first - sum(rule < first for rule in rules)
    return table_blocks(rows, headers if headers < len(rows) else 0)


def _plain(text: str, *, links: bool = True) -> str:
    """A line without the marks of type and links."""
    text = _LINK.sub(
        lambda one: linked(one[2], one[1]) if one[2] and links else one[2] or one[1], text
    )
    text = _FOOTNOTE.sub(r"[\1]", text)
    return _MARK.sub(lambda one: f"~~{one[2]}~~" if one[1] == "+" else one[2], text)
