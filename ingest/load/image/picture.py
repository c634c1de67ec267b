"""A page of a picture file, and where words of the document's text stand on it."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from itertools import islice

from ingest.errors import BrokenFile
from ingest.load.image.frames import as_array, frames, pixels_a_point
from ingest.load.pdf.align import find_words
from ingest.load.pdf.picture import in_order
from ingest.load.pdf.scan import scan_of
from ingest.records import Box, PagePicture

LONGEST_SIDE = 2400
QUALITY = 80


def draw_frame(
    data: bytes, number: int, text: str, spans: Sequence[tuple[int, int]]
) -> PagePicture:
    """Draw a page, numbered from 1, and find the words at ``spans`` of its ``text`` on it.

    Raises BrokenFile.
    """
    frame = next(islice(frames(data), number - 1, None), None)
    if frame is None:
        raise BrokenFile(f"it has no page {number}")
    words: list[tuple[str, tuple[float, float, float, float]]] = []
    if spans:
        scan = scan_of(as_array(frame), number, pixels_a_point(frame))
        words = [
            (word, scan.places[-1 - ends[0]])
            for fragment in in_order(scan.fragments)
            for word, ends in zip(fragment.text.split(" "), fragment.spans, strict=True)
        ]
    found = find_words(text, spans, [word for word, _ in words])
    boxes = [_box(*words[index][1]) for index in found.words]
    frame.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    image = BytesIO()
    frame.save(image, "WEBP", quality=QUALITY)
    return PagePicture(
        image=image.getvalue(),
        width=frame.width,
        height=frame.height,
        boxes=tuple(boxes),
        words=" ".join(words[index][0] for index in found.words),
        is_whole=not found.missing,
    )


def _box(left: float, top: float, right: float, bottom: float) -> Box:
    left, top, right, bottom = (min(max(side, 0.0), 1.0) for side in (left, top, right, bottom))
    return Box(left, top, right - left, bottom - top)
