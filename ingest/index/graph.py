"""Bounds check of an HNSW graph as hnswlib saves it, before Chroma reads it.

hnswlib follows the links of a graph without looking where they lead, so a forged one makes it read
beyond its memory. Here every link leads to a vector that is there, on a level that this one has.
The format is that of ``saveIndex`` in https://github.com/chroma-core/hnswlib.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ingest.errors import StoreError

Links = npt.NDArray[np.uint32]
Levels = npt.NDArray[np.int64]
# Version; offset of the links, most and present elements, bytes of one, offsets of label and
# vector; highest level, where a search begins; most links above, at the lowest level, M; 1 / ln M,
# and how widely it was built.
_HEADER = struct.Struct("<IQQQQQQiIQQQdQ")
_MOST_LINKS, _MOST_LEVELS = 1024, 64
# Memory is taken for vectors to come: Chroma makes room for twice as many, and for 100 at least.
_SPARE, _SPARE_AT_LEAST = 8, 4096
_AT_ONCE = 16_384


def check_graph(folder: Path, dimension: int) -> None:
    """Raise StoreError if a graph leads out of itself, OSError if its files cannot be read."""
    problem = _problem(folder, dimension)
    if problem is not None:
        raise StoreError(f"The index {folder} is damaged ({problem})")


def _problem(folder: Path, dimension: int) -> str | None:
    header = (folder / "header.bin").read_bytes()
    if len(header) != _HEADER.size:
        return "its graph has another header"
    (_, start, most, count, size, label, vector, top, entry, above, lowest, _, _, _) = (
        _HEADER.unpack(header)
    )
    if not (
        start == 0
        and count <= most <= count * _SPARE + _SPARE_AT_LEAST
        and above <= _MOST_LINKS
        and lowest == 2 * above
        and vector == 4 * (lowest + 1)
        and label == vector + 4 * dimension
        and size == label + 8
        and top < _MOST_LEVELS
    ):
        return "the sizes of its graph are not right"
    # Room for later ones may be saved too.
    if not count * size <= (folder / "data_level0.bin").stat().st_size <= most * size:
        return "its graph is of another size"
    if not count:
        return None
    found = _upper_links(folder / "link_lists.bin", count, above)
    if found is None:
        return "the upper levels of its graph are not right"
    levels, upper = found
    if entry >= count or levels[entry] < top or levels.max() > top:
        return "a search of its graph begins where there is nothing"
    elements = np.memmap(folder / "data_level0.bin", np.uint8, "r", shape=(count, size))
    for first in range(0, count, _AT_ONCE):
        links = np.ascontiguousarray(elements[first : first + _AT_ONCE, :vector]).view("<u4")
        if _leads_out(links, np.zeros(len(links), np.int64), levels):
            return "its graph leads out of itself"
    if len(upper) and _leads_out(upper[:, 1:], upper[:, 0].astype(np.int64), levels):
        return "its graph leads out of itself"
    return None


def _leads_out(links: Links, at: Levels, levels: Levels) -> bool:
    """Whether any link leads to nothing, or to what is not on its level. Each row has how many
    there are, in 16 bits, and then the links."""
    used = links[:, 0] & 0xFFFF
    if used.max(initial=0) > links.shape[1] - 1:
        return True
    rows, places = np.nonzero(np.arange(links.shape[1] - 1) < used[:, None])
    targets = links[rows, places + 1]
    return bool((targets >= len(levels)).any() or (levels[targets] < at[rows]).any())


def _upper_links(path: Path, count: int, above: int) -> tuple[Levels, Links] | None:
    """The level of each vector, and a row for each list of links above the lowest: its level, then
    the list. None where the file is not of such lists."""
    data = path.read_bytes()
    size = 4 * (above + 1)
    levels, place = np.zeros(count, np.int64), 0
    rows: list[bytes] = []
    for number in range(count):
        if place + 4 > len(data):
            return None
        [taken] = struct.unpack_from("<I", data, place)
        place += 4
        if taken % size or taken > size * _MOST_LEVELS or place + taken > len(data):
            return None
        levels[number] = taken // size
        for level in range(taken // size):
            rows.append(struct.pack("<I", level + 1) + data[place : place + size])
            place += size
    if place != len(data):
        return None
    return levels, np.frombuffer(b"".join(rows), "<u4").reshape(-1, above + 2)
