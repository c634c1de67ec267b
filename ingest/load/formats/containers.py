"""Files that hold other files: which format a ZIP container or an old Office file is."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO

from ingest.errors import BrokenFile, UnknownFormat

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c"
COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
"""How files begin that gzip, bzip2 and xz have made."""
ARCHIVE = "zip"
"""What is said of a file that is nothing but a container of others: ZIP, TAR or 7-Zip."""

# A list of more members than this would itself take much memory.
_MOST_MEMBERS = 20_000
_ENTRY = b"PK\x01\x02"

_OFFICE = {"word/": "docx", "ppt/": "pptx", "xl/": "xlsx"}
_OTHER = {
    "visio/document.xml": "a Visio drawing; save it as .pdf",
    "Index/Document.iwa": "an Apple iWork file; save it as .pdf or .docx",
    "META-INF/MANIFEST.MF": "a Java archive",
}
_OPEN_DOCUMENT = {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}
# The file in which EPUB and OpenDocument say what they are.
_MIMETYPE = "mimetype"
_LONGEST_MIMETYPE = 200
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)

# Names of streams in the root of an OLE file, or of all in one that is damaged. A message comes
# first: what is attached to it has streams too.
_STREAMS = {
    "__properties_version1.0": "msg",
    "EncryptedPackage": "",
    "WordDocument": "doc",
    "PowerPoint Document": "ppt",
    "Workbook": "xls",
    "Book": "xls",
}


def zip_format(data: bytes) -> str:
    """Which format a ZIP container is, such as "docx" or "odt", or ``ARCHIVE``.

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
        if kind not in _OPEN_DOCUMENT:
            raise UnknownFormat("an OpenDocument drawing or formula; save it as .pdf")
        return _OPEN_DOCUMENT[kind]
    for name, words in _OTHER.items():
        if name in names:
            raise UnknownFormat(words)
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "[Content_Types].xml" in names:
        for folder, found in _OFFICE.items():
            if any(name.startswith(folder) for name in names):
                return found
    return ARCHIVE


def check_members(data: bytes | bytearray) -> None:
    """Raise BrokenFile, before anything is parsed, if a ZIP file may list too many members."""
    if data.count(_ENTRY) > _MOST_MEMBERS:
        raise BrokenFile(f"an archive of more than {_MOST_MEMBERS:,} files")


def ole_format(data: bytes | bytearray) -> str:
    """Which format an OLE file is (what Office wrote before 2007, and what Outlook does): "doc",
    "xls", "ppt" or "msg". Raises UnknownFormat, and BrokenFile for one that is locked."""
    names = _root_names(data)
    for stream, kind in _STREAMS.items():
        if stream in names if names else stream.encode("utf-16-le") + b"\x00\x00" in data:
            if not kind:
                raise BrokenFile("protected by a password")
            return kind
    raise UnknownFormat("an old Office file; save it as .docx, .xlsx or .pptx")


def _root_names(data: bytes | bytearray) -> set[str]:
    """What lies in the root of an OLE file; nothing of one that is damaged."""
    from olefile import OleFileIO

    try:
        with OleFileIO(BytesIO(data)) as ole:
            return {entry.name for entry in ole.root.kids}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return set()
