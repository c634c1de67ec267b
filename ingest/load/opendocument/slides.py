"""OpenDocument presentations (ODP). A slide is a page, as with PowerPoint: its title is a heading,
its notes and comments follow it. Hidden slides are left out unless they were asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ingest.load.common.choices import CHOICES
from ingest.load.common.compose import compose
from ingest.load.common.left_out import LeftOut
from ingest.load.office.zipped_xml import broken_package
from ingest.load.opendocument.body import Body
from ingest.load.opendocument.package import DRAW, PRESENTATION, Package
from ingest.load.opendocument.paragraphs import ANNOTATION, comment
from ingest.records import Block, LoadedDocument

_CLASS = f"{PRESENTATION}class"
# Their texts are the same on every slide.
_FURNITURE = ("page-number", "date-time", "footer", "header")
_TITLES = ("title",)


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a presentation or a template. Raises BrokenFile if it is damaged or too large."""
    with broken_package("an OpenDocument presentation"):
        package = Package(data)
        body = Body(package)
        presentation = package.body("presentation")
        slides = list(presentation.iter(f"{DRAW}page"))
        hidden = {page for page, slide in enumerate(slides, 1) if _is_left_out(slide, body)}
        blocks: list[Block] = []
        for page, slide in enumerate(slides, 1):
            if page not in hidden:
                blocks += [replace(block, page=page) for block in _slide(slide, body)]
        footers = {
            "".join(e.itertext()).strip() for e in presentation.iter(f"{PRESENTATION}footer-decl")
        }
        shown = next((page for page in range(1, len(slides) + 1) if page not in hidden), None)
        blocks += [Block("paragraph", text, page=shown) for text in sorted(filter(None, footers))]
        blocks.sort(key=lambda block: block.page or 0)
        metadata, title = package.properties()
    body.paragraphs.left_out.update(LeftOut({"hidden slide": len(hidden)}))
    title = title or next((block.text for block in blocks if block.kind == "heading"), None)
    document = compose(
        "odp",
        blocks,
        title=title,
        pages=len(slides),
        metadata=metadata,
        # A paragraph never runs over the end of a slide.
        runs_over_pages=False,
        notes=body.paragraphs.left_out.notes(),
    )
    empty = tuple(page for page in document.empty_pages if page not in hidden)
    return replace(document, empty_pages=empty)


def _is_left_out(slide: Any, body: Body) -> bool:
    look = body.paragraphs.styles.look("drawing-page", slide.get(f"{DRAW}style-name"))
    return look.is_hidden and not CHOICES.get().hidden


def _slide(slide: Any, body: Body) -> Iterator[Block]:
    shapes = [
        shape
        for shape in slide
        if isinstance(shape.tag, str) and shape.get(_CLASS) not in _FURNITURE
    ]
    for shape in shapes:
        if shape.get(_CLASS) in _TITLES:
            texts = (block.text for block in body.shape(shape))
            if text := " ".join(" ".join(texts).split()):
                yield Block("heading", text, 1)
    for shape in shapes:
        if shape.tag.startswith(DRAW) and shape.get(_CLASS) not in _TITLES:
            yield from body.shape(shape)
    for notes in slide.iter(f"{PRESENTATION}notes"):
        own = [frame for frame in notes if frame.get(_CLASS) == "notes"]
        found = [block for frame in own for block in body.shape(frame)]
        for index, block in enumerate(found):
            yield Block("paragraph", block.text if index else f"Notes: {block.text}")
    for annotation in slide.iter(ANNOTATION):
        yield from (Block("paragraph", text) for text in comment(annotation))
