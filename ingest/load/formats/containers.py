"""Files that hold other files: which format a ZIP container or an old Office file is."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO

from ingest.errors import BrokenFile, LoadError, UnknownFormat

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ARCHIVE = "zip"
"""What ``zip_format`` says of a ZIP file that is nothing but a ZIP file."""

# A list of more members than this would itself take much memory.
_MOST_MEMBERS = 20_000
_ENTRY = b"PK\x01\x02"

_OFFICE = {"word/": "docx", "ppt/": "pptx", "xl/": "xlsx"}
_OTHER = {
    "xl/workbook.bin": "a binary Excel file (.xlsb); save it as .xlsx",
    "visio/document.xml": "a Visio drawing; save it as .pdf",
    "Index/Document.iwa": "an Apple iWork file; save it as .pdf or .docx",
    "META-INF/MANIFEST.MF": "a Java archive",
}
_OPEN_DOCUMENT = {
    "text": "an OpenDocument text; save it as .docx",
    "spreadsheet": "an OpenDocument spreadsheet; save it as .xlsx",
    "presentation": "an OpenDocument presentation; save it as .pptx",
}
# The file in which EPUB and OpenDocument say what they are.
_MIMETYPE = "mimetype"
_LONGEST_MIMETYPE = 200
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)

# Names of streams, as the directory of an OLE file has them.
_STREAMS = {
    "EncryptedPackage": "",
    "WordDocument": "an old Word file; save it as .docx",
    "PowerPoint Document": "an old PowerPoint file; save it as .pptx",
    "Workbook": "an old Excel file; save it as .xlsx",
    "Book": "an old Excel file; save it as .xlsx",
    "__properties_version1.0": "an Outlook message; save it as .eml",
}


def zip_format(data: bytes) -> str:
    """Which format a ZIP container is: "docx", "pptx", "xlsx", "epub", or ``ARCHIVE``.

    Raises UnknownFormat for other well-known containers, and BrokenFile.
    """
    check_members(data)
    declared = ""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
            if _MIMETYPE in names:
                with archive.open(_MIMETYPE) as member:
                    declared = member.read(_LONGEST_MIMETYPE).decode("ascii", errors="replace")
    except _DAMAGED as error:
        raise BrokenFile("damaged: its archive cannot be read") from error
    if declared == "application/epub+zip" or "META-INF/container.xml" in names:
        return "epub"
    if declared.startswith("application/vnd.oasis.opendocument."):
        kind = declared.rsplit(".", 1)[1].partition("-")[0]
        raise UnknownFormat(_OPEN_DOCUMENT.get(kind, "an OpenDocument file; save it as .pdf"))
    for name, words in _OTHER.items():
        if name in names:
            raise UnknownFormat(words)
    if "[Content_Types].xml" in names:
        for folder, found in _OFFICE.items():
            if any(name.startswith(folder) for name in names):
                return found
    return ARCHIVE


def check_members(data: bytes | bytearray) -> None:
    """Raise BrokenFile, before anything is parsed, if a ZIP file may list too many members."""
    if data.count(_ENTRY) > _MOST_MEMBERS:
        raise BrokenFile(f"an archive of more than {_MOST_MEMBERS:,} files")


def ole_error(data: bytes | bytearray) -> LoadError:
    """Why an OLE file (what Office wrote before 2007) cannot be read, and what to do."""
    for stream, words in _STREAMS.items():
        if stream.encode("utf-16-le") + b"\x00\x00" in data:
            return UnknownFormat(words) if words else BrokenFile("protected by a password")
    return UnknownFormat("an old Office file; save it as .docx, .xlsx or .pptx")
