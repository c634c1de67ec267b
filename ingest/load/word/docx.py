"""Word documents.

Paragraphs and tables come in the order of the document; text boxes, charts, diagrams, the text on
pictures, footnotes and comments come after the paragraph that holds them. Deleted revisions and
hidden text are left out, which the receipt says; inserted ones are kept.
The texts of page headers and footers come once, at the end: they may hold the number and
version of a document. Objects, which are files of their own, follow them. There are no pages: Word
decides them when it prints.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
from docx.exceptions import PythonDocxError
from docx.opc.exceptions import OpcError

from ingest.load.common.compose import compose, first_heading, furniture_blocks
from ingest.load.common.left_out import LeftOut
from ingest.load.image.inside import Pictures
from ingest.load.office.embedded import embedded_blocks
from ingest.load.office.zipped_xml import broken_package, check_package, ordinary
from ingest.load.word.body import body_blocks, furniture
from ingest.load.word.paragraphs import DELETED, RUN, is_hidden
from ingest.load.word.references import References
from ingest.load.word.styles import Styles
from ingest.records import LoadedDocument


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a document or a template. Raises BrokenFile if it is damaged, locked or too large."""
    check_package(data)
    with broken_package("a Word document", OpcError, PythonDocxError):
        data = ordinary(data)
        document = docx.Document(BytesIO(data))
        styles = Styles(document.part)
        body = document.element.body
        pictures = Pictures()
        blocks = body_blocks(body, styles, References(document.part, pictures))
        metadata, title = _properties(document)
        title = title or first_heading(blocks)
        blocks += furniture_blocks(furniture(document.part, styles, pictures))
        blocks += embedded_blocks(data)
        notes = (*pictures.notes(), *_left_out(body).notes())
    return compose("docx", blocks, title=title, metadata=metadata, notes=notes)


def _left_out(body: Any) -> LeftOut:
    """Count what has text and is not read."""
    left_out = LeftOut()
    for deleted in body.iter(DELETED):
        left_out["deleted passage"] += any(text.text for text in deleted.iter("{*}delText"))
    for run in body.iter(RUN):
        left_out["hidden passage"] += is_hidden(run) and any(t.text for t in run.iter("{*}t"))
    return left_out


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
