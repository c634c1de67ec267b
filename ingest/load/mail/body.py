"""The plain text of a message: what its sender wrote, what is quoted, and the signature.

Quoted lines keep their ">", so that nobody takes them for the sender's own words, and a signature
(below a line of "-- ": RFC 3676, 4.3) is one block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from ingest.load.plain.text import text_blocks
from ingest.records import Block

_QUOTED = re.compile(r"((?:>[ \t]?)+)(.*)", re.S)
_SIGNATURE = ("-- ", "--")
_LONGEST_SIGNATURE = 12
_WORD = re.compile(r"\w+")


def plain_blocks(text: str) -> Iterator[Block]:
    """The blocks of a message's plain text."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines, signature = _without_signature(lines)
    for depth, group in groupby(map(_unquoted, lines), lambda line: line[0]):
        blocks = text_blocks("\n".join(line for _, line in group))
        if not depth:
            yield from blocks
        else:
            mark = "> " * depth
            yield from (Block("paragraph", mark + block.text) for block in blocks)
    if signature:
        yield Block("code", "\n".join(["--", *signature]))


def missing_rows(blocks: Sequence[Block], text: str) -> list[Block]:
    """The rows of tables among the blocks of a message's HTML that say a word which its plain text
    does not."""
    said = set(_WORD.findall(text.casefold()))
    return [
        block
        for block in blocks
        if block.kind == "row" and not said.issuperset(_WORD.findall(block.text.casefold()))
    ]


def _unquoted(line: str) -> tuple[int, str]:
    """How deeply a line is quoted, and the line without its marks."""
    found = _QUOTED.match(line)
    return (found[1].count(">"), found[2]) if found else (0, line)


def _without_signature(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines, and those of the signature at their end."""
    for index in range(len(lines) - 1, -1, -1):
        if lines[index] in _SIGNATURE:
            below = [line.strip() for line in lines[index + 1 :] if line.strip()]
            if len(below) <= _LONGEST_SIGNATURE and not any(map(_QUOTED.match, below)):
                return lines[:index], below
            break
    return lines, []
