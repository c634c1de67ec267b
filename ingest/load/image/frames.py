"""The pages of a picture file, upright and on white, as large as OCR needs them."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, ImageOps, ImageSequence

from ingest.errors import BrokenFile
from ingest.load.ocr.engine import LONGEST_SIDE, Picture

FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF")
MOST_PIXELS = 100_000_000
MOST_PAGES = 2_000
# The page that a picture is taken for is as long as a sheet of paper.
PAGE_POINTS = 792.0


def frames(data: bytes) -> Iterator[Image.Image]:
    """Each page of a picture, in RGB. Raises BrokenFile."""
    Image.MAX_IMAGE_PIXELS = None  # the size is looked at here
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                size = f"{opened.width:,} by {opened.height:,} pixels"
                raise BrokenFile(f"the picture is too large: {size}")
            count = getattr(opened, "n_frames", 1)
            if count > MOST_PAGES:
                raise BrokenFile(f"claims to have {count:,} pages")
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is read smaller, and sooner
            moving = opened.format in ("GIF", "WEBP", "PNG")
            for frame in ImageSequence.Iterator(opened):
                yield _upright(frame)
                if moving:
                    return  # the first picture of a film
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise BrokenFile("damaged: it cannot be opened as a picture") from error


def pages_of(data: bytes) -> int:
    """How many pages ``frames`` gives. Raises BrokenFile."""
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as opened:
            return getattr(opened, "n_frames", 1) if opened.format == "TIFF" else 1
    except (OSError, SyntaxError, ValueError) as error:
        raise BrokenFile("damaged: it cannot be opened as a picture") from error


def as_array(frame: Image.Image) -> Picture:
    """The pixels, in the order in which OCR takes colours: blue, green, red."""
    pixels: Picture = np.asarray(frame)[:, :, ::-1]
    return pixels


def pixels_a_point(frame: Image.Image) -> float:
    """The scale of a page."""
    return max(frame.size) / PAGE_POINTS


def _upright(frame: Any) -> Image.Image:
    turned = ImageOps.exif_transpose(frame)
    if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
        layer = turned.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        turned = Image.alpha_composite(ground, layer)
    return turned.convert("RGB")
