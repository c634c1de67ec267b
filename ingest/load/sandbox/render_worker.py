"""The drawing process: takes a PDF from a pipe and answers with the picture of a page.

It is started by ``ingest.load.sandbox.render`` as ``python -m ingest.load.sandbox.render_worker
LIMITS`` and lives under the rules of ``ingest.load.sandbox.worker``.
"""

from __future__ import annotations

import json
import sys

from ingest.load.formats.detect import BEGINNING
from ingest.load.image.picture import draw_frame
from ingest.load.pdf.marks import marked
from ingest.load.pdf.picture import draw_page
from ingest.load.sandbox.protocol import picture_frames
from ingest.load.sandbox.worker import Tell, serve
from ingest.records import ScannedWord


def main() -> None:
    """Draw pages. A request is JSON, what ``picture_of`` takes, and the file."""
    serve(_drawn, json.loads(sys.argv[1]))


def _drawn(request: bytes, data: bytes, _: Tell) -> tuple[bytes, ...]:
    wanted = json.loads(request)
    page, text, spans = wanted["page"], wanted["text"], wanted["spans"]
    is_pdf = b"%PDF" in data[:BEGINNING]
    if wanted["words"] is None:
        picture = draw_page(data, page, text, spans) if is_pdf else draw_frame(data, page)
    else:
        words = [ScannedWord(*word) for word in wanted["words"]]
        picture = draw_page(data, page, "", ()) if is_pdf else draw_frame(data, page)
        picture = marked(picture, words, text, spans)
    return picture_frames(picture)


if __name__ == "__main__":
    main()
