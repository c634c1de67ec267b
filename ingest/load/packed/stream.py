"""Unpacking of a compressed stream, piece by piece and forwards only, within limits."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import Protocol

from ingest.errors import BrokenFile
from ingest.load.packed.entry import CANNOT_UNPACK, MOST_MEGABYTES

MOST_MEMORY = 256_000_000
"""Bytes that a decompressor may need. 7-Zip's strongest level needs 64 MB, xz's 65 MB."""

_PIECE = 64 * 1024
_DAMAGED = (zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)


class Decompressor(Protocol):
    """What ``bz2`` and ``lzma`` have: its input may come in pieces, and so does its output."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class Deflate:
    """zlib's decompressor, with the surface of the others."""

    def __init__(self, window: int) -> None:
        self._inner = zlib.decompressobj(window)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max(max_length, 0))


class Stored:
    """Bytes that are not compressed."""

    eof = False
    unused_data = b""

    def __init__(self) -> None:
        self._kept = b""

    @property
    def needs_input(self) -> bool:
        return not self._kept

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        data = self._kept + data
        most = max_length if max_length >= 0 else len(data)
        self._kept = data[most:]
        return data[:most]


SIGNATURES: dict[bytes, Callable[[], Decompressor]] = {
    b"\x1f\x8b": lambda: Deflate(31),
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\x00": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MOST_MEMORY),
}
"""How a file that begins so is unpacked."""


class Stream:
    """A file to be read forwards only. Several compressed streams in a row are one, as gzip has it.

    Its methods raise BrokenFile if the data is damaged, if it unpacks to more than
    ``MOST_MEGABYTES``, or if more than ``most`` bytes are asked for at once.
    """

    def __init__(
        self,
        data: bytes | bytearray,
        make: Callable[[], Decompressor],
        most: int,
        most_all: int = 0,
    ) -> None:
        self._data = memoryview(data)
        self._make = make
        self._decoder = make()
        self._fed = self._place = 0
        self._most = most
        self._most_all = most_all or MOST_MEGABYTES * 1_000_000

    def tell(self) -> int:
        """How many bytes were read."""
        return self._place

    def seek(self, place: int) -> int:
        """Go forwards to a place, or to the end before it."""
        if place < self._place:
            raise BrokenFile(CANNOT_UNPACK)
        while self._place < place and self._piece(min(place - self._place, _PIECE)):
            pass
        return self._place

    def read(self, size: int) -> bytes:
        """So many bytes, or what is left."""
        if not 0 <= size <= self._most:
            raise BrokenFile("holds a piece that is larger than is read")
        pieces: list[bytes] = []
        while size and (piece := self._piece(size)):
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def _piece(self, most: int) -> bytes:
        """Some of the next bytes; none at the end."""
        piece = b""
        try:
            while not piece and self._goes_on():
                fed = b""
                if self._decoder.needs_input:
                    fed = bytes(self._data[self._fed : self._fed + _PIECE])
                    self._fed += len(fed)
                piece = self._decoder.decompress(fed, most)
                if not piece and not fed and not self._decoder.eof:
                    break  # cut off
        except _DAMAGED as error:
            raise BrokenFile(CANNOT_UNPACK) from error
        self._place += len(piece)
        if self._place > self._most_all:
            raise BrokenFile(
                f"unpacks to more than {MOST_MEGABYTES:,} MB, which is more than is read"
            )
        return piece

    def _goes_on(self) -> bool:
        """Whether there is more to unpack; another stream is begun where one has ended."""
        if self._decoder.eof:
            self._fed -= len(self._decoder.unused_data)
            # Between streams, and behind the last one, there may be zeros.
            while self._fed < len(self._data) and not self._data[self._fed]:
                self._fed += 1
            if not any(bytes(self._data[self._fed :][:6]).startswith(sign) for sign in SIGNATURES):
                self._fed = len(self._data)
                return False
            self._decoder = self._make()
        return True

    @property
    def is_whole(self) -> bool:
        """Whether the stream has come to its end, and was not cut off."""
        return self._decoder.eof
