"""TAR archives, also compressed by gzip, bzip2 or xz; and single files that are compressed so."""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import PurePath
from typing import Any

from ingest.errors import BrokenFile
from ingest.load.packed.entry import CANNOT_UNPACK, DAMAGED, Budget, Entry, plain_name
from ingest.load.packed.stream import SIGNATURES, Stored, Stream

_BLOCK = 512
# The others are two blocks of zeros, and the end of the data.
_IS_DAMAGE = ("InvalidHeaderError", "TruncatedHeaderError")
_MOST_HEADERS = 20_000
_COMPRESSED = (".gz", ".bz2", ".xz")


def is_tar(beginning: bytes) -> bool:
    """Whether data begins as a TAR archive does: with a header whose checksum is right."""
    with suppress(tarfile.HeaderError, ValueError):
        tarfile.TarInfo.frombuf(beginning[:_BLOCK], "utf-8", "surrogateescape")
        return True
    return False


class _Header(tarfile.TarInfo):
    """A header in the middle of an archive that is none is damage, and not its end."""

    @classmethod
    def fromtarfile(cls, archive: Any) -> Any:
        try:
            return super().fromtarfile(archive)
        except tarfile.HeaderError as error:
            if type(error).__name__ in _IS_DAMAGE:
                raise BrokenFile(DAMAGED) from error
            raise


def entries(
    data: bytes | bytearray, name: str, budget: Budget, most_megabytes: int
) -> Iterator[Entry]:
    """The files in the order of the archive, counted one by one, since there is no list of them.

    ``name`` is the archive's; a compressed file that is no archive has it without the suffix.
    ``most_megabytes`` is the size of the largest file that is read. Raises BrokenFile.
    """
    make = next((one for sign, one in SIGNATURES.items() if data.startswith(sign)), Stored)
    most = most_megabytes * 1_000_000
    if make is not Stored and not is_tar(Stream(data, make, most).read(_BLOCK)):
        yield _single(partial(Stream, data, make, most), name, budget, most)
        return
    stream: Any = Stream(data, make, most + _BLOCK)
    headers = 0
    try:
        # Only headers and files are read, each as a whole and forwards, as tarfile does it.
        archive: Any = tarfile.TarFile(
            fileobj=stream, mode="r", tarinfo=_Header, errors="surrogateescape"
        )
        while (member := archive.next()) is not None:
            headers += 1
            if headers > _MOST_HEADERS:
                raise BrokenFile(f"an archive of more than {_MOST_HEADERS:,} files")
            archive.members.clear()  # else all are kept
            if not member.isdir():
                budget.take(member.size)
                read = partial(_read, stream, member, most_megabytes)
                problem = None if member.isreg() and not member.issparse() else _problem(member)
                yield Entry(plain_name(member.name), member.size, read, problem)
    except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
        raise BrokenFile(DAMAGED) from error


def _problem(member: tarfile.TarInfo) -> str:
    if member.issym() or member.islnk():
        return "a link"
    return "stored in a way that is not read; pack it again" if member.isreg() else "not a file"


def _read(stream: Stream, member: tarfile.TarInfo, most_megabytes: int) -> bytes:
    if member.size > most_megabytes * 1_000_000:
        raise BrokenFile(f"larger than {most_megabytes} MB; see max_file_megabytes")
    stream.seek(member.offset_data)
    data = stream.read(member.size)
    if len(data) < member.size:
        raise BrokenFile(CANNOT_UNPACK)
    return data


def _single(unpacked: Callable[[], Stream], name: str, budget: Budget, most: int) -> Entry:
    """The one file of a compressed file. How large it is shows when it is unpacked, so that is done
    once without keeping any of it."""

    def read() -> bytes:
        looked_at = unpacked()
        size = looked_at.seek(most + 1)
        if size > most:
            raise BrokenFile(f"larger than {most // 1_000_000} MB; see max_file_megabytes")
        if not looked_at.is_whole:
            raise BrokenFile(CANNOT_UNPACK)
        budget.take(size, 0)
        return unpacked().read(size)

    path = PurePath(name)
    budget.take(0)
    return Entry(path.stem if path.suffix.lower() in _COMPRESSED else path.name, 0, read)
