"""Pictures that stand in a document of another format: the text on them, read by OCR.

A picture that comes again, such as a logo on each slide, is read where it stands first.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from time import monotonic

from ingest.errors import BrokenFile
from ingest.load.common.choices import CHOICES
from ingest.load.common.left_out import LeftOut
from ingest.load.image.frames import as_array, frames, pixels_a_point
from ingest.load.ocr.told import begin_page
from ingest.load.pdf.scanned.pictured import MOST, MOST_SECONDS, picture_blocks
from ingest.load.pdf.scanned.scan import scan_of
from ingest.records import Block
from ingest.text.wording import many

MOST_BYTES = 20_000_000
"""Of one picture."""
# Pixels: what is lower, or shorter on its longer side, is an icon or a line.
LOWEST = 24
SHORTEST = 128


class Pictures:
    """Reads the pictures of one document, none where pictures are not to be read."""

    def __init__(self) -> None:
        self._is_on = CHOICES.get().ocr != "off"
        self._seen: set[bytes] = set()
        self._asked = self._read = 0
        self._left_out = LeftOut()
        self._began: float | None = None

    def blocks(self, data: bytes, page: int | None = None) -> list[Block]:
        """The text on a picture, to stand where it does; nothing for an icon, or one without
        text, or one that came before."""
        key = sha256(data).digest()
        if not self._is_on or key in self._seen:
            return []
        self._seen.add(key)
        try:
            found = self._blocks(data)
        except BrokenFile:
            self._left_out["picture"] += 1
            return []
        if not found:
            return []
        self._read += 1
        return [replace(block, page=page) for block in found]

    def notes(self) -> tuple[str, ...]:
        """What a receipt says: “text of 2 pictures read by OCR”, “1 picture not read”."""
        told = (f"text of {many(self._read, 'picture')} read by OCR",) if self._read else ()
        return (*told, *self._left_out.notes())

    def _blocks(self, data: bytes) -> list[Block]:
        """Raises BrokenFile for a picture that is not read: damaged, of a format that is not
        known, too large, or one too many."""
        if len(data) > MOST_BYTES:
            raise BrokenFile("a picture that is too large")
        frame = next(frames(data))
        if min(frame.size) < LOWEST or max(frame.size) < SHORTEST:
            return []
        self._began = self._began or monotonic()
        if self._asked >= MOST or monotonic() - self._began > MOST_SECONDS:
            raise BrokenFile("one picture too many")
        self._asked += 1
        begin_page(self._asked, self._asked)
        scan = scan_of(as_array(frame), 1, pixels_a_point(frame))
        return picture_blocks(scan.fragments)
