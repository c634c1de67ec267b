"""Compound files ("OLE"), as old Office programs and Outlook write them: [MS-CFB], version 3."""

from __future__ import annotations

import struct
from collections.abc import Mapping

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_END, _FREE, _NONE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFD

Tree = Mapping[str, "bytes | Tree"]


def compound(tree: Tree) -> bytes:
    """A file with these streams and storages."""
    entries: list[list[object]] = [["Root Entry", 5, _NONE, _NONE, 0, 0]]
    mini, mini_fat, sectors, fat = bytearray(), list[int](), bytearray(), list[int]()

    def chain(table: list[int], count: int) -> int:
        first = len(table)
        table.extend([*range(first + 1, first + count), _END] if count else [])
        return first if count else _END

    def stored(data: bytes) -> int:
        count = -(-len(data) // _SECTOR)
        sectors.extend(data.ljust(count * _SECTOR, b"\0"))
        return chain(fat, count)

    def add(level: Tree) -> int:
        """The entries of a level, each the right neighbour of the one before. Gives the first."""
        first = before = _NONE
        for name, content in sorted(level.items(), key=lambda one: (len(one[0]), one[0].upper())):
            number = len(entries)
            entry: list[object] = [name, 2, _NONE, _NONE, 0, 0]
            entries.append(entry)
            if not isinstance(content, bytes):
                entry[1], entry[3] = 1, add(content)
            elif len(content) < _CUTOFF:
                count = -(-len(content) // _MINI)
                entry[4], entry[5] = chain(mini_fat, count), len(content)
                mini.extend(content.ljust(count * _MINI, b"\0"))
            else:
                entry[4], entry[5] = stored(content), len(content)
            if before == _NONE:
                first = number
            else:
                entries[before][2] = number
            before = number
        return first

    entries[0][3] = add(tree)
    entries[0][4], entries[0][5] = stored(bytes(mini)), len(mini)
    mini_start = stored(struct.pack(f"<{len(mini_fat)}I", *mini_fat).ljust(_SECTOR, b"\xff"))
    directory = b"".join(_entry(*entry) for entry in entries)  # type: ignore[arg-type]
    directory_start = stored(directory)
    fat.append(_FAT)  # of this test's sizes, the table itself is one sector
    assert len(fat) <= _SECTOR // 4
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(_SECTOR, b"\xff")
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6,
        0, 1, directory_start, 0, _CUTOFF, mini_start,
        -(-len(mini_fat) * 4 // _SECTOR) or 1, _END, 0,
    )  # fmt: skip
    header += struct.pack("<I", len(fat) - 1) + b"\xff" * (108 * 4)
    return header + bytes(sectors) + table


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16xI8x8xIQ",
        text, len(text) + 2, kind, 1, _NONE, right, child, 0, start, size,
    )  # fmt: skip
