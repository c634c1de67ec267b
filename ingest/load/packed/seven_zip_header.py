"""The bytes of a 7-Zip header: its numbers, lists of bits, and the folders, each of which is packed
as one by a chain of coders."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.errors import BrokenFile
from ingest.load.packed.entry import DAMAGED

HEADER, FILES, PACKED, UNPACKED, SUBSTREAMS, ENCODED_HEADER = 1, 5, 6, 7, 8, 0x17
_MOST_CODERS = 32


@dataclass(frozen=True, slots=True)
class Coder:
    """A method by its id, with what it needs to know."""

    method: bytes
    properties: bytes
    is_simple: bool


@dataclass(slots=True)
class Folder:
    """Files packed as one. ``chain`` are its coders from the one that gives the files to the one
    that reads the packed bytes, if ``is_chain``: if each has one stream in and one out."""

    methods: list[bytes]
    chain: list[Coder]
    is_chain: bool
    packed_streams: int
    outs: int
    last: int
    size: int = 0
    checksum: int | None = None


class Bytes:
    """Reads a header from its beginning. Raises IndexError at its end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def byte(self) -> int:
        value = self._data[self._place]
        self._place += 1
        return value

    def take(self, size: int) -> bytes:
        if size > len(self._data) - self._place:
            raise IndexError(size)
        self._place += size
        return self._data[self._place - size : self._place]

    def rest(self) -> bytes:
        return self.take(len(self._data) - self._place)

    def number(self) -> int:
        """A number whose first byte says, by its highest bits, how many others there are."""
        first = self.byte()
        value = 0
        for place in range(8):
            mask = 0x80 >> place
            if not first & mask:
                return value | (first & mask - 1) << 8 * place
            value |= self.byte() << 8 * place
        return value

    def count(self) -> int:
        """A number of things that each take a byte at least, here or where they are packed."""
        value = self.number()
        if value > max(len(self._data), 1) * 8:
            raise BrokenFile(DAMAGED)
        return value

    def bits(self, count: int) -> list[bool]:
        found: list[bool] = []
        for byte in self.take((count + 7) // 8):
            found.extend(bool(byte & 0x80 >> place) for place in range(8))
        return found[:count]

    def all_or_bits(self, count: int) -> list[bool]:
        return [True] * count if self.byte() else self.bits(count)

    def checksums(self, count: int) -> list[int | None]:
        return [
            int.from_bytes(self.take(4), "little") if is_there else None
            for is_there in self.all_or_bits(count)
        ]


def read_folders(reader: Bytes) -> list[Folder]:
    """The folders of an archive. Raises BrokenFile, IndexError."""
    if reader.byte() != 11:
        raise BrokenFile(DAMAGED)
    count = reader.count()
    if reader.byte():  # elsewhere, which nobody writes
        raise BrokenFile(DAMAGED)
    folders = [_read_folder(reader) for _ in range(count)]
    while part := reader.byte():
        if part == 12:
            for folder in folders:
                folder.size = [reader.number() for _ in range(folder.outs)][folder.last]
        elif part == 10:
            for folder, checksum in zip(folders, reader.checksums(count), strict=True):
                folder.checksum = checksum
        else:
            raise BrokenFile(DAMAGED)
    return folders


def _read_folder(reader: Bytes) -> Folder:
    coders: list[Coder] = []
    ins = outs = 0
    count = reader.number()
    if not 0 < count <= _MOST_CODERS:
        raise BrokenFile(DAMAGED)
    for _ in range(count):
        flags = reader.byte()
        method = reader.take(flags & 0x0F)
        own_ins, own_outs = (reader.number(), reader.number()) if flags & 0x10 else (1, 1)
        if max(own_ins, own_outs) > _MOST_CODERS:
            raise BrokenFile(DAMAGED)
        properties = reader.take(reader.number()) if flags & 0x20 else b""
        coders.append(Coder(method, properties, own_ins == own_outs == 1))
        ins, outs = ins + own_ins, outs + own_outs
    bound = {reader.number(): reader.number() for _ in range(outs - 1)}
    packed = ins - (outs - 1)
    if packed > 1:
        for _ in range(packed):
            reader.number()
    last = next((out for out in range(outs) if out not in bound.values()), -1)
    if last < 0:
        raise BrokenFile(DAMAGED)
    is_chain = all(coder.is_simple for coder in coders)
    order: list[int] = []
    following: int | None = last
    while is_chain and following is not None and following < count and following not in order:
        order.append(following)
        following = bound.get(following)
    is_chain = is_chain and len(order) == count
    chain = [coders[place] for place in order] if is_chain else []
    return Folder([c.method for c in coders], chain, is_chain, max(packed, 1), outs, last)
