"""Old Word and PowerPoint files (DOC, PPT), which LibreOffice converts where it is installed,
before they come to a reader. What comes here says what to do."""

from __future__ import annotations

from ingest.errors import UnknownFormat
from ingest.load.formats.detect import detect
from ingest.records import LoadedDocument

_ADVICE = {
    "doc": "an old Word file; save it as .docx, or install LibreOffice",
    "ppt": "an old PowerPoint file; save it as .pptx, or install LibreOffice",
}


def read(data: bytes, name: str) -> LoadedDocument:
    """Raises UnknownFormat."""
    raise UnknownFormat(_ADVICE[detect(data, name)])
