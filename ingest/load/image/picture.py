"""A page of a picture file, as a picture."""

from __future__ import annotations

from io import BytesIO
from itertools import islice

from ingest.errors import BrokenFile
from ingest.load.image.frames import frames
from ingest.records import PagePicture

LONGEST_SIDE = 2400  # pixels
QUALITY = 80


def draw_frame(data: bytes, number: int) -> PagePicture:
    """Draw a page, numbered from 1. Raises BrokenFile."""
    frame = next(islice(frames(data), number - 1, None), None)
    if frame is None:
        raise BrokenFile(f"it has no page {number}")
    frame.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    image = BytesIO()
    frame.save(image, "WEBP", quality=QUALITY)
    return PagePicture(image.getvalue(), frame.width, frame.height, (), "", is_whole=True)
