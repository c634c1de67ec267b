"""Files that a browser sends: checked here, whatever the browser says, and kept in the store."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import Protocol

from ingest import FileReceipt
from ingest.errors import StoreError
from ingest.load import SUFFIXES
from rag_app.ui.safe import printable

# The server's own limit stands in .streamlit/config.toml; this one holds without it.
LARGEST_MEGABYTES = 50
# File systems count the bytes of a name, and the store needs some for a file that is not done.
LONGEST_NAME = 200
FORBIDDEN = re.compile(r'[\x00-\x1f<>:"|?*]')


class SentFile(Protocol):
    """A file as Streamlit gives it."""

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> int: ...

    def getvalue(self) -> bytes: ...


def safe_name(sent: str) -> str:
    """The name under which a file is kept: no folders, nothing hidden, nothing that a file system
    refuses. The same name gives the same document again."""
    last = PurePosixPath(sent.replace("\\", "/")).name
    name = unicodedata.normalize("NFC", printable(last))
    name = FORBIDDEN.sub("_", name).lstrip(".~ ").rstrip(". ")
    suffix = PurePosixPath(name).suffix
    stem = name.removesuffix(suffix)
    while len((stem + suffix).encode()) > LONGEST_NAME and stem:
        stem = stem[:-1]
    return stem + suffix or "document"


def keep(files: Iterable[SentFile], folder: Path) -> tuple[list[Path], list[FileReceipt]]:
    """Save what can be read. Returns the paths, and a receipt for each file that is refused.

    Raises StoreError where the store cannot be written.
    """
    paths: list[Path] = []
    refused: list[FileReceipt] = []
    for file in files:
        name = safe_name(file.name)
        if reason := _problem(name, file.size):
            refused.append(FileReceipt(name, "failed", reason=reason))
        else:
            paths.append(_save(file.getvalue(), folder / name))
    return paths, refused


def _problem(name: str, size: int) -> str | None:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in SUFFIXES:
        return f"no reader for {f'{suffix} files' if suffix else 'a file without a suffix'}"
    if size > LARGEST_MEGABYTES * 1024 * 1024:
        return f"larger than {LARGEST_MEGABYTES} MB; ingest it from the command line instead"
    return None


def _save(data: bytes, path: Path) -> Path:
    """Write a file as a whole or not at all, in place of one with the same name."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as new:
            new.write(data)
        os.replace(new.name, path)  # noqa: PTH105 (Path.replace has no name to give)
    except OSError as error:
        raise StoreError(
            f"The upload cannot be kept in {path.parent} ({error.strerror or error})"
        ) from None
    return path
