"""RTF: paragraphs, headings by their outline level or style, lists, tables, notes, text boxes.

Hidden and deleted text is left out. A note and a text box come after the paragraph that holds
them; the texts of page headers and footers come once, at the end, as with Word's own files.
"""

from __future__ import annotations

from collections.abc import Iterator

from ingest.errors import BrokenFile
from ingest.load.common.compose import compose
from ingest.load.office.rtf_parser import Reader
from ingest.load.office.rtf_tokens import tokens
from ingest.records import Block, LoadedDocument


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read an RTF file. Raises BrokenFile if it does not begin like one."""
    data = data.lstrip()
    if not data.startswith(b"{\\rtf"):
        raise BrokenFile("not an RTF document")
    reader = Reader()
    for token in tokens(data):
        reader.take(token)
        if reader.ended:
            break
    reader.finish()
    blocks = [*reader.blocks, *_furniture(reader)]
    title = reader.information.get("title") or next(
        (block.text for block in blocks if block.kind == "heading" and block.level == 1), None
    )
    author = reader.information.get("author")
    return compose("rtf", blocks, title=title, metadata={"author": author} if author else {})


def _furniture(reader: Reader) -> Iterator[Block]:
    for text in dict.fromkeys(reader.furniture):
        # A page number alone.
        if any(map(str.isalpha, text)):
            yield Block("paragraph", text)
