"""Audit log: who did what and when, as JSON lines in the store; no word of questions or documents.

A few files by size: ``audit.jsonl``, and ``audit.jsonl.1`` and so on for what is older.
"""

from __future__ import annotations

import getpass
import json
import logging
import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from ingest.private import make_directory, make_file

logger = logging.getLogger(__name__)

Event = Literal[
    "login", "login failed", "logout", "upload", "ingest", "delete", "export", "endpoint",
    "collection", "restore", "reembed", "tune", "ask", "search", "read", "feedback", "evaluation",
    "key",
]  # fmt: skip
NAME = "audit.jsonl"
LARGEST_BYTES = 5_000_000
OLDER = 4  # files
MOST_NAMES = 100
LONGEST_NAME = 300  # characters
_writing = threading.Lock()


def audit(
    store: Path,
    event: Event,
    names: Sequence[str] = (),
    *,
    collection: str = "",
    user: str | None = None,
    address: str = "",
) -> None:
    """Write one line: what was done with documents, files or collections of these names.

    ``user`` is by default that of the system, who gave a command. What cannot be written is a
    warning in the program's log: a full disk keeps nobody from deleting.
    """
    entry = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "address": address,
        "user": _system_user() if user is None else user,
        "event": event,
        "collection": collection,
        "names": [name[:LONGEST_NAME] for name in names[:MOST_NAMES]],
        "count": len(names),
    }
    line = f"{json.dumps(entry)}\n".encode()  # ASCII: a terminal that shows it obeys nothing
    path = store / NAME
    try:
        with _writing:
            make_directory(store)
            _make_room(path)
            make_file(path)
            file = os.open(path, os.O_WRONLY | os.O_APPEND)
            try:
                os.write(file, line)  # whole, beside what other processes write
            finally:
                os.close(file)
    except OSError as error:
        logger.warning("The audit log %s could not be written: %s", path, error)


def _make_room(path: Path) -> None:
    """Move the files on by one where the newest is full; the oldest is given up."""
    with suppress(FileNotFoundError):  # there is none, or another process has just moved it
        if path.stat().st_size < LARGEST_BYTES:
            return
        for number in range(OLDER, 0, -1):
            newer = path.with_name(f"{NAME}.{number - 1}") if number > 1 else path
            if newer.exists():
                newer.replace(path.with_name(f"{NAME}.{number}"))


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a number that no system knows, as in containers
        return str(os.getuid()) if hasattr(os, "getuid") else ""
