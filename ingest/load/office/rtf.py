"""RTF: paragraphs, headings by their outline level or style, lists, tables, notes, text boxes.

Hidden and deleted text is left out. A note and a text box come after the paragraph that holds
them; the texts of page headers and footers come once, at the end, as with Word's own files.
"""

from __future__ import annotations

from ingest.errors import BrokenFile
from ingest.load.common.compose import compose, first_heading, furniture_blocks
from ingest.load.office.rtf_parser import Reader
from ingest.load.office.rtf_tokens import tokens
from ingest.records import LoadedDocument


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
    # But for page numbers alone.
    furniture = (text for text in reader.furniture if any(map(str.isalpha, text)))
    blocks = [*reader.blocks, *furniture_blocks(furniture)]
    title = reader.information.get("title") or first_heading(reader.blocks)
    author = reader.information.get("author")
    return compose("rtf", blocks, title=title, metadata={"author": author} if author else {})
