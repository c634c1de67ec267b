"""What a paragraph of a Word document is: a heading, a list item or plain; and its number.

A style is known by its name, which stays English for Word's own styles in every language
("heading 1"), or by its id, or by the outline level that it or a style it is based on has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from docx.oxml.parser import parse_xml

from ingest.load.word.numbering import Numbering
from ingest.load.word.paragraphs import child, is_on, value
from ingest.records import BlockKind

_HEADING = re.compile(r"heading\s*([1-9])$", re.I)
_LIST = re.compile(r"list\s*(bullet|number)\s*[1-5]?$", re.I)
_BODY_TEXT_LEVEL = 9
_DEEPEST = 6


class Styles:
    """The styles and list numbers of one document. Paragraphs must be asked in their order."""

    def __init__(self, part: Any) -> None:
        self._styles: dict[str, Any] = {}
        self._default: str | None = None
        self._numbering = Numbering(None)
        for relation in part.rels.values():
            if relation.is_external:
                continue
            kind = relation.reltype.rsplit("/", 1)[-1]
            if kind == "styles":
                self._add(parse_xml(relation.target_part.blob))
            elif kind == "numbering":
                self._numbering = Numbering(parse_xml(relation.target_part.blob))

    def kind(self, paragraph: Any) -> tuple[BlockKind, int, str]:
        """The kind of block, the level of a heading, and the number in front of it or ""."""
        chain = list(self._chain(value(child(paragraph, "pPr", "pStyle")) or self._default))
        number, is_list = self._number(paragraph, chain)
        level = self._heading_level(paragraph, chain)
        if level:
            return "heading", level, number
        if is_list or any(_LIST.match(name) for style in chain for name in _names(style)):
            return "item", 0, number
        return "paragraph", 0, number

    def formats_first_row(self, table: Any) -> bool:
        """Whether the table asks for a header row and its style gives that row a look."""
        look = child(table, "tblPr", "tblLook")
        bits = int(value(look) or "0", 16) if look is not None else 0
        if not (bits & 0x20 or value(look, "firstRow") in ("1", "true")):
            return False
        style = value(child(table, "tblPr", "tblStyle"))
        return any(
            value(part, "type") == "firstRow"
            for element in self._chain(style)
            for part in element.iterchildren("{*}tblStylePr")
        )

    def _add(self, root: Any) -> None:
        for style in root.iterchildren("{*}style"):
            name = value(style, "styleId") or ""
            self._styles.setdefault(name, style)
            if value(style, "type") == "paragraph" and value(style, "default") in ("1", "true"):
                self._default = name

    def _chain(self, name: str | None) -> Iterator[Any]:
        """A style and those it is based on, which may be a circle in a damaged file."""
        seen: set[str] = set()
        while name in self._styles and name not in seen:
            seen.add(name)
            style = self._styles[name]
            yield style
            name = value(child(style, "basedOn"))

    def _heading_level(self, paragraph: Any, chain: list[Any]) -> int:
        own = _outline(paragraph)
        if own is not None:
            return min(own + 1, _DEEPEST) if own < _BODY_TEXT_LEVEL else 0
        for style in chain:
            for name in _names(style):
                if name.lower() == "title":
                    return 1
                found = _HEADING.match(name)
                if found:
                    return min(int(found.group(1)), _DEEPEST)
            outline = _outline(style)
            if outline is not None:
                return min(outline + 1, _DEEPEST) if outline < _BODY_TEXT_LEVEL else 0
        return 0

    def _number(self, paragraph: Any, chain: list[Any]) -> tuple[str, bool]:
        for element in (paragraph, *chain):
            numbering = child(element, "pPr", "numPr")
            if numbering is None:
                continue
            list_id = value(child(numbering, "numId"))
            if list_id == "0":
                # Numbering taken away by hand.
                return "", False
            level = value(child(numbering, "ilvl"))
            if list_id is not None:
                style = value(element, "styleId")
                return self._numbering.next(list_id, level, style), True
        return "", False


def _names(style: Any) -> tuple[str, str]:
    return value(child(style, "name")) or "", value(style, "styleId") or ""


def _outline(element: Any) -> int | None:
    level = value(child(element, "pPr", "outlineLvl"))
    return int(level) if level is not None and level.isdigit() else None


def is_bold(run: Any) -> bool:
    """Whether a run is set in bold by itself, not by its style."""
    return is_on(child(run, "rPr", "b"))
