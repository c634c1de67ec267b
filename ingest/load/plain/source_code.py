"""Source code and configuration. The text is the file's own, but for invisible characters, as with
plain text.

A block is what stands between blank lines, with its indentation. There are no headings: what
is one depends on the language.
"""

from __future__ import annotations

from ingest.errors import EmptyFile
from ingest.load.common.charset import decode
from ingest.load.common.clean import readable_lines
from ingest.records import LoadedDocument, PlacedBlock


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a file of code. Raises EmptyFile, and BrokenFile if the data is not text."""
    text = readable_lines(decode(data))
    if not text.strip():
        raise EmptyFile("the file has nothing but white space")
    return LoadedDocument(kind="code", text=text, blocks=tuple(_blocks(text)))


def _blocks(text: str) -> list[PlacedBlock]:
    blocks: list[PlacedBlock] = []
    position = 0
    start = end = 0
    for line in text.split("\n"):
        if line.strip():
            start = start if end > start else position
            end = position + len(line.rstrip())
        elif end > start:
            blocks.append(PlacedBlock("code", start, end))
            start = end
        position += len(line) + 1
    if end > start:
        blocks.append(PlacedBlock("code", start, end))
    return blocks
