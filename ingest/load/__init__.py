"""Loaders: a file goes in, its text with structure, pages and metadata comes out.

Each format has a module with ``read(data: bytes, name: str) -> LoadedDocument``, a pure
function; ``ingest.load.detect`` has the table. A module, and with it the library that it needs,
is imported when the first file of its format is read.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import BrokenFile, EmptyFile
from ingest.load.detect import FORMATS, MODULES, detect, format_of

if TYPE_CHECKING:
    from ingest.records import LoadedDocument

__all__ = ["SUFFIXES", "detect", "load_bytes", "load_file", "read_bytes"]

SUFFIXES = frozenset(FORMATS)
"""The suffixes, in lower case and with the dot, of files that have a reader."""


def load_file(path: Path) -> LoadedDocument:
    """Read a file.

    Raises a LoadError whose message is a short clause: UnknownFormat, EmptyFile, NoText, or
    BrokenFile, which also stands for a file that the system does not let us read.
    """
    return load_bytes(read_bytes(path), path.name)


def load_bytes(data: bytes, name: str) -> LoadedDocument:
    """Read what ``read_bytes`` gave for a file of this name. Raises LoadError."""
    if not data.strip():
        raise EmptyFile("nothing but white space" if data else "zero bytes")
    module = import_module(MODULES[detect(data, name)])
    document: LoadedDocument = module.read(data, name)
    if not document.text.strip():
        raise EmptyFile("holds no text")
    return document


def read_bytes(path: Path) -> bytes:
    """The bytes of a file that has a reader. Raises UnknownFormat without reading any other,
    and BrokenFile where the system does not let us read it."""
    format_of(path.name)
    try:
        if path.exists() and not path.is_file():
            raise BrokenFile("not a regular file")
        return path.read_bytes()
    except FileNotFoundError:
        raise BrokenFile("no such file") from None
    except PermissionError:
        raise BrokenFile("permission denied") from None
    except OSError as error:
        raise BrokenFile((error.strerror or "cannot be read").lower()) from error
    except ValueError:
        # A NUL in the name.
        raise BrokenFile("no such file") from None
