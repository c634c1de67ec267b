"""JSON Lines: a value on each line, read as the records of a list."""

from __future__ import annotations

from ingest.errors import BrokenFile
from ingest.load.common.charset import decode
from ingest.load.common.compose import compose
from ingest.load.plain.json import parse, value_lines
from ingest.records import Block, LoadedDocument


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a file of JSON lines. Raises BrokenFile if not one of them is JSON.

    A line that is not JSON, as the last one of a file that was cut off, is kept as it is.
    """
    blocks: list[Block] = []
    read_lines = 0
    for line in decode(data).split("\n"):
        if not line.strip():
            continue
        try:
            value = parse(line)
        except ValueError:
            blocks.append(Block("row", line))
            continue
        read_lines += 1
        blocks.extend(Block("row", text) for text in value_lines(value, record=True))
    if not read_lines:
        raise BrokenFile("damaged: none of its lines is JSON")
    return compose("jsonl", blocks)
