"""The text of a message: what its sender wrote, what is quoted, and the signature.

What is quoted and the signature are "context": they stay in the text and are found, and are never
an answer, since somebody else wrote them, or wrote them before. Quoted lines keep their ">". They
are known by their form, in whatever language: marks, the elements of HTML that mail programs put
round them, the header of another message, a line with a sender and a time that ends with a colon.

What a message hands on is no context: there is nothing else in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from ingest.load.mail.letter import (
    MOST_HEADER_LINES,
    Letter,
    begins_with_label,
    without_signature,
)
from ingest.load.plain.text import text_blocks
from ingest.records import Block

_QUOTED = re.compile(r"((?:>[ \t]?)+)(.*)", re.S)
_WORD = re.compile(r"\w+")
# A line that divides messages: "-----Original Message-----", "________".
_DIVIDER = re.compile(r"\s*[-_=*]{5,}")
_MOST_ATTRIBUTION_LINES = 3


def plain_blocks(text: str, letter: Letter) -> list[Block]:
    """The blocks of a message's plain text."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    rest, heading = _rest(lines, letter)
    own, signature = without_signature(lines[:rest], letter)
    attributions = _attributions(lines, letter)
    found: list[Block] = []
    marked = [(*_unquoted(line), index in attributions) for index, line in enumerate(own)]
    found.extend(_blocks(marked, is_context=False))
    if signature:
        found.append(Block("context", "\n".join(signature)))
    marked = [(*_unquoted(line), False) for line in lines[rest:]]
    quoted = list(_blocks(marked, is_context=True))
    return _settled([*found, *quoted], letter, heading)


def html_blocks(blocks: Sequence[Block], letter: Letter) -> list[Block]:
    """The blocks of a message's HTML, in which quoting elements are context already."""
    heading = ""
    found: list[Block] = []
    for index, block in enumerate(blocks):
        is_next_quoted = index + 1 < len(blocks) and blocks[index + 1].kind == "context"
        if not heading and (letter.is_header(block.text) or letter.is_attribution(block.text)):
            heading = block.text
        is_above = is_next_quoted and letter.is_attribution(block.text, is_above_quote=True)
        found.append(replace(block, kind="context", level=0) if heading or is_above else block)
    return _settled(found, letter, heading)


def missing_rows(blocks: Sequence[Block], text: str) -> list[Block]:
    """The rows of tables among the blocks of a message's HTML that say a word which its plain text
    does not."""
    said = set(_WORD.findall(text.casefold()))
    return [
        block
        for block in blocks
        if block.kind == "row" and not said.issuperset(_WORD.findall(block.text.casefold()))
    ]


def _settled(blocks: list[Block], letter: Letter, heading: str) -> list[Block]:
    """The blocks, where all that is not the sender's is no context if there is nothing else, or if
    the message hands it on."""
    says_something = any(block.kind != "context" and _WORD.search(block.text) for block in blocks)
    if says_something and not (heading and letter.hands_on(heading)):
        return blocks
    return [replace(one, kind="paragraph") if one.kind == "context" else one for one in blocks]


def _rest(lines: Sequence[str], letter: Letter) -> tuple[int, str]:
    """Where another message begins that goes on to the end, and its header or what stands above it;
    the end, and nothing, where there is none."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or _QUOTED.match(lines[end - 1])):
        end -= 1
    is_quoted = any(map(str.strip, lines[end:]))
    end = _attributed_from(lines, end, letter) if is_quoted else len(lines)
    for index, line in enumerate(lines[:end]):
        if _QUOTED.match(line) or not line.strip():
            continue
        heading = _heading_at(lines, index, letter)
        if heading:
            first = index
            while first and (not lines[first - 1].strip() or _DIVIDER.match(lines[first - 1])):
                first -= 1
            return first, heading
    return end, ""


def _heading_at(lines: Sequence[str], index: int, letter: Letter) -> str:
    """The header of another message, or the attribution, that begins at a line; or nothing."""
    if not letter.is_reply:
        return ""
    block: list[str] = []
    for line in lines[index : index + MOST_HEADER_LINES]:
        if not line.strip():
            break
        block.append(line.strip())
    if begins_with_label(lines[index]) and letter.is_header("\n".join(block)):
        return "\n".join(block)
    for count in range(1, _MOST_ATTRIBUTION_LINES + 1):
        text = " ".join(block[:count])
        if letter.is_attribution(text):
            return text
    return ""


def _attributions(lines: Sequence[str], letter: Letter) -> set[int]:
    """The lines that say who wrote the quoted lines below them."""
    found: set[int] = set()
    for index, line in enumerate(lines):
        if index and _QUOTED.match(line) and not _QUOTED.match(lines[index - 1]):
            found.update(range(_attributed_from(lines, index, letter), index))
    return found


def _attributed_from(lines: Sequence[str], quoted: int, letter: Letter) -> int:
    """Where what says who wrote the quoted lines from ``quoted`` on begins; there, if nothing
    does."""
    last = quoted - 1
    while last >= 0 and not lines[last].strip():
        last -= 1
    for first in range(last, max(last - _MOST_ATTRIBUTION_LINES, -1), -1):
        if not lines[first].strip() or _QUOTED.match(lines[first]):
            break
        if letter.is_attribution(" ".join(lines[first : last + 1]), is_above_quote=True):
            return first
    return quoted


def _blocks(lines: Sequence[tuple[int, str, bool]], *, is_context: bool) -> Iterator[Block]:
    """The blocks of lines, each with how deeply it is quoted and whether it is an attribution."""
    for (depth, attributes), group in groupby(lines, lambda line: (line[0], line[2])):
        blocks = text_blocks("\n".join(line for _, line, _ in group))
        if depth or attributes or is_context:
            mark = "> " * depth
            for block in blocks:
                yield Block("context", mark + " ".join(block.text.split()))
        else:
            yield from blocks


def _unquoted(line: str) -> tuple[int, str]:
    """How deeply a line is quoted, and the line without its marks."""
    found = _QUOTED.match(line)
    return (found[1].count(">"), found[2]) if found else (0, line)
