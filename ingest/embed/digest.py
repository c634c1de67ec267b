"""Hashes of model files."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from ingest.errors import EmbedderError


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, worked out once as long as the file stays the same. Raises
    EmbedderError."""
    try:
        now = path.stat()
        marks = (now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns)
        return _sha256_of(path, marks)
    except OSError as error:
        raise EmbedderError(
            f"The model file {path} cannot be read ({error.strerror or error}); install it again"
        ) from None


@functools.lru_cache(maxsize=32)
def _sha256_of(path: Path, _marks: tuple[int, ...]) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
