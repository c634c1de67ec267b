"""ZIP archives."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from io import BytesIO

from ingest.errors import BrokenFile
from ingest.load.formats.containers import check_members
from ingest.load.packed.entry import CANNOT_UNPACK, DAMAGED, Budget, Entry, plain_name

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_NAME_IS_UTF8 = 0x800


def entries(data: bytes | bytearray, budget: Budget) -> Iterator[Entry]:
    """The files, in the order of their names. All are counted before the first one is given.

    Raises BrokenFile if the archive is damaged or too large.
    """
    check_members(data)
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise BrokenFile(DAMAGED) from error
    with archive:
        # Before Python 3.11.8, is_dir fails where there is no name, by which nobody could ask.
        found = [one for one in archive.infolist() if one.filename and not one.is_dir()]
        files = {_name(member): member for member in found}
        budget.take(sum(member.file_size for member in files.values()), len(files))
        for name, member in sorted(files.items()):
            yield Entry(name, member.file_size, partial(_read, archive, member), _problem(member))


def _name(member: zipfile.ZipInfo) -> str:
    """The path of a member, also in UTF-8 that is not declared."""
    name = member.filename
    if not member.flag_bits & _NAME_IS_UTF8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return plain_name(name)


def _problem(member: zipfile.ZipInfo) -> str | None:
    if stat.S_ISLNK(member.external_attr >> 16):
        return "a link"
    if member.flag_bits & _ENCRYPTED:
        return "protected by a password"
    if member.compress_type not in _METHODS:
        return "compressed in a way that is not read; pack it again"
    return None


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    try:
        # Not more is unpacked than the archive says, which was counted.
        return archive.read(member)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise BrokenFile(CANNOT_UNPACK) from error
