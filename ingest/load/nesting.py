"""Files in files: attachments of mails and PDFs, objects in Office files, to a depth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from itertools import islice

from ingest.errors import BrokenFile, LoadError
from ingest.load.archive import members
from ingest.load.common.compose import as_blocks
from ingest.load.common.left_out import tell_inside
from ingest.load.formats.detect import detect
from ingest.load.read import ARCHIVE, load_bytes
from ingest.records import Block, LoadedDocument

_DEEPEST = 3
_MOST_IN_ARCHIVE = 100
_DEPTH: ContextVar[int] = ContextVar("_DEPTH", default=0)


def load_inside(data: bytes, name: str) -> LoadedDocument:
    """Read a file that another one holds. Raises LoadError."""
    depth = _DEPTH.get()
    if depth >= _DEEPEST:
        raise BrokenFile(f"more than {_DEEPEST} files in one another")
    token = _DEPTH.set(depth + 1)
    try:
        document = load_bytes(data, name)
    finally:
        _DEPTH.reset(token)
    if document.notes:
        tell_inside([f"in {name or 'an attachment'}: {'; '.join(document.notes)}"])
    return document


def attachment_blocks(files: Iterable[tuple[str, bytes]]) -> Iterator[Block]:
    """The blocks of files that another one holds, each under its name, which may be ""; what cannot
    be read is named."""
    for name, data in files:
        try:
            blocks = inside_blocks(data, name)
        except LoadError as error:
            yield Block("paragraph", f"{_attachment(name)} is not read: {error}.")
        else:
            yield Block("heading", f"Attachment: {name}" if name else "Attachment", 2)
            yield from blocks


def inside_blocks(data: bytes, name: str) -> list[Block]:
    """The blocks of a file that another one holds; of an archive those of its files, each under its
    path. Raises LoadError."""
    if detect(data, name) != ARCHIVE:
        return as_blocks(load_inside(data, name), 2)
    packed = members(data, name=name)
    blocks: list[Block] = []
    for member in islice(packed, _MOST_IN_ARCHIVE):
        try:
            if member.problem is not None:
                raise BrokenFile(member.problem)
            inner = as_blocks(load_inside(member.data, member.name), 3)
        except LoadError as error:
            blocks.append(Block("paragraph", f"{_attachment(member.name)} is not read: {error}."))
        else:
            blocks += [Block("heading", f"Attachment: {member.name}", 3), *inner]
    if left := sum(1 for _ in packed):
        blocks.append(Block("paragraph", f"{left:,} more files of {name} are not read."))
    return blocks


def _attachment(name: str) -> str:
    return f"Attachment {name}" if name else "An attachment"
