"""What the text of a Word document refers to by a number: notes, comments, links, drawings."""

from __future__ import annotations

from typing import Any, NamedTuple

from docx.oxml.parser import parse_xml

from ingest.load.image.inside import Pictures
from ingest.load.office.drawings import Found

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
"""The attribute by which an element names what it refers to."""
_PARTS = ("footnotes", "endnotes", "comments")


class Comment(NamedTuple):
    """A comment's author, who may be nobody, and its element, which holds paragraphs."""

    author: str
    element: Any


class Insert(NamedTuple):
    """A file that stands in a document as a part of it: its name and bytes."""

    name: str
    data: bytes


class References:
    """The parts that a part of a document refers to. ``pictures`` reads those that hold text."""

    def __init__(self, part: Any, pictures: Pictures) -> None:
        self._part = part
        self._pictures = pictures
        self._notes: dict[tuple[str, str], Any] = {}
        for relation in part.rels.values():
            kind = relation.reltype.rsplit("/", 1)[-1]
            if kind not in _PARTS or relation.is_external:
                continue
            for note in parse_xml(relation.target_part.blob):
                if note.get(_W + "type") is None:
                    self._notes[kind, note.get(_W + "id")] = note

    def note(self, kind: str, number: str) -> Any | None:
        """The element of a footnote or endnote, or None."""
        return self._notes.get((kind, number))

    def comment(self, number: str) -> Comment | None:
        """A comment, or None."""
        found = self._notes.get(("comments", number))
        return None if found is None else Comment(found.get(_W + "author", "").strip(), found)

    def target(self, relation: str | None) -> str:
        """The address that a link leads to, or "" if it leads to a place in the document."""
        found = self._part.rels.get(relation)
        return str(found.target_ref) if found is not None and found.is_external else ""

    def root(self, relation: str | None) -> Any | None:
        """The root element of a part, such as a chart's, or None."""
        found = self._part.rels.get(relation)
        if found is None or found.is_external:
            return None
        return parse_xml(found.target_part.blob)

    def picture(self, relation: str | None) -> list[Found]:
        """The text on a picture, or nothing."""
        found = self._part.rels.get(relation)
        if found is None or found.is_external:
            return []
        blocks = self._pictures.blocks(found.target_part.blob)
        return [(block.kind, block.text, 0) for block in blocks]

    def insert(self, relation: str | None) -> Insert | None:
        """A file that is a part of the document, or None."""
        found = self._part.rels.get(relation)
        if found is None or found.is_external:
            return None
        return Insert(str(found.target_part.partname).rsplit("/", 1)[-1], found.target_part.blob)
