"""Files in files: attachments of mails and PDFs, to a depth."""

from __future__ import annotations

from contextvars import ContextVar

from ingest.errors import BrokenFile
from ingest.load.common.compose import as_blocks
from ingest.load.read import load_bytes
from ingest.records import Block, LoadedDocument

_DEEPEST = 3
_DEPTH: ContextVar[int] = ContextVar("_DEPTH", default=0)


def load_inside(data: bytes, name: str) -> LoadedDocument:
    """Read a file that another one holds. Raises LoadError."""
    depth = _DEPTH.get()
    if depth >= _DEEPEST:
        raise BrokenFile(f"more than {_DEEPEST} files in one another")
    token = _DEPTH.set(depth + 1)
    try:
        return load_bytes(data, name)
    finally:
        _DEPTH.reset(token)


def attachment_blocks(document: LoadedDocument, name: str) -> list[Block]:
    """An attached file's blocks under a heading with its name."""
    return [Block("heading", f"Attachment: {name}", 2), *as_blocks(document, 2)]
