"""HTML. The walk over its structure is in ``html_walk``; Markdown takes the same way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from ingest.errors import BrokenFile
from ingest.load.common.charset import decode
from ingest.load.common.compose import compose, first_heading
from ingest.load.web.html_page import OnPicture, Page
from ingest.load.web.html_walk import walk
from ingest.records import Block, LoadedDocument

_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*+["']?\s*+([\w:.-]+)""", re.I)
# Where a declaration must stand: https://html.spec.whatwg.org/multipage/semantics.html#charset
_DECLARED_WITHIN = 1024

# The parser's time grows with the square of the depth; at this one it takes under a second.
_DEEPEST = 20_000
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*)")
_NEVER_CLOSED = frozenset(
    "area base br col embed hr img input link meta param source track wbr "
    "p li dt dd tr td th thead tbody tfoot option optgroup colgroup html head body".split()
)

_META_NAMES = {
    "author": "author",
    "dc.creator": "author",
    "article:author": "author",
    "date": "created",
    "dcterms.created": "created",
    "article:published_time": "created",
}


@dataclass(frozen=True, slots=True)
class HtmlContent:
    """What a page says: its blocks, its ``<title>`` and what its head tells about it."""

    blocks: Sequence[Block]
    title: str | None
    metadata: dict[str, str]


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read an HTML page. Raises BrokenFile for binary data or absurd nesting."""
    declared = _DECLARED.search(data[:_DECLARED_WITHIN])
    text = decode(data, declared.group(1).decode("ascii") if declared else None)
    content = html_content(text)
    title = content.title or first_heading(content.blocks)
    return compose("html", content.blocks, title=title, metadata=content.metadata)


def html_content(
    markup: str, on_picture: OnPicture | None = None, *, is_mail: bool = False
) -> HtmlContent:
    """The content of a page or a piece of one. In a mail, what quotes another one, and the
    signature, are "context". Raises BrokenFile if it is nested too deeply.

    Page furniture is left out: navigation, and headers and footers outside the main content.
    If nothing is left without it, it stays. ``on_picture`` gives the text on pictures.
    """
    _check_depth(markup)
    parser = LexborHTMLParser(markup)
    root = parser.root
    if root is None:
        return HtmlContent((), None, {})
    page = Page(parser, on_picture)
    blocks = walk(root, page, is_mail=is_mail) or walk(
        root, page, keep_furniture=True, is_mail=is_mail
    )
    title = parser.css_first("head > title")
    metadata: dict[str, str] = {}
    language = root.attributes.get("lang")
    if language:
        metadata["language"] = language
    for meta in parser.css("meta[content]"):
        key = (meta.attributes.get("name") or meta.attributes.get("property") or "").lower()
        value = (meta.attributes.get("content") or "").strip()
        if key in _META_NAMES and value:
            metadata.setdefault(_META_NAMES[key], value)
    return HtmlContent(blocks, title.text().strip() if title else None, metadata)


def _check_depth(markup: str) -> None:
    depth = 0
    for closing, tag in _TAG.findall(markup):
        if tag.lower() in _NEVER_CLOSED:
            continue
        depth = max(depth - 1, 0) if closing else depth + 1
        if depth > _DEEPEST:
            raise BrokenFile(f"elements nested more than {_DEEPEST:,} deep")
