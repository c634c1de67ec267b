"""PowerPoint presentations. A slide is a page; its title is a heading, its notes follow it.

The order is that of the file, which is the one that screen readers use, with the title first.
Slide numbers and dates are left out; a footer is kept once. Charts and diagrams give the words
and numbers that they are drawn from, pictures the text on them. Comments follow the slide; objects,
which are files of their own, follow all slides. Hidden slides are left out unless they were asked
for, which the receipt says; they count as pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

import pptx
from pptx.exc import PythonPptxError
from pptx.oxml import parse_xml

from ingest.load.common.choices import CHOICES
from ingest.load.common.compose import compose
from ingest.load.common.left_out import LeftOut
from ingest.load.image.inside import Pictures
from ingest.load.office.drawings import drawn_text
from ingest.load.office.embedded import embedded_blocks
from ingest.load.office.pptx_shapes import slide_blocks
from ingest.load.office.zipped_xml import broken_package, check_package, ordinary
from ingest.records import Block, LoadedDocument

# What PowerPoint and python-pptx put in when nobody has written anything.
_NO_TITLE = ("PowerPoint Presentation", "PowerPoint-Präsentation", "Présentation PowerPoint")
_NO_AUTHOR = ("python-pptx", "Steve Canny")


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a presentation, show or template. Raises BrokenFile if it is damaged or too large."""
    check_package(data)
    with broken_package("a PowerPoint presentation", PythonPptxError):
        data = ordinary(data)
        presentation = pptx.Presentation(BytesIO(data))
        slides = list(presentation.slides)
        pictures = Pictures()
        blocks = list(_blocks(slides, pictures))
        objects = embedded_blocks(data)
        properties = presentation.core_properties
        title = "" if properties.title in _NO_TITLE else properties.title
        author = "" if properties.author in _NO_AUTHOR else properties.author
        metadata = {"author": author, "created": properties.created}
    title = title or next((block.text for block in blocks if block.kind == "heading"), None)
    metadata = {key: value for key, value in metadata.items() if value}
    hidden = {page for page, slide in enumerate(slides, 1) if _is_left_out(slide)}
    document = compose(
        "pptx",
        [*blocks, *objects],
        title=title,
        pages=len(slides),
        metadata=metadata,
        # A paragraph never runs over the end of a slide.
        runs_over_pages=False,
        notes=(*pictures.notes(), *LeftOut({"hidden slide": len(hidden)}).notes()),
    )
    empty = tuple(page for page in document.empty_pages if page not in hidden)
    return replace(document, empty_pages=empty)


def _blocks(slides: Sequence[Any], pictures: Pictures) -> Iterator[Block]:
    footers: set[str] = set()
    for page, slide in enumerate(slides, 1):
        if _is_left_out(slide):
            continue
        for kind, text, level in slide_blocks(slide, footers, pictures):
            yield Block(kind, text, level, page)
        for text in _notes(slide):
            yield Block("paragraph", text, page=page)
        for text in _comments(slide.part):
            yield Block("paragraph", text, page=page)


def _is_left_out(slide: Any) -> bool:
    return slide.element.get("show") in ("0", "false") and not CHOICES.get().hidden


def _comments(part: Any) -> Iterator[str]:
    """The comments on a slide, of the old kind and of the new one, with their replies."""
    for relation in part.rels.values():
        if relation.is_external or not relation.reltype.endswith("/comments"):
            continue
        authors = _authors(part.package)
        root = parse_xml(relation.target_part.blob)
        for comment in root.iter("{*}cm", "{*}reply"):
            body = comment.find("{*}txBody")
            text = comment.findtext("{*}text") if body is None else drawn_text(body)
            author = authors.get(comment.get("authorId", ""), "")
            if text and text.strip():
                yield f"Comment by {author}: {text}" if author else f"Comment: {text}"


def _authors(package: Any) -> dict[str, str]:
    """The names of those who comment, by their ids."""
    names: dict[str, str] = {}
    for part in package.iter_parts():
        if part.content_type.endswith(("commentAuthors+xml", "powerpoint.authors+xml")):
            for author in parse_xml(part.blob).iter("{*}cmAuthor", "{*}author"):
                names[author.get("id", "")] = author.get("name", "").strip()
    return names


def _notes(slide: Any) -> Iterator[str]:
    frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    texts = [text for text in frame.text.splitlines() if text.strip()] if frame else []
    for index, text in enumerate(texts):
        yield f"Notes: {text}" if not index else text
