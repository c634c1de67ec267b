"""Read a file: its bytes, its format, its text with structure.

The module of a format, and with it the library that it needs, is imported when the first file of
that format is read.
"""

from __future__ import annotations

import os
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import BrokenFile, EmptyFile, UnknownFormat
from ingest.load.common.left_out import INSIDE
from ingest.load.formats.containers import ARCHIVE
from ingest.load.formats.detect import BEGINNING, FORMATS, MODULES, detect, refuse_binary
from ingest.text.language import language_of

if TYPE_CHECKING:
    from ingest.records import LoadedDocument

__all__ = ["ARCHIVE", "SUFFIXES", "detect", "load_bytes", "load_file", "read_bytes"]

SUFFIXES = frozenset(FORMATS)
"""The suffixes, in lower case and with the dot, of files that have a reader."""


def load_file(path: Path) -> LoadedDocument:
    """Read a file.

    Raises a LoadError whose message is a short clause: UnknownFormat, EmptyFile, NoText, or
    BrokenFile, which also stands for a file that the system does not let us read.
    """
    return load_bytes(bytes(read_bytes(path)), path.name)


def load_bytes(data: bytes, name: str) -> LoadedDocument:
    """Read what ``read_bytes`` gave for a file of this name, and find its language. Raises
    LoadError."""
    kind = detect(data, name)
    if kind == ARCHIVE:
        raise UnknownFormat("an archive; unpack it")
    module = import_module(MODULES[kind])
    inside: list[str] = []
    token = INSIDE.set(inside)
    try:
        document: LoadedDocument = module.read(data, name)
    finally:
        INSIDE.reset(token)
    notes = (*document.notes, *inside)
    if not document.text.strip():
        raise EmptyFile("; ".join(("holds no text", *notes)))
    return replace(document, language=language_of(document.text), notes=notes)


def read_bytes(path: Path, most_megabytes: int = 200) -> bytearray:
    """The bytes of a file that has a reader, as an array that can be given up early.

    Raises UnknownFormat, after a look at its beginning, for a file that is certainly not text,
    and BrokenFile for one that is too large or that the system does not let us read.
    """
    try:
        if path.exists() and not path.is_file():
            raise BrokenFile("not a regular file")
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > most_megabytes * 1_000_000:
                raise BrokenFile(f"larger than {most_megabytes} MB; see max_file_megabytes")
            refuse_binary(file.read(BEGINNING), path.name)
            file.seek(0)
            data = bytearray(size)
            del data[file.readinto(data) :]
            return data
    except FileNotFoundError:
        raise BrokenFile("no such file") from None
    except PermissionError:
        raise BrokenFile("permission denied") from None
    except OSError as error:
        raise BrokenFile((error.strerror or "cannot be read").lower()) from error
    except ValueError:
        # A NUL in the name.
        raise BrokenFile("no such file") from None
