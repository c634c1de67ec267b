"""The name and id of a collection, in ``collection.json`` in its directory.

The directory's name holds only a hash of the collection's name, so the name itself stands here. A
note may hold two names while a collection is being renamed: the one whose hash is that of the
directory counts, so that the renaming of the directory, which is one step, is the renaming.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from ingest.atomic_files import sync_directory, write_atomically

NOTE = "collection.json"
# Begins the name of a directory on its way out: it is nobody's collection any more.
DELETED = ".deleted-"


@dataclass(frozen=True, slots=True)
class Note:
    """The identity of a collection.

    ``id`` stays with a collection, whatever it is called, and is never used again. ``moved_from``
    is the directory that it had, until the catalog knows where its files are.
    """

    id: str
    names: tuple[str, ...]
    moved_from: str | None = None


def new_note(name: str) -> Note:
    """The note of a new collection."""
    return Note(secrets.token_hex(16), (name,))


def read_note(directory: Path) -> Note | None:
    """The note of a directory; None where there is none that can be read."""
    try:
        values = json.loads((directory / NOTE).read_text(encoding="utf-8"))
        return Note(str(values["id"]), tuple(map(str, values["names"])), values.get("moved_from"))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def write_note(directory: Path, note: Note) -> None:
    """Write or replace the note of a directory, atomically. Raises OSError."""
    values = {"id": note.id, "names": note.names, "moved_from": note.moved_from}
    # In ASCII: half a surrogate pair is a name.
    write_atomically(directory / NOTE, json.dumps(values))
    sync_directory(directory)
