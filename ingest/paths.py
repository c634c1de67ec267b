"""Paths of documents as text: absolute, with ``/``, as the catalog holds them."""

from __future__ import annotations

import os
import re
from pathlib import Path

_ADDRESS = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]*://")
_HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/]*")
_OUTSIDE = re.compile(r"/|[A-Za-z]:|(?:.*/)?\.\.(?:/|$)", re.DOTALL)


def is_address(text: str) -> bool:
    """Whether what was given is the address of a page, such as https://example.org/, and no
    path."""
    return _ADDRESS.match(text) is not None


def is_inside(source: str, folder: str) -> bool:
    """Whether a path is the folder or lies in it. Both as ``path_text`` gives them."""
    return source == folder or source.startswith(folder.rstrip("/") + "/")


def is_there(source: str) -> bool:
    """Whether a file still exists; for one in an archive, whether the archive does."""
    return os.path.exists(file_of(source))  # noqa: PTH110


def file_of(source: str) -> Path:
    """The file that a document is read from: for one in an archive, the archive."""
    path = Path(source)
    # Of a name that is too long for the system, os.path says no where Path.is_file raises.
    return next((parent for parent in path.parents if os.path.isfile(parent)), path)  # noqa: PTH113


def path_text(path: Path) -> str:
    """A path as text that can be stored and shown: with ``/``, odd bytes written as ``%FF``."""
    text = path.as_posix()
    if text.isascii():  # nearly always, and asked several times of every file
        return text
    return "".join(
        f"%{ord(sign) - 0xDC00:02X}" if 0xDC80 <= ord(sign) <= 0xDCFF else sign for sign in text
    )


def leads_out(name: str) -> bool:
    """Whether a relative path, as an archive or a browser gives it, leads out of its folder."""
    return _OUTSIDE.match(name) is not None


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is passed over: hidden, or an editor's own."""
    return name.startswith((".", "~$"))


def folder_of(name: str) -> str:
    """The folder of a document, ``""`` for one that is in none."""
    return name.rpartition("/")[0]


def with_above(folder: str) -> list[str]:
    """A folder and those that it is in, outermost first; of web pages, the outermost is the
    host."""
    host = _HOST.match(folder)
    first = host.end() if host else 0
    ends = [place for place, sign in enumerate(folder) if sign == "/" and place >= first]
    return [folder[:end] for end in (*ends, len(folder))]
