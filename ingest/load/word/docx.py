"""Word documents.

Paragraphs and tables come in the order of the document; a text box and a footnote come after
the paragraph that holds them. Deleted revisions and hidden text are left out, inserted ones kept.
The texts of page headers and footers come once, at the end: they may hold the number and
version of a document. There are no pages: Word decides them when it prints.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
from docx.exceptions import PythonDocxError
from docx.opc.exceptions import OpcError

from ingest.load.common.compose import compose
from ingest.load.office.zipped_xml import broken_package, check_package, refuse_strict
from ingest.load.word.body import body_blocks, furniture_blocks
from ingest.load.word.paragraphs import Notes
from ingest.load.word.styles import Styles
from ingest.records import Block, LoadedDocument


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a .docx file. Raises BrokenFile if it is damaged, locked or unreasonably large."""
    check_package(data)
    with broken_package("a Word document", OpcError, PythonDocxError):
        refuse_strict(data, ".docx")
        document = docx.Document(BytesIO(data))
        styles = Styles(document.part)
        blocks = body_blocks(document.element.body, styles, Notes(document.part))
        blocks += furniture_blocks(document.part, styles)
        metadata, title = _properties(document)
    return compose("docx", blocks, title=title or _title(blocks), metadata=metadata)


def _properties(document: Any) -> tuple[dict[str, Any], str | None]:
    properties = document.core_properties
    found = {
        "author": properties.author,
        "created": properties.created,
        "language": properties.language,
    }
    # What python-docx and its template put in when nobody has written anything.
    metadata = {key: value for key, value in found.items() if value and value != "python-docx"}
    title = (properties.title or "").strip()
    return metadata, None if title == "Word Document" else title


def _title(blocks: list[Block]) -> str | None:
    return next(
        (block.text for block in blocks if block.kind == "heading" and block.level == 1), None
    )
