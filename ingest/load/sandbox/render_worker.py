"""The drawing process: takes a PDF from a pipe and answers with the picture of a page.

It is started by ``ingest.load.sandbox.render`` as ``python -m ingest.load.sandbox.render_worker
LIMITS`` and lives under the rules of ``ingest.load.sandbox.worker``.
"""

from __future__ import annotations

import json
import sys

from ingest.load.formats.detect import BEGINNING
from ingest.load.image.picture import draw_frame
from ingest.load.pdf.picture import draw_page
from ingest.load.sandbox.protocol import picture_frames
from ingest.load.sandbox.worker import Tell, serve


def main() -> None:
    """Draw pages. A request is JSON, ``page``, ``text`` and ``spans``, and the file."""
    serve(_drawn, json.loads(sys.argv[1]))


def _drawn(request: bytes, data: bytes, _: Tell) -> tuple[bytes, ...]:
    wanted = json.loads(request)
    draw = draw_page if b"%PDF" in data[:BEGINNING] else draw_frame
    return picture_frames(draw(data, wanted["page"], wanted["text"], wanted["spans"]))


if __name__ == "__main__":
    main()
