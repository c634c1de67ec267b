"""OpenDocument texts (ODT), in the order of the document, with notes and comments behind their
paragraphs. Deleted passages and hidden text are left out, which the receipt says. The texts of page
headers and footers come once, at the end. There are no pages: they come when it is printed.
"""

from __future__ import annotations

from collections.abc import Iterator

from ingest.load.common.compose import compose, first_heading, furniture_blocks
from ingest.load.office.zipped_xml import broken_package
from ingest.load.opendocument.body import Body
from ingest.load.opendocument.package import STYLE, TEXT, Package
from ingest.records import LoadedDocument

_FURNITURE = tuple(
    f"{STYLE}{name}" for name in ("header", "footer", "header-first", "footer-first")
)


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a text or a template. Raises BrokenFile if it is damaged, locked or too large."""
    with broken_package("an OpenDocument text"):
        package = Package(data)
        body = Body(package)
        blocks = list(body.blocks(package.body("text")))
        metadata, title = package.properties()
        title = title or first_heading(blocks)
        blocks += furniture_blocks(_furniture(package, body))
    notes = body.paragraphs.left_out.notes()
    return compose("odt", blocks, title=title, metadata=metadata, notes=notes)


def _furniture(package: Package, body: Body) -> Iterator[str]:
    """The texts of page headers and footers; none of one that only numbers pages."""
    if package.styles is None:
        return
    for part in package.styles.iter(*_FURNITURE):
        for number in part.iter(f"{TEXT}page-number", f"{TEXT}page-count"):
            number.text = None
        for block in body.blocks(part):
            text = " ".join(block.text.split())
            if sum(map(str.isalpha, text)) > len("Page of"):
                yield text
