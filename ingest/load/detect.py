"""Which reader a file gets: by the suffix of its name, checked against its first bytes."""

from __future__ import annotations

from pathlib import PurePath

from ingest.errors import BrokenFile, UnknownFormat

MODULES = {
    "pdf": "ingest.load.pdf",
    "docx": "ingest.load.docx",
    "markdown": "ingest.load.markdown",
    "html": "ingest.load.html",
    "text": "ingest.load.text",
}
"""The module of each format: it has ``read(data: bytes, name: str) -> LoadedDocument``."""

FORMATS = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".txt": "text",
    ".text": "text",
    ".rst": "text",
    ".log": "text",
}
"""The format of each suffix, in lower case."""

# Readers of PDF accept some bytes before the header: ISO 32000-1, annex H, note 13.
_PDF_HEADER_WITHIN = 1024
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The stream's name in the OLE directory, which is in UTF-16.
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def format_of(name: str) -> str:
    """The format that a file's name promises. Raises UnknownFormat if no reader fits it."""
    suffix = PurePath(name).suffix.lower()
    if not suffix:
        raise UnknownFormat("no reader for a file without a suffix")
    try:
        return FORMATS[suffix]
    except KeyError:
        raise UnknownFormat(f"no reader for {suffix} files") from None


def detect(data: bytes, name: str) -> str:
    """The format to read the data as: a key of ``MODULES``.

    Raises UnknownFormat, and BrokenFile if the data is not what its name says. Text that turns
    out to be a PDF is read as one.
    """
    promised = format_of(name)
    if promised == "pdf":
        if b"%PDF" not in data[:_PDF_HEADER_WITHIN]:
            raise BrokenFile("named .pdf but is not a PDF")
    elif promised == "docx":
        _check_docx(data)
    elif data.startswith(b"%PDF-"):
        return "pdf"
    return promised


def _check_docx(data: bytes) -> None:
    if data.startswith(_OLE):
        if _ENCRYPTED_PACKAGE in data:
            raise BrokenFile("protected by a password")
        raise BrokenFile("named .docx but is an old .doc file; save it as .docx")
    if not data.startswith(_ZIP):
        raise BrokenFile("named .docx but is not a Word document")
