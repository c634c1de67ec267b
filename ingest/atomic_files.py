"""Atomic file writes: a file is there as a whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ingest.private import make_file


def write_atomically(path: Path, data: bytes | str) -> None:
    """Write a file, or replace it; a text in UTF-8. Raises OSError."""
    with replaced_file(path) as new:
        new.write_bytes(data.encode() if isinstance(data, str) else data)


@contextmanager
def replaced_file(path: Path, suffix: str | None = None) -> Iterator[Path]:
    """A temporary file that takes the place of ``path`` when the block ends without an error.

    It stands beside ``path``, hidden, under a name that nobody else uses; with ``suffix``, under
    one that the next writer begins with, so that only one is left of processes that were killed.
    Raises OSError.
    """
    new = path.with_name(f".{path.name[:40]}.{suffix or secrets.token_hex(8)}")
    try:
        new.unlink(missing_ok=True)
        make_file(new)
        yield new
        with new.open("r+b") as file:
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def sync_directory(path: Path) -> None:
    """Flush a directory's entries to disk (fsync), where the system can do that."""
    with suppress(OSError):  # not on Windows, nor on every file system
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
