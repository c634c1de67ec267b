"""OpenDocument texts (ODT), in the order of the document, with notes and comments behind their
paragraphs. Deleted passages and hidden text are left out, which the receipt says. The texts of page
headers and footers come once, at the end. There are no pages: they come when it is printed.
"""

from __future__ import annotations

from ingest.load.common.compose import compose
from ingest.load.office.zipped_xml import broken_package
from ingest.load.opendocument.body import Body
from ingest.load.opendocument.package import STYLE, TEXT, Package
from ingest.records import Block, LoadedDocument

_FURNITURE = tuple(
    f"{STYLE}{name}" for name in ("header", "footer", "header-first", "footer-first")
)


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a text or a template. Raises BrokenFile if it is damaged, locked or too large."""
    with broken_package("an OpenDocument text"):
        package = Package(data)
        body = Body(package)
        blocks = list(body.blocks(package.body("text")))
        blocks += _furniture(package, body)
        metadata, title = package.properties()
    title = title or next(
        (block.text for block in blocks if block.kind == "heading" and block.level == 1), None
    )
    notes = body.paragraphs.left_out.notes()
    return compose("odt", blocks, title=title, metadata=metadata, notes=notes)


def _furniture(package: Package, body: Body) -> list[Block]:
    """The texts of page headers and footers, each once; none of one that only numbers pages."""
    texts: dict[str, None] = {}
    if package.styles is None:
        return []
    for part in package.styles.iter(*_FURNITURE):
        for number in part.iter(f"{TEXT}page-number", f"{TEXT}page-count"):
            number.text = None
        for block in body.blocks(part):
            text = " ".join(block.text.split())
            if sum(map(str.isalpha, text)) > len("Page of"):
                texts.setdefault(text)
    return [Block("paragraph", text) for text in texts]
