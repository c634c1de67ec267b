"""The lock of a collection's one writer, with a note that names its holder.

The operating system frees the lock when its holder dies, however it dies.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.errors import StoreLocked
from ingest.private import make_file
from ingest.store.identity import read_note

LOCK = "write.lock"
HOLDER = "writer.json"


def acquire(
    directory: Path,
    collection: str,
    wait_seconds: float,
    prepare: Callable[[], None],
    collection_id: str | None = None,
) -> FileLock:
    """Take the lock of the directory that is there now, and has ``collection_id`` if one is given.

    While it was waited for, the directory may have been renamed or deleted with its lock, and
    another made in its place; so ``prepare``, which makes or checks the directory, is called before
    each try. Raises StoreLocked, naming the holder, if the lock is not free within
    ``wait_seconds``; what ``prepare`` raises; OSError.
    """
    until = time.monotonic() + wait_seconds
    while True:
        prepare()
        lock = FileLock(directory / LOCK, mode=0o600)
        try:
            before = _identity(directory)
            lock.acquire(timeout=max(0.0, until - time.monotonic()))
        except FileNotFoundError:
            continue  # gone this moment
        except Timeout:
            raise _locked(directory, collection) from None
        with suppress(FileNotFoundError):
            if _identity(directory) == before and collection_id in (None, before[2]):
                return lock
        lock.release()


@contextmanager
def held(lock: FileLock, directory: Path) -> Iterator[None]:
    """Name this process as the holder of a lock that it has taken; free the lock in the end."""
    path = directory / HOLDER
    holder = {
        "process": os.getpid(),
        "host": socket.gethostname(),
        "since": datetime.now().astimezone().isoformat(timespec="seconds"),
    }
    try:
        with suppress(OSError):  # on a full disk the lock holds without its note
            make_file(path)
            path.write_text(json.dumps(holder), encoding="utf-8")
        yield
    finally:
        path.unlink(missing_ok=True)
        lock.release()


def _identity(directory: Path) -> tuple[int, int, str | None]:
    """Tells the directory from any other that had its name. Raises OSError."""
    state, note = directory.stat(), read_note(directory)
    return state.st_dev, state.st_ino, note.id if note else None


def _locked(directory: Path, collection: str) -> StoreLocked:
    # Not known between the lock and the note of its holder: true all the same, just less exact.
    process, holder, comma = None, StoreLocked.holder, ""
    with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
        note = json.loads((directory / HOLDER).read_text(encoding="utf-8"))
        since = str(note["since"])[:16].replace("T", " ")
        holder, comma = f"process {note['process']} on {note['host']}, since {since}", ","
        process = int(note["process"]) if note["host"] == socket.gethostname() else None
    error = StoreLocked(
        f"{holder[0].upper()}{holder[1:]}{comma} is writing to the collection {collection!r}; "
        "wait until it is done, or stop it, and run this again"
    )
    error.holder, error.process = holder, process
    return error
