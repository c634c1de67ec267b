"""Drawings (SVG): their title and the words on them, but for letters that are drawn as lines."""

from __future__ import annotations

from typing import Any

from ingest.errors import EmptyFile
from ingest.load.common.compose import compose
from ingest.load.office.zipped_xml import broken_package, parse_xml
from ingest.records import Block, LoadedDocument

_TEXTS = ("{*}text", "{*}foreignObject")


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a drawing. Raises BrokenFile if it is damaged, and EmptyFile for one without words."""
    with broken_package("a drawing"):
        root = parse_xml(data)
    title = _words(root.find("{*}title"))
    said = [title, _words(root.find("{*}desc")), *map(_words, root.iter(*_TEXTS))]
    blocks = [Block("paragraph", text) for text in said if text]
    if not blocks:
        raise EmptyFile("a drawing without words")
    return compose("svg", blocks, title=title or None)


def _words(element: Any | None) -> str:
    return "" if element is None else " ".join(" ".join(element.itertext()).split())
