"""ZIP archives: their files, one by one, each a document of its own.

An archive in an archive is not opened. Nothing is written anywhere, so a path cannot lead out of
a folder; but names are what people see and ask for, so those that try to are refused.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from ingest.errors import BrokenFile
from ingest.load.formats.containers import check_members
from ingest.load.read import read_bytes
from ingest.paths import file_of, leads_out

MOST_FILES = 10_000
MOST_MEGABYTES = 1000
"""How many files an archive may hold, and to how many megabytes it may unpack in all."""
MOST_FOLDERS = 100
LONGEST_PATH = 1000
"""How deep a path in an archive may be, and how many characters it may have."""

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_NAME_IS_UTF8 = 0x800
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


def members(data: bytes, most_megabytes: int = 200) -> Iterator[Member]:
    """The files of an archive, in the order of their names. Folders and hidden files are none.

    ``most_megabytes`` is the size of the largest file that is read. Only one is held in memory
    at a time. Raises BrokenFile if the archive is damaged, holds more than ``MOST_FILES`` files
    or unpacks to more than ``MOST_MEGABYTES``.
    """
    with _opened(data) as archive:
        files = _files(archive)
        total = sum(member.file_size for member in files.values())
        if len(files) > MOST_FILES:
            raise BrokenFile(f"an archive of more than {MOST_FILES:,} files")
        if total > MOST_MEGABYTES * 1_000_000:
            raise BrokenFile(f"unpacks to {total / 1e6:,.0f} MB, which is more than is read")
        for name, member in sorted(files.items()):
            if any(part.startswith(_HIDDEN) for part in name.split("/") if part != ".."):
                continue
            if name.count("/") > MOST_FOLDERS or len(name) > LONGEST_PATH:
                problem = f"its path has more than {MOST_FOLDERS} folders, or is too long"
                yield Member(_shortened(name), problem=problem)
                continue
            yield _read(archive, name, member, most_megabytes)


def read_source(source: str, most_megabytes: int = 200) -> bytes | bytearray:
    """The bytes that a document is read from: of a file, or of one in an archive.

    Raises BrokenFile if it is not there any more, is too large, or cannot be read.
    """
    path, packed = Path(source), file_of(source)
    if packed == path:
        return read_bytes(path, most_megabytes)
    name = path.relative_to(packed).as_posix()
    with _opened(read_bytes(packed, most_megabytes)) as archive:
        found = _files(archive).get(name)
        if found is None:
            raise BrokenFile("no such file in the archive")
        member = _read(archive, name, found, most_megabytes)
    if member.problem is not None:
        raise BrokenFile(member.problem)
    return member.data


def _opened(data: bytes | bytearray) -> zipfile.ZipFile:
    check_members(data)
    try:
        return zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise BrokenFile("damaged: its archive cannot be read") from error


def _files(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    # Before Python 3.11.8, is_dir fails where there is no name; by none, nobody could ask for it.
    found = (one for one in archive.infolist() if one.filename and not one.is_dir())
    return {_name(member): member for member in found}


def _name(member: zipfile.ZipInfo) -> str:
    """The path of a member, also as Windows writes it, and in UTF-8 that is not declared."""
    name = member.filename
    if not member.flag_bits & _NAME_IS_UTF8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/").removeprefix("./")


def _shortened(name: str) -> str:
    """The beginning and the end of a path that no system could show."""
    return f"{name[:40].rstrip('/')}…/{name.rpartition('/')[2][-40:]}"


def _problem(name: str, member: zipfile.ZipInfo, most_megabytes: int) -> str | None:
    if leads_out(name):
        return "its path leads out of the archive"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "a link"
    if member.flag_bits & _ENCRYPTED:
        return "protected by a password"
    if member.compress_type not in _METHODS:
        return "compressed in a way that is not read; pack it again"
    if member.file_size > most_megabytes * 1_000_000:
        return f"larger than {most_megabytes} MB; see max_file_megabytes"
    return None


def _read(
    archive: zipfile.ZipFile, name: str, member: zipfile.ZipInfo, most_megabytes: int
) -> Member:
    problem = _problem(name, member, most_megabytes)
    if problem:
        return Member(name, problem=problem)
    try:
        # Not more is unpacked than the archive says, which was counted.
        return Member(name, archive.read(member))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError):
        return Member(name, problem="damaged: it cannot be unpacked")
