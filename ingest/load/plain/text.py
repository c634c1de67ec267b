"""Plain text. The text is the file's own, but for invisible characters, with line ends made "\\n".

Blocks are found in it by blank lines, markers and rules. A hard-wrapped paragraph is one block.
The line of "===" under a heading, and any other rule, is a paragraph of its own, so that a
heading is its words only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePath

from ingest.errors import EmptyFile
from ingest.load.common.charset import decode
from ingest.load.common.clean import readable_lines
from ingest.load.common.compose import plain_values
from ingest.load.common.front_matter import front_matter, is_certain
from ingest.records import Block, BlockKind, LoadedDocument, PlacedBlock

_RULE = re.compile(r"([=\-~^*+#_])\1{2,}$")
_RULE_LEVELS = {"=": 1, "-": 2}
_OTHER_RULE_LEVEL = 3
_MARKER = re.compile(r"(?:[-*+•‣◦▪–]|\(?(?:\d{1,3}|[a-z])[.)])\s+\S")
_NUMBERED = re.compile(r"(\d{1,3}(?:\.\d{1,3})*)\.?\s+[^\W\d_]")
_KEY_VALUE = re.compile(r"[^\W\d_][^:]{0,39}:\s+\S")
_COLUMNS = re.compile(r"\S {2,}\S|\S\t+\S")
_LONGEST_HEADING = 80
_LONGEST_CAPITALS = 60
_MOST_LINES_IN_CAPITALS = 3
_SENTENCE_END = tuple(".,;:!?")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line without the white space around it, and where it stands in the text."""

    start: int
    end: int
    text: str
    indent: int


def read(data: bytes, name: str) -> LoadedDocument:
    """Read a text file. Raises EmptyFile, and BrokenFile if the data is not text.

    The lines of a ``.log`` file are a block each, with the indented lines below them. What is
    certainly YAML front matter becomes the metadata too, and is one block of the text.
    """
    text = readable_lines(decode(data))
    if not text.strip():
        raise EmptyFile("the file has nothing but white space")
    is_log = PurePath(name).suffix.lower() == ".log"
    found, begin = ({}, 0) if is_log else front_matter(text)
    if not is_certain(found):
        found, begin = {}, 0
    metadata = plain_values(found)
    lines = [line for line in _lines(text) if line.start >= begin]
    blocks = tuple(_log_blocks(lines) if is_log else _blocks(_groups(lines)))
    title = str(metadata["title"]) if metadata.get("title") else _title(text, blocks)
    if metadata:
        start = text.index("---")
        blocks = (PlacedBlock("code", start, start + len(text[start:begin].rstrip())), *blocks)
    return LoadedDocument(kind="text", text=text, blocks=blocks, title=title, metadata=metadata)


def text_blocks(text: str) -> list[Block]:
    """The blocks of plain text that stands in another document."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return [
        Block(block.kind, text[block.start : block.end], block.level)
        for block in _blocks(_groups(list(_lines(text))))
    ]


def _title(text: str, blocks: Sequence[PlacedBlock]) -> str | None:
    """The heading that a text begins with, under a rule or none."""
    for block in blocks[:2]:
        if block.kind == "heading":
            return text[block.start : block.end]
        if not _RULE.fullmatch(text[block.start : block.end]):
            break
    return None


def _lines(text: str) -> Iterator[_Line]:
    position = 0
    for line in text.split("\n"):
        bare = line.strip()
        start = position + len(line) - len(line.lstrip())
        yield _Line(start, start + len(bare), bare, start - position)
        position += len(line) + 1


def _groups(lines: Sequence[_Line]) -> list[list[_Line]]:
    """The runs of lines between blank lines."""
    return [list(group) for full, group in groupby(lines, lambda line: bool(line.text)) if full]


def _place(kind: BlockKind, lines: Sequence[_Line], level: int = 0) -> PlacedBlock:
    return PlacedBlock(kind, lines[0].start, lines[-1].end, level)


def _log_blocks(lines: Sequence[_Line]) -> Iterator[PlacedBlock]:
    entry: list[_Line] = []
    for line in lines:
        if not line.text:
            continue
        if entry and not line.indent:
            yield _place("row", entry)
            entry = []
        entry.append(line)
    yield _place("row", entry)


def _blocks(groups: Sequence[list[_Line]]) -> Iterator[PlacedBlock]:
    for index, group in enumerate(groups):
        around = [*groups[max(index - 1, 0) : index], *groups[index + 1 : index + 2]]
        level = _standalone_level(group, [other[0].text for other in around])
        if level:
            yield _place("heading", group, level)
        else:
            yield from _group_blocks(group)


def _standalone_level(group: Sequence[_Line], around: Sequence[str]) -> int:
    """The level of a heading that stands alone between blank lines, 0 if it is none.

    ``around`` are the first lines of what comes before and after.
    """
    text = group[0].text
    if len(group) <= _MOST_LINES_IN_CAPITALS and all(_in_capitals(line.text) for line in group):
        return 1
    if len(group) > 1 or len(text) > _LONGEST_HEADING or text.endswith(_SENTENCE_END):
        return 0
    numbered = _NUMBERED.match(text)
    if numbered is None:
        return 0
    # "1. Buy milk" above "2. Buy bread" is a list with space between its items.
    if _MARKER.match(text) and any(_MARKER.match(other) for other in around):
        return 0
    return min(numbered.group(1).count(".") + 2, 6)


def _in_capitals(text: str) -> bool:
    letters = sum(character.isalpha() for character in text)
    if letters < 3 or not text.isupper() or len(text) > _LONGEST_CAPITALS:
        return False
    return not (text.endswith(_SENTENCE_END) or _COLUMNS.search(text) or _MARKER.match(text))


def _group_blocks(group: Sequence[_Line]) -> Iterator[PlacedBlock]:
    """The blocks of the lines between two blank lines."""
    kinds = _line_kinds(group)
    block: list[_Line] = []
    kind: BlockKind = "paragraph"
    for index, (line, found) in enumerate(zip(group, kinds, strict=True)):
        runs_on = found == "paragraph" and not _RULE.fullmatch(line.text)
        if runs_on and block and (kind != "row" or line.indent > block[0].indent):
            block.append(line)
            continue
        if block:
            yield _place(kind, block)
            block = []
        if found == "heading":
            below = group[index + 1].text
            yield _place("heading", [line], _RULE_LEVELS.get(below[0], _OTHER_RULE_LEVEL))
        elif runs_on or found != "paragraph":
            block, kind = [line], found
        else:
            yield _place("paragraph", [line])
    if block:
        yield _place(kind, block)


def _line_kinds(group: Sequence[_Line]) -> list[BlockKind]:
    """What each line begins; "paragraph" also where a line goes on with the one above."""
    texts = [line.text for line in group]
    rows = [_row_like(text) for text in texts]
    kinds: list[BlockKind] = []
    for index, text in enumerate(texts):
        above = texts[index - 1] if index else ""
        below = texts[index + 1] if index + 1 < len(texts) else ""
        if _is_underlined(text, below) and (not above or _RULE.fullmatch(above)):
            kinds.append("heading")
        elif _MARKER.match(text):
            kinds.append("item")
        elif rows[index] and rows[max(index - 2, 0) : index + 3].count(rows[index]) > 1:
            kinds.append("row")
        else:
            kinds.append("paragraph")
    return kinds


def _is_underlined(text: str, below: str) -> bool:
    if _RULE.fullmatch(text) or not _RULE.fullmatch(below) or _COLUMNS.search(text[8:]):
        return False
    return len(text) <= _LONGEST_HEADING and 2 * len(below) >= len(text)


def _row_like(text: str) -> str:
    """Which kind of row a line could be, if a neighbour is one too; "" if none."""
    if _MARKER.match(text):
        return ""
    if _KEY_VALUE.match(text):
        return "key"
    return "columns" if _COLUMNS.search(text) else ""
