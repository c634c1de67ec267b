"""Chroma's embedded client: opening it, and its errors as StoreError."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import StoreError

if TYPE_CHECKING:
    from chromadb.api.client import Client

COLLECTION = "chunks"
DATABASE = "chroma.sqlite3"


def open_client(directory: Path) -> Client:
    """Open a Chroma client of its own for a directory, without telemetry."""
    import chromadb
    from chromadb.api.client import Client
    from chromadb.config import Settings

    # Without the current folder's .env, which may be somebody else's: it could name any class in
    # the place of Chroma's own, or a server.
    settings = Settings(_env_file=None, anonymized_telemetry=False)  # type: ignore[call-arg]
    client = chromadb.PersistentClient(path=str(directory), settings=settings)
    assert isinstance(client, Client)  # declared wider, without the close() that it has
    return client


@contextmanager
def chroma_errors(directory: Path) -> Iterator[None]:
    """Turn what Chroma raises over a damaged or unwritable directory into StoreError."""
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, ValueError, RuntimeError, OSError, KeyError, AttributeError) as error:
        # AttributeError comes of Chroma's own handling of an error at its start.
        raise StoreError(f"Chroma cannot use {directory} ({error})") from error
    except BaseException as error:
        # A panic in Chroma's Rust core derives from BaseException, not from Exception.
        if type(error).__name__ == "PanicException":
            raise StoreError(f"Chroma cannot use {directory} ({error})") from error
        raise
