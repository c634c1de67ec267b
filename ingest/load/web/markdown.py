"""Markdown: rendered to HTML, so that both formats have one way of finding structure."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

from ingest.errors import BrokenFile
from ingest.load.common.charset import decode
from ingest.load.common.compose import compose, first_heading
from ingest.load.common.front_matter import front_matter
from ingest.load.web.html import html_content
from ingest.records import LoadedDocument

# The library's own limit for CommonMark is 20 levels, and deeper content is lost; its parser is
# recursive, and this stays far from Python's limit.
_DEEPEST = 60
_TOO_DEEP = re.compile(rf"^(?:[ \t]*>){{{_DEEPEST}}}", re.M)


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a Markdown file: CommonMark with tables, strikethrough and HTML.

    YAML front matter becomes the metadata; if it is broken it stays part of the text. Raises
    BrokenFile for binary data or absurd nesting.
    """
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    metadata, begin = front_matter(text)
    source = text[begin:]
    if _TOO_DEEP.search(source):
        raise BrokenFile(f"quotes nested more than {_DEEPEST} deep")
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _DEEPEST})
    content = html_content(parser.enable(["table", "strikethrough"]).render(source))
    written = metadata.get("title")
    title = str(written) if written else first_heading(content.blocks)
    return compose("markdown", content.blocks, title=title, metadata=metadata)
