"""7-Zip archives, by their own description (7zFormat.txt, in 7-Zip's source) and ``lzma``.

What the program makes of documents unless it is told otherwise is read: LZMA and LZMA2 with their
filters, BZip2, Deflate, and files that are only stored; neither PPMd nor what is encrypted.
"""

from __future__ import annotations

import bz2
import lzma
import stat
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ingest.errors import BrokenFile
from ingest.load.packed.entry import CANNOT_UNPACK, DAMAGED, Budget, Entry, plain_name
from ingest.load.packed.seven_zip_header import (
    ENCODED_HEADER,
    FILES,
    HEADER,
    PACKED,
    SUBSTREAMS,
    UNPACKED,
    Bytes,
    Folder,
    read_folders,
)
from ingest.load.packed.stream import MOST_MEMORY, Decompressor, Deflate, Stored, Stream

_START = 32
_MOST_HEADER = 16_000_000
_MOST_FILES = 20_000
_REPARSE_POINT = 0x400  # a link, as Windows has it
_FILTERS = {
    b"\x03": lzma.FILTER_DELTA,
    b"\x04": lzma.FILTER_X86,
    b"\x03\x03\x01\x03": lzma.FILTER_X86,
    b"\x05": lzma.FILTER_POWERPC,
    b"\x06": lzma.FILTER_IA64,
    b"\x07": lzma.FILTER_ARM,
    b"\x08": lzma.FILTER_ARMTHUMB,
    b"\x09": lzma.FILTER_SPARC,
}
_LZMA, _LZMA2, _ENCRYPTION = b"\x03\x01\x01", b"\x21", b"\x06\xf1\x07\x01"
_OTHERS: dict[bytes, Callable[[], Decompressor]] = {
    b"\x00": Stored,
    b"\x04\x02\x02": bz2.BZ2Decompressor,
    b"\x04\x01\x08": lambda: Deflate(-15),
}
_NOT_READ = "compressed in a way that is not read; pack it again"


@dataclass(slots=True)
class _Streams:
    """Where packed streams begin and how long they are; the folders that they unpack to, and the
    sizes and checksums of the files in each."""

    begin: int = 0
    packed: list[int] = field(default_factory=list)
    folders: list[Folder] = field(default_factory=list)
    sizes: list[list[int]] = field(default_factory=list)
    checksums: list[list[int | None]] = field(default_factory=list)


@dataclass(slots=True)
class _File:
    name: str = ""
    has_stream: bool = True
    is_empty: bool = False
    attributes: int = 0


def entries(data: bytes | bytearray, budget: Budget, most_megabytes: int) -> Iterator[Entry]:
    """The files in the order of the archive. All are counted before the first one is given.

    Raises BrokenFile if the archive is damaged, locked or too large.
    """
    try:
        streams, files = _read_header(data)
        budget.take(sum(map(sum, streams.sizes)), sum(file.has_stream for file in files))
    except (IndexError, ValueError, OverflowError, EOFError, MemoryError) as error:
        raise BrokenFile(DAMAGED) from error
    yield from _entries(data, streams, files, most_megabytes)


def _entries(
    data: bytes | bytearray, streams: _Streams, files: Sequence[_File], most_megabytes: int
) -> Iterator[Entry]:
    remaining = iter(file for file in files if file.has_stream)
    for folder, sizes, checksums in zip(
        _located(data, streams), streams.sizes, streams.checksums, strict=True
    ):
        stream, problem = _opened(*folder, most_megabytes * 1_000_000)
        place = 0
        for size, checksum in zip(sizes, checksums, strict=True):
            file = next(remaining, None)
            if file is None:
                return
            read = partial(_read, stream, place, size, checksum)
            is_link = stat.S_ISLNK(file.attributes >> 16) or file.attributes & _REPARSE_POINT
            yield Entry(plain_name(file.name), size, read, "a link" if is_link else problem)
            place += size
    for file in files:
        if file.is_empty:
            yield Entry(plain_name(file.name), 0, bytes)


def _read(stream: Stream | None, place: int, size: int, checksum: int | None) -> bytes:
    assert stream is not None, "there is a problem where there is none"
    stream.seek(place)
    data = stream.read(size)
    if len(data) < size or (checksum is not None and zlib.crc32(data) != checksum):
        raise BrokenFile(CANNOT_UNPACK)
    return data


def _located(
    data: bytes | bytearray, streams: _Streams
) -> Iterator[tuple[bytes | bytearray, Folder]]:
    """The packed bytes of each folder."""
    begin = streams.begin
    lengths = iter(streams.packed)
    for folder in streams.folders:
        length = sum(next(lengths, 0) for _ in range(folder.packed_streams))
        yield data[begin : begin + length], folder
        begin += length


def _opened(
    packed: bytes | bytearray, folder: Folder, most: int
) -> tuple[Stream | None, str | None]:
    """What unpacks a folder, or why none can."""
    methods = [coder.method for coder in folder.chain]
    if _ENCRYPTION in methods or _ENCRYPTION in folder.methods:
        return None, "protected by a password"
    if not folder.is_chain or not methods:
        return None, _NOT_READ
    if len(methods) == 1 and methods[0] in _OTHERS:
        return Stream(packed, _OTHERS[methods[0]], most), None
    filters: list[dict[str, Any]] = []
    for coder in folder.chain[:-1]:
        if coder.method not in _FILTERS:
            return None, _NOT_READ
        filters.append({"id": _FILTERS[coder.method]})
        if coder.method == b"\x03":
            filters[-1]["dist"] = (coder.properties or b"\x00")[0] + 1
    last = folder.chain[-1]
    packer = _lzma(last.method, last.properties, folder.size)
    # Without a mark at its end, which only LZMA2 has, a filter would keep the last bytes.
    has_no_end = last.method == _LZMA and any(one["id"] != lzma.FILTER_DELTA for one in filters)
    if packer is None or has_no_end:
        return None, _NOT_READ
    make = partial(lzma.LZMADecompressor, lzma.FORMAT_RAW, filters=[*filters, packer])
    try:
        return Stream(packed, make, most), None
    except (lzma.LZMAError, ValueError):
        return None, CANNOT_UNPACK


def _lzma(method: bytes, properties: bytes, size: int) -> dict[str, Any] | None:
    """LZMA's filter by its properties; no more memory than there is to unpack."""
    if method == _LZMA2 and len(properties) == 1 and properties[0] <= 40:
        code = properties[0]
        wide = 0xFFFFFFFF if code == 40 else (2 | code & 1) << (code // 2 + 11)
        found: dict[str, Any] = {"id": lzma.FILTER_LZMA2}
    elif method == _LZMA and len(properties) >= 5 and properties[0] < 9 * 5 * 5:
        rest, lc = divmod(properties[0], 9)
        wide = int.from_bytes(properties[1:5], "little")
        found = {"id": lzma.FILTER_LZMA1, "lc": lc, "lp": rest % 5, "pb": rest // 5}
    else:
        return None
    found["dict_size"] = max(min(wide, size), 4096)
    return found if found["dict_size"] <= MOST_MEMORY else None


def _read_header(data: bytes | bytearray) -> tuple[_Streams, list[_File]]:
    offset, size, checksum = (
        int.from_bytes(data[first:end], "little") for first, end in ((12, 20), (20, 28), (28, 32))
    )
    if not size:
        return _Streams(), []
    header = bytes(data[_START + offset : _START + offset + size])
    if len(header) < size or zlib.crc32(header) != checksum:
        raise BrokenFile(DAMAGED)
    for _ in range(3):
        reader = Bytes(header)
        kind = reader.byte()
        if kind == HEADER:
            return _read_plain_header(reader)
        if kind != ENCODED_HEADER:
            break
        streams = _read_streams(reader)
        stream, problem = _opened(*next(_located(data, streams)), _MOST_HEADER)
        if stream is None:
            raise BrokenFile(problem or DAMAGED)
        header = _read(stream, 0, streams.sizes[0][0], streams.checksums[0][0])
    raise BrokenFile(DAMAGED)


def _read_plain_header(reader: Bytes) -> tuple[_Streams, list[_File]]:
    streams, files = _Streams(), list[_File]()
    while kind := reader.byte():
        if kind == 4:
            streams = _read_streams(reader)
        elif kind == FILES:
            files = _read_files(reader)
        else:
            raise BrokenFile(DAMAGED)
    return streams, files


def _read_streams(reader: Bytes) -> _Streams:
    found = _Streams()
    while kind := reader.byte():
        if kind == PACKED:
            found.begin = _START + reader.number()
            count = reader.count()
            while part := reader.byte():
                if part == 9:
                    found.packed = [reader.number() for _ in range(count)]
                else:
                    reader.checksums(count)
        elif kind == UNPACKED:
            found.folders = read_folders(reader)
            found.sizes = [[folder.size] for folder in found.folders]
            found.checksums = [[folder.checksum] for folder in found.folders]
        elif kind == SUBSTREAMS:
            _read_substreams(reader, found)
        else:
            raise BrokenFile(DAMAGED)
    return found


def _read_substreams(reader: Bytes, found: _Streams) -> None:
    counts = [1] * len(found.folders)
    part = reader.byte()
    if part == 13:
        counts = [reader.count() for _ in found.folders]
        part = reader.byte()
    if sum(counts) > _MOST_FILES:
        raise BrokenFile(f"an archive of more than {_MOST_FILES:,} files")
    sizes: list[list[int]] = []
    for folder, count in zip(found.folders, counts, strict=True):
        told = [reader.number() for _ in range(count - 1)] if part == 9 else []
        if sum(told) > folder.size:
            raise BrokenFile(DAMAGED)
        sizes.append([*told, folder.size - sum(told)] if count else [])
    found.sizes = sizes
    part = reader.byte() if part == 9 else part
    known = [
        folder.checksum if count == 1 else None
        for folder, count in zip(found.folders, counts, strict=True)
    ]
    missing = sum(
        count
        for count, checksum in zip(counts, known, strict=True)
        if count != 1 or checksum is None
    )
    told_sums: Iterator[int | None] = iter([None] * missing)
    while part:
        if part == 10:
            told_sums = iter(reader.checksums(missing))
        else:
            reader.take(reader.number())
        part = reader.byte()
    found.checksums = [
        [checksum] if checksum is not None else [next(told_sums, None) for _ in range(count)]
        for count, checksum in zip(counts, known, strict=True)
    ]


def _read_files(reader: Bytes) -> list[_File]:
    count = reader.number()
    if count > _MOST_FILES:
        raise BrokenFile(f"an archive of more than {_MOST_FILES:,} files")
    files = [_File() for _ in range(count)]
    while kind := reader.byte():
        part = Bytes(reader.take(reader.number()))
        if kind == 14:
            for file, is_without in zip(files, part.bits(count), strict=True):
                file.has_stream = not is_without
        elif kind == 15:
            without = [file for file in files if not file.has_stream]
            for file, is_file in zip(without, part.bits(len(without)), strict=True):
                file.is_empty = is_file
        elif kind == 17 and not part.byte():
            names = part.rest().decode("utf-16-le", "replace").split("\x00")
            for file, name in zip(files, names, strict=False):
                file.name = name
        elif kind == 21:
            defined = part.all_or_bits(count)
            if not part.byte():
                for file, is_there in zip(files, defined, strict=True):
                    file.attributes = int.from_bytes(part.take(4), "little") if is_there else 0
    return files
