"""Hashes of model files."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ingest.errors import EmbedderError


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file. Raises EmbedderError."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EmbedderError(
            f"The model file {path} cannot be read ({error.strerror or error}); install it again"
        ) from None
