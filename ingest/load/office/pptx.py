"""PowerPoint presentations. A slide is a page; its title is a heading, its notes follow it.

The order is that of the file, which is the one that screen readers use, with the title first.
Slide numbers and dates are left out; a footer is kept once. Charts and diagrams give the words
and numbers that they are drawn from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import pptx
from pptx.exc import PythonPptxError

from ingest.load.common.compose import compose
from ingest.load.office.pptx_shapes import slide_blocks
from ingest.load.office.zipped_xml import broken_package, check_package, refuse_strict
from ingest.records import Block, LoadedDocument

# What PowerPoint and python-pptx put in when nobody has written anything.
_NO_TITLE = ("PowerPoint Presentation", "PowerPoint-Präsentation", "Présentation PowerPoint")
_NO_AUTHOR = ("python-pptx", "Steve Canny")


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a .pptx file. Raises BrokenFile if it is damaged or unreasonably large."""
    check_package(data)
    with broken_package("a PowerPoint presentation", PythonPptxError):
        refuse_strict(data, ".pptx")
        presentation = pptx.Presentation(BytesIO(data))
        slides = list(presentation.slides)
        blocks = list(_blocks(slides))
        properties = presentation.core_properties
        title = "" if properties.title in _NO_TITLE else properties.title
        author = "" if properties.author in _NO_AUTHOR else properties.author
        metadata = {"author": author, "created": properties.created}
    title = title or next((block.text for block in blocks if block.kind == "heading"), None)
    metadata = {key: value for key, value in metadata.items() if value}
    # A paragraph never runs over the end of a slide.
    return compose(
        "pptx", blocks, title=title, pages=len(slides), metadata=metadata, runs_over_pages=False
    )


def _blocks(slides: Sequence[Any]) -> Iterator[Block]:
    footers: set[str] = set()
    for page, slide in enumerate(slides, 1):
        for kind, text, level in slide_blocks(slide, footers):
            yield Block(kind, text, level, page)
        for text in _notes(slide):
            yield Block("paragraph", text, page=page)


def _notes(slide: Any) -> Iterator[str]:
    frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    texts = [text for text in frame.text.splitlines() if text.strip()] if frame else []
    for index, text in enumerate(texts):
        yield f"Notes: {text}" if not index else text
