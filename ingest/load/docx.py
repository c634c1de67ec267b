"""Word documents.

Paragraphs and tables come in the order of the document; a text box and a footnote come after
the paragraph that holds them. Deleted revisions and hidden text are left out, inserted ones kept.
The texts of page headers and footers come once, at the end: they may hold the number and
version of a document. There are no pages: Word decides them when it prints.
"""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from typing import Any

import docx
from docx.exceptions import PythonDocxError
from docx.opc.exceptions import OpcError
from lxml import etree  # type: ignore[import-untyped]

from ingest.errors import BrokenFile
from ingest.load.compose import compose
from ingest.load.docx_body import body_blocks, furniture_blocks
from ingest.load.docx_styles import Styles
from ingest.load.docx_xml import Notes
from ingest.records import Block, LoadedDocument

# A document of a thousand pages has an XML part of some 10 MB; parsed, it takes ten times that.
_MOST_BYTES = 512 * 1000 * 1000
_MOST_BYTES_OF_XML = 128 * 1000 * 1000


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a .docx file. Raises BrokenFile if it is damaged, locked or unreasonably large."""
    _check_archive(data)
    try:
        document = docx.Document(BytesIO(data))
        styles = Styles(document.part)
        blocks = body_blocks(document.element.body, styles, Notes(document.part))
        blocks += furniture_blocks(document.part, styles)
        metadata, title = _properties(document)
    except (zipfile.BadZipFile, zlib.error, OpcError, EOFError) as error:
        raise BrokenFile("damaged: its archive cannot be read") from error
    except (etree.LxmlError, PythonDocxError) as error:
        raise BrokenFile("damaged: its XML cannot be read") from error
    except RuntimeError as error:
        # zipfile has no type of its own for an encrypted member.
        raise BrokenFile("protected by a password") from error
    except (KeyError, ValueError, AttributeError, NotImplementedError, TypeError) as error:
        # What python-docx lets through when a part or an element that must be there is not.
        raise BrokenFile("damaged, or not a Word document inside") from error
    return compose("docx", blocks, title=title or _title(blocks), metadata=metadata)


def _check_archive(data: bytes) -> None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise BrokenFile("damaged: its archive cannot be read") from error
    total = sum(member.file_size for member in members)
    xml = max((m.file_size for m in members if m.filename.endswith((".xml", ".rels"))), default=0)
    if total > _MOST_BYTES or xml > _MOST_BYTES_OF_XML:
        raise BrokenFile(f"unpacks to {total / 1e6:,.0f} MB, which is more than is read")


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
