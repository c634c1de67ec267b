"""What all kinds of archives give, and the limits that they share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ingest.errors import BrokenFile

MOST_FILES = 10_000
MOST_MEGABYTES = 1000
"""How many files an archive may hold, and to how many megabytes it may unpack in all, with the
archives in it."""

DAMAGED = "damaged: its archive cannot be read"
CANNOT_UNPACK = "damaged: it cannot be unpacked"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in an archive: its path there, with ``/``, and its size in bytes as it is declared.

    ``problem`` says why it is not read. ``read`` unpacks it, before the next entry is asked for,
    and raises BrokenFile.
    """

    name: str
    size: int
    read: Callable[[], bytes] = field(repr=False)
    problem: str | None = None


@dataclass(slots=True)
class Budget:
    """How much of an archive, and of those in it, was counted so far."""

    files: int = 0
    size: int = 0

    def take(self, size: int, files: int = 1) -> None:
        """Count files of so many bytes in all. Raises BrokenFile beyond what is read."""
        self.files += files
        self.size += size
        if self.files > MOST_FILES:
            raise BrokenFile(f"an archive of more than {MOST_FILES:,} files")
        if self.size > MOST_MEGABYTES * 1_000_000:
            raise BrokenFile(f"unpacks to {self.size / 1e6:,.0f} MB, which is more than is read")


def plain_name(name: str) -> str:
    """A path in an archive with ``/``, also as Windows writes it."""
    return name.replace("\\", "/").removeprefix("./")
