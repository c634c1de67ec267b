"""Segments of the vector index: immutable folders, with a checksum of every file.

    index/000000-000042-187c…/  what came to the catalog up to generation 42, and manifest.json
    index/000042-000057-187d…/  what came after that, up to generation 57
    index/building-…/          a segment being made; means nothing until it has its name

A segment is what log-structured stores call one (O'Neil and others, "The Log-Structured
Merge-Tree", 1996): it is never changed, only replaced by another one of the same or a wider range.
What was deleted since stays in it, and the catalog, which knows what is live, leaves it out.

Chroma reads its graph into memory as it stands and trusts its database, so a damaged file is a
wrong result or the end of the process (an abort, seen with a database of flipped bytes). Whoever
opens a segment checks it first. And since a client writes in its database even to read, it gets a
private copy of that, beside a link to the graph.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import time
import uuid
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ingest.catalog.files import read_rows, vacuum_file
from ingest.errors import StoreError
from ingest.index.chroma import DATABASE
from ingest.private import close_to_others, make_directory

NAME = re.compile(r"(\d+)-(\d+)-[0-9a-f]{16}")
MANIFEST = "manifest.json"
_NOT_CHROMAS = """
    SELECT 1 FROM sqlite_master WHERE type IN ('view', 'trigger')
        OR type = 'index' AND tbl_name = 'collections' AND sql IS NOT NULL
        OR name = 'collections' AND (type <> 'table' OR sql LIKE 'CREATE VIRTUAL%')
    UNION ALL SELECT 1 FROM pragma_table_xinfo('collections') WHERE hidden
"""
# What Chroma writes where it was given no embedding function.
HARMLESS = (
    {"type": "legacy"},
    {"type": "unknown"},
    {"type": "known", "name": "default", "config": {}},
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A finished segment: of what came after one generation, up to another."""

    path: Path
    after: int
    upto: int

    @property
    def name(self) -> str:
        return self.path.name


def finished(index_directory: Path) -> list[Segment]:
    """All finished segments, in order of their ranges."""
    if not index_directory.is_dir():
        return []
    found = [(NAME.fullmatch(path.name), path) for path in index_directory.iterdir()]
    segments = [Segment(path, int(name[1]), int(name[2])) for name, path in found if name]
    return sorted(segments, key=lambda segment: (segment.after, segment.upto, segment.name))


def without_overlap(segments: Iterable[Segment]) -> list[Segment]:
    """Choose segments that do not overlap: the widest, and of one range the newest."""
    used: list[Segment] = []
    newest = sorted(segments, key=lambda one: one.name, reverse=True)
    for segment in sorted(newest, key=lambda one: (one.after, -one.upto)):
        if segment.after >= (used[-1].upto if used else 0):
            used.append(segment)
    return used


def chain(segments: Iterable[Segment]) -> list[Segment]:
    """Choose segments without a gap, from the first generation on."""
    linked: list[Segment] = []
    for segment in without_overlap(segments):
        if segment.after != (linked[-1].upto if linked else 0):
            break
        linked.append(segment)
    return linked


def begin(index_directory: Path) -> Path:
    """A path to build a segment at. What killed processes left behind is removed."""
    make_directory(index_directory)
    for leftover in index_directory.glob("building-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    return _unnamed(index_directory)


def remove(segment: Segment) -> None:
    """Remove a segment.

    It loses its name first: killed in the middle, nobody takes what is left for a damaged one.
    """
    with suppress(FileNotFoundError):
        shutil.rmtree(segment.path.rename(_unnamed(segment.path.parent)), ignore_errors=True)


def finish(building: Path, after: int, upto: int, *, chunks: int) -> Segment:
    """Publish a segment: vacuum its database, write its checksums, give it its name.

    ``chunks`` is how many it holds.
    """
    # Chroma's queue is empty now, and most of its database with it.
    vacuum_file(building / DATABASE)
    manifest = {"chunks": chunks, "files": _checksums(building)}
    (building / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    close_to_others(building)
    # With the time, so that of two of one range the newer is known, and no name is used twice.
    path = building.with_name(f"{after:06}-{upto:06}-{time.time_ns():016x}")
    building.rename(path)
    return Segment(path, after, upto)


def check(segment: Segment) -> int:
    """Verify the checksums of a segment: raise StoreError if a file is not as it was written.

    Returns how many chunks it holds.
    """
    try:
        manifest = json.loads((segment.path / MANIFEST).read_text(encoding="utf-8"))
        expected, chunks = manifest["files"], int(manifest["chunks"])
        found = _checksums(segment.path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"The index {segment.path} is damaged ({error})") from error
    if found != expected:
        raise StoreError(f"The index {segment.path} is damaged (a file is not as it was written)")
    _check_configuration(segment)
    return chunks


def _check_configuration(segment: Segment) -> None:
    """Raise StoreError if a segment names a function that Chroma would build, and so run.

    Chroma has a later SQLite than Python, so nothing may be in the database that could answer one
    otherwise than the other: views, triggers, computed columns, indices with columns of their own.
    """
    if any(path.is_symlink() for path in segment.path.rglob("*")):
        raise StoreError(f"The index {segment.path} is damaged (it has a link in it)")
    if read_rows(segment.path / DATABASE, _NOT_CHROMAS):
        raise StoreError(f"The index {segment.path} is damaged (its tables are not Chroma's)")
    try:
        rows = read_rows(
            segment.path / DATABASE, "SELECT config_json_str, schema_str FROM collections"
        )
        named = any(_names_function(json.loads(str(text))) for row in rows for text in row if text)
    except (ValueError, RecursionError) as error:
        raise StoreError(f"The index {segment.path} is damaged ({error})") from error
    if named:
        raise StoreError(f"The index {segment.path} is damaged (it names an embedding function)")


def _names_function(value: object) -> bool:
    """Whether JSON has an embedding function other than those that mean none."""
    if isinstance(value, list):
        return any(map(_names_function, value))
    if not isinstance(value, dict):
        return False
    function = value.get("embedding_function")
    if function is not None and function not in HARMLESS:
        return True
    return any(map(_names_function, value.values()))


def private_view(segment: Segment) -> Path:
    """A temporary folder in which a client can open a segment without changing it.

    Raises StoreError where there is no room for it.
    """
    view = None
    try:
        view = Path(tempfile.mkdtemp(prefix="rag-app-index-"))
        for path in segment.path.iterdir():
            if path.name == DATABASE:
                shutil.copyfile(path, view / path.name)
            elif path.is_dir():
                (view / path.name).symlink_to(path.resolve(), target_is_directory=True)
    except OSError as error:
        if view is not None:
            shutil.rmtree(view, ignore_errors=True)
        raise StoreError(
            f"The index {segment.path} cannot be opened in the temporary folder "
            f"({error.strerror or error}); free some space there or set TMPDIR; until then every "
            "vector is compared"
        ) from error
    return view


def copy(segment: Segment, building: Path) -> None:
    """Copy a segment, to add to the copy."""
    shutil.copytree(segment.path, building, ignore=shutil.ignore_patterns(MANIFEST))


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
