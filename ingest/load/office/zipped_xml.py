"""Documents that are a ZIP archive of XML: what Word, PowerPoint, Excel and EPUB have in common.

No entity outside the file is ever fetched, and none inside expands without end: python-docx,
python-pptx and ``parse_xml`` here set ``resolve_entities=False`` for lxml, and so does openpyxl,
which reads sheets with the standard library's parser, Expat. That fetches nothing, and since
version 2.4.1 refuses "billion laughs" by itself.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from lxml import etree  # type: ignore[import-untyped]

from ingest.errors import BrokenFile

# A document of a thousand pages has an XML part of some 10 MB; parsed, it takes ten times that.
_MOST_BYTES = 512 * 1000 * 1000
_MOST_BYTES_OF_XML = 128 * 1000 * 1000

_RELATIONS = "_rels/.rels"
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w{1,40})")
_TYPES = "[Content_Types].xml"
_OFFICE = rb"application/vnd\.(?:ms-%s|openxmlformats-officedocument\.%s)\.[\w.]{1,60}\.main\+xml"
_MAIN_PARTS = tuple(
    (
        re.compile(_OFFICE % (program, schema)),
        b"application/vnd.openxmlformats-officedocument.%s.%s.main+xml" % (schema, kind),
    )
    for program, schema, kind in (
        (b"word", b"wordprocessingml", b"document"),
        (b"powerpoint", b"presentationml", b"presentation"),
    )
)


def check_package(data: bytes, most_xml: int = _MOST_BYTES_OF_XML) -> None:
    """Raise BrokenFile if the archive is damaged, or unpacks to more than is read.

    ``most_xml`` is how many bytes one part of XML may have. An archive can lie about sizes, but
    is then damaged: not more is unpacked than it says.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise BrokenFile("damaged: its archive cannot be read") from error
    total = sum(member.file_size for member in members)
    xml = max((m.file_size for m in members if m.filename.endswith((".xml", ".rels"))), default=0)
    if total > _MOST_BYTES or xml > most_xml:
        raise BrokenFile(f"unpacks to {total / 1e6:,.0f} MB, which is more than is read")


def ordinary(data: bytes) -> bytes:
    """An Office file in the form that the libraries know.

    Templates, shows and files with macros differ from documents by the type of their main part,
    and files saved as "Strict Open XML" by their namespaces (ISO/IEC 29500-1, annex A). Macros are
    never looked at. Raises what ``zipfile`` raises.
    """
    with zipfile.ZipFile(BytesIO(data)) as archive:
        names = archive.namelist()
        types = archive.read(_TYPES) if _TYPES in names else b""
        wanted = types
        for kind, usual in _MAIN_PARTS:
            wanted = kind.sub(usual, wanted)
        is_strict = _RELATIONS in names and _STRICT.search(archive.read(_RELATIONS)) is not None
        if wanted == types and not is_strict:
            return data
        stream = BytesIO()
        with zipfile.ZipFile(stream, "w") as copy:
            for name in dict.fromkeys(names):
                part = wanted if name == _TYPES else archive.read(name)
                if is_strict and name.endswith((".xml", ".rels")):
                    part = _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006", part)
                copy.writestr(name, part)
    return stream.getvalue()


def parse_xml(data: bytes) -> Any:
    """The root element of a part. Raises LxmlError."""
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


@contextmanager
def broken_package(kind: str, *own_errors: type[Exception]) -> Iterator[None]:
    """Turn what goes wrong inside into BrokenFile.

    ``kind`` is as in "not a Word document"; ``own_errors`` are those of the format's library.
    """
    # What the libraries let through when a part or an element that must be there is not. Nothing
    # is read of a disk here: an OSError is openpyxl's word for a workbook without its main part.
    unexpected: tuple[type[Exception], ...] = (
        *(LookupError, ValueError, AttributeError, NotImplementedError, TypeError, OSError),
        *own_errors,
    )
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise BrokenFile("damaged: its archive cannot be read") from error
    except (etree.LxmlError, ParseError) as error:
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:
            # lxml takes that for an error of syntax.
            raise MemoryError from error
        raise BrokenFile("damaged: its XML cannot be read") from error
    except RecursionError as error:
        raise BrokenFile("nested too deeply to be read") from error
    except unexpected as error:
        raise BrokenFile(f"damaged, or not {kind} inside") from error
    except RuntimeError as error:
        # zipfile has no type of its own for an encrypted member.
        raise BrokenFile("protected by a password") from error
