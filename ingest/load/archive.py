"""Archives (ZIP, TAR, 7-Zip): their files, one by one, each a document of its own.

An archive in an archive is opened likewise, to a depth. Nothing is written anywhere, so a path
cannot lead out of a folder; but names are what people see and ask for, so those that try to are
refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingest.errors import BrokenFile, LoadError
from ingest.load.formats.containers import SEVEN_ZIP, ZIP
from ingest.load.formats.detect import detect
from ingest.load.packed import seven_zip, tar, zip
from ingest.load.packed.entry import Budget, Entry
from ingest.load.read import ARCHIVE, read_bytes
from ingest.paths import file_of, leads_out

MOST_FOLDERS = 100
LONGEST_PATH = 1000
"""How deep a path in an archive may be, and how many characters it may have."""
_DEEPEST = 3
"""How many archives may stand in one another."""

# What file managers leave alone or leave behind.
_HIDDEN = (".", "~$", "__MACOSX")


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its path there, with ``/``, and its bytes.

    ``problem`` says why it is not read, a clause as in a LoadError; ``data`` is then empty.
    """

    name: str
    data: bytes = field(default=b"", repr=False)
    problem: str | None = None


def members(data: bytes | bytearray, most_megabytes: int = 200, name: str = "") -> Iterator[Member]:
    """The files of an archive of this name, and of the archives in it. Folders and hidden files
    are none.

    ``most_megabytes`` is the size of the largest file that is read. Of each archive only one file
    is held in memory at a time. Raises BrokenFile if the archive is damaged, holds more than
    ``MOST_FILES`` files or unpacks to more than ``MOST_MEGABYTES``.
    """
    yield from _members(data, name, most_megabytes, Budget(), 1)


def read_source(source: str, most_megabytes: int = 200) -> bytes | bytearray:
    """The bytes that a document is read from: of a file, or of one in an archive.

    Raises BrokenFile if it is not there any more, is too large, or cannot be read.
    """
    path, packed = Path(source), file_of(source)
    data = read_bytes(packed, most_megabytes)
    if packed == path:
        return data
    return _find(data, packed.name, path.relative_to(packed).as_posix(), most_megabytes, 1)


def _find(
    data: bytes | bytearray, archive: str, name: str, most_megabytes: int, depth: int
) -> bytes:
    for entry in _entries(data, archive, most_megabytes, Budget()):
        inside = name.removeprefix(f"{entry.name}/")
        if inside == name != entry.name:
            continue
        member = _read(entry, most_megabytes)
        if member.problem is not None:
            raise BrokenFile(member.problem)
        if inside == name:
            return member.data
        if depth < _DEEPEST and _is_archive(member):
            return _find(member.data, entry.name, inside, most_megabytes, depth + 1)
    raise BrokenFile("no such file in the archive")


def _members(
    data: bytes | bytearray, archive: str, most_megabytes: int, budget: Budget, depth: int
) -> Iterator[Member]:
    for entry in _entries(data, archive, most_megabytes, budget):
        name = entry.name
        if any(part.startswith(_HIDDEN) for part in name.split("/") if part != ".."):
            continue
        if name.count("/") > MOST_FOLDERS or len(name) > LONGEST_PATH:
            problem = f"its path has more than {MOST_FOLDERS} folders, or is too long"
            yield Member(_shortened(name), problem=problem)
            continue
        member = _read(entry, most_megabytes)
        if not _is_archive(member):
            yield member
        elif depth >= _DEEPEST:
            yield Member(name, problem=f"more than {_DEEPEST} archives in one another; unpack it")
        else:
            yield from _inner(member, most_megabytes, budget, depth)


def _inner(archive: Member, most_megabytes: int, budget: Budget, depth: int) -> Iterator[Member]:
    """The files of an archive in an archive; one that cannot be read costs itself only."""
    is_empty = True
    try:
        for member in _members(archive.data, archive.name, most_megabytes, budget, depth + 1):
            is_empty = False
            # A name that leads out is to be refused as what it is, and has a place here.
            name = f"{archive.name}/{member.name.lstrip('/')}"
            yield Member(name, member.data, member.problem)
    except BrokenFile as error:
        yield Member(archive.name, problem=str(error))
        return
    if is_empty:
        yield Member(archive.name, problem="an archive without files")


def _entries(
    data: bytes | bytearray, name: str, most_megabytes: int, budget: Budget
) -> Iterator[Entry]:
    if data.startswith(SEVEN_ZIP):
        return seven_zip.entries(data, budget, most_megabytes)
    if data.startswith(ZIP):
        return zip.entries(data, budget)
    return tar.entries(data, name.rpartition("/")[2], budget, most_megabytes)


def _is_archive(member: Member) -> bool:
    try:
        return not member.problem and detect(member.data, member.name) == ARCHIVE
    except LoadError:
        return False


def _shortened(name: str) -> str:
    """The beginning and the end of a path that no system could show."""
    return f"{name[:40].rstrip('/')}…/{name.rpartition('/')[2][-40:]}"


def _read(entry: Entry, most_megabytes: int) -> Member:
    problem = entry.problem
    if leads_out(entry.name):
        problem = "its path leads out of the archive"
    elif problem is None and entry.size > most_megabytes * 1_000_000:
        problem = f"larger than {most_megabytes} MB; see max_file_megabytes"
    if problem:
        return Member(entry.name, problem=problem)
    try:
        return Member(entry.name, entry.read())
    except BrokenFile as error:
        return Member(entry.name, problem=str(error))
