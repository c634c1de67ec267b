"""Feeds (RSS and Atom): their entries, each under its title, with its date and its text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.load.common.compose import compose
from ingest.load.office.zipped_xml import broken_package, parse_xml
from ingest.load.web.html import html_content
from ingest.records import Block, LoadedDocument

_DATES = ("pubDate", "published", "updated", "date")
_TEXTS = ("encoded", "content", "description", "summary")


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a feed. Raises BrokenFile if it is damaged."""
    with broken_package("a feed"):
        root = parse_xml(data)
    channel = next((one for one in root.iter("{*}channel")), root)
    title = _child(channel, "title")
    blocks = [Block("heading", title, 1)] if title else []
    for entry in root.iter("{*}item", "{*}entry"):
        blocks.extend(_entry(entry))
    return compose("feed", blocks, title=title or None)


def _entry(entry: Any) -> Iterator[Block]:
    if title := _child(entry, "title"):
        yield Block("heading", title, 2)
    for name in _DATES:
        if date := _child(entry, name):
            yield Block("row", f"Date: {date}")
            break
    for name in _TEXTS:
        if text := _child(entry, name):
            yield from html_content(text).blocks
            break


def _child(element: Any, name: str) -> str:
    found = element.find(f"{{*}}{name}")
    return "" if found is None else "".join(found.itertext()).strip()
