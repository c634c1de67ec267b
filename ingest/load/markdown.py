"""Markdown: rendered to HTML, so that both formats have one way of finding structure."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

import yaml  # type: ignore[import-untyped]
from markdown_it import MarkdownIt

from ingest.errors import BrokenFile
from ingest.load.compose import compose
from ingest.load.decode import decode
from ingest.load.html import first_heading, html_content
from ingest.records import LoadedDocument

_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M)
_LONGEST_FRONT_MATTER = 64 * 1024

# The library's own limit for CommonMark is 20 levels, and deeper content is lost; its parser is
# recursive, and this stays far from Python's limit.
_DEEPEST = 60
_TOO_DEEP = re.compile(rf"^(?:[ \t]*>){{{_DEEPEST}}}", re.M)


class _PlainLoader(yaml.SafeLoader):  # type: ignore[misc]
    """YAML without aliases: a few of them can stand for gigabytes."""

    def compose_node(self, parent: Any, index: Hashable) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a Markdown file: CommonMark with tables, strikethrough and HTML.

    YAML front matter becomes the metadata; if it is broken it stays part of the text. Raises
    BrokenFile for binary data or absurd nesting.
    """
    metadata, source = _front_matter(decode(data).replace("\r\n", "\n").replace("\r", "\n"))
    if _TOO_DEEP.search(source):
        raise BrokenFile(f"quotes nested more than {_DEEPEST} deep")
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _DEEPEST})
    content = html_content(parser.enable(["table", "strikethrough"]).render(source))
    written = metadata.get("title")
    title = str(written) if written else first_heading(content.blocks)
    return compose("markdown", content.blocks, title=title, metadata=metadata)


def _front_matter(text: str) -> tuple[dict[Any, Any], str]:
    """The front matter and the text after it; no front matter if it is not a YAML mapping."""
    found = _FRONT_MATTER.match(text)
    if found is None or len(found.group(1)) > _LONGEST_FRONT_MATTER:
        return {}, text
    try:
        metadata = yaml.load(found.group(1), Loader=_PlainLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        # ValueError: a date such as 2024-13-45.
        return {}, text
    return (metadata, text[found.end() :]) if isinstance(metadata, dict) else ({}, text)
