"""Snapshots of the vector index: folders that never change, with a checksum of every file.

    index/000042-1f6e/  what Chroma holds of generation 42, and manifest.json
    index/building-…/   a snapshot being made; means nothing until it has its name

Chroma reads its graph into memory as it stands and trusts its database, so a damaged file is a
wrong result or the end of the process (an abort, seen with a database of flipped bytes). Whoever
opens a snapshot checks it first. And since a client writes in its database even to read, it gets a
private copy of that, beside a link to the graph.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import tempfile
import uuid
import zlib
from contextlib import closing, suppress
from pathlib import Path

from ingest.chroma import DATABASE
from ingest.errors import StoreError

NAME = re.compile(r"\d+-[0-9a-f]{4}")
MANIFEST = "manifest.json"


def snapshots(index_directory: Path) -> list[Path]:
    """The finished snapshots, oldest first."""
    if not index_directory.is_dir():
        return []
    finished = (path for path in index_directory.iterdir() if NAME.fullmatch(path.name))
    return sorted(finished, key=lambda path: (generation_of(path), path.name))


def generation_of(snapshot: Path) -> int:
    """The generation that a snapshot holds."""
    return int(snapshot.name.partition("-")[0])


def begin(index_directory: Path) -> Path:
    """A place to build a snapshot in. What killed processes left behind is removed."""
    index_directory.mkdir(parents=True, exist_ok=True)
    for leftover in index_directory.glob("building-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    return _unnamed(index_directory)


def remove(snapshot: Path) -> None:
    """Remove a snapshot. It loses its name first: killed in the middle, nobody takes what is left
    for a damaged one."""
    with suppress(FileNotFoundError):
        shutil.rmtree(snapshot.rename(_unnamed(snapshot.parent)), ignore_errors=True)


def finish(building: Path, generation: int, *, removed: int) -> Path:
    """Give a snapshot its checksums and its name; nothing in it changes after that.

    ``removed`` is how many chunks were ever removed from its graph.
    """
    # Chroma's queue is empty now, and most of its database with it.
    with closing(sqlite3.connect(building / DATABASE, isolation_level=None)) as database:
        database.execute("VACUUM")
    manifest = {"removed": removed, "files": _checksums(building)}
    (building / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    # A part of its own in the name, also where one of this generation was damaged: Chroma
    # remembers paths.
    finished = building.with_name(f"{generation:06}-{uuid.uuid4().hex[:4]}")
    building.rename(finished)
    return finished


def check(snapshot: Path) -> int:
    """Raise StoreError if a file of a snapshot is not as it was written.

    Returns how many chunks were ever removed from its graph.
    """
    try:
        manifest = json.loads((snapshot / MANIFEST).read_text(encoding="utf-8"))
        expected, removed = manifest["files"], int(manifest["removed"])
        found = _checksums(snapshot)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"The index {snapshot} is damaged ({error})") from error
    if found != expected:
        raise StoreError(f"The index {snapshot} is damaged (a file is not as it was written)")
    return removed


def private_view(snapshot: Path) -> Path:
    """A temporary folder in which a client can open a snapshot without changing it.

    Raises StoreError where there is no room for it.
    """
    view = None
    try:
        view = Path(tempfile.mkdtemp(prefix="rag-app-index-"))
        for path in snapshot.iterdir():
            if path.name == DATABASE:
                shutil.copyfile(path, view / path.name)
            elif path.is_dir():
                (view / path.name).symlink_to(path.resolve(), target_is_directory=True)
    except OSError as error:
        if view is not None:
            shutil.rmtree(view, ignore_errors=True)
        raise StoreError(
            f"The index {snapshot} cannot be opened in the temporary folder "
            f"({error.strerror or error}); free some space there or set TMPDIR; until then every "
            "vector is compared"
        ) from error
    return view


def copy(snapshot: Path, building: Path) -> None:
    """Copy a snapshot, to change the copy."""
    shutil.copytree(snapshot, building, ignore=shutil.ignore_patterns(MANIFEST))


def _unnamed(index_directory: Path) -> Path:
    return index_directory / f"building-{uuid.uuid4().hex}"


def _checksums(directory: Path) -> dict[str, list[int]]:
    """Size and CRC-32 of each file: enough against accidents, and as quick as the disk."""
    return {
        path.relative_to(directory).as_posix(): _checksum(path)
        for path in sorted(directory.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def _checksum(path: Path) -> list[int]:
    checksum = size = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            checksum = zlib.crc32(block, checksum)
            size += len(block)
    return [size, checksum]
