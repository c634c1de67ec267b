"""What stands on a sheet beside its cells: comments, text boxes, charts, diagrams, pictures."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from openpyxl.utils import coordinate_to_tuple

from ingest.load.image.inside import Pictures
from ingest.load.office.drawings import (
    CHART,
    DIAGRAM,
    PICTURE,
    chart_blocks,
    diagram_blocks,
    drawn_text,
)
from ingest.load.office.package import related, relations
from ingest.load.office.zipped_xml import parse_xml
from ingest.records import Block

Place = tuple[int, int]
"""Row and column of a cell, from 1."""


class _Comment(NamedTuple):
    place: Place
    cell: str
    author: str
    text: str


class Beside:
    """The comments and drawings of the sheet that is stored as ``part``."""

    def __init__(self, archive: zipfile.ZipFile, part: str, pictures: Pictures) -> None:
        self._archive = archive
        self._pictures = pictures
        self._drawings: list[str] = []
        plain: list[_Comment] = []
        threaded: list[_Comment] = []
        for relation in relations(archive, part.lstrip("/")).values():
            if relation.kind == "comments":
                plain.extend(_comments(parse_xml(archive.read(relation.target))))
            elif relation.kind == "threadedComment":
                threaded.extend(_threaded(archive, relation.target))
            elif relation.kind == "drawing":
                self._drawings.append(relation.target)
        # Of a thread there is a copy for programs that know only plain comments.
        places = {comment.place for comment in threaded}
        self._comments = [c for c in plain if c.place not in places] + threaded

    @property
    def commented(self) -> set[Place]:
        """The cells that have a comment."""
        return {comment.place for comment in self._comments}

    def blocks(self, labels: Mapping[Place, str]) -> Iterator[Block]:
        """The blocks of all of it; ``labels`` say what is in the cells that have a comment."""
        for place, cell, author, text in self._comments:
            about = f"{labels[place]} ({cell})" if labels.get(place) else cell
            by = f", by {author}" if author else ""
            yield Block("paragraph", f"Comment on {about}{by}: {text}")
        for drawing in self._drawings:
            yield from self._drawn(drawing)

    def _drawn(self, drawing: str) -> Iterator[Block]:
        found = relations(self._archive, drawing)
        root = parse_xml(self._archive.read(drawing))

        def parts(kind: str, name: str) -> Iterator[bytes]:
            for element in root.iter(kind):
                relation = found.get(related(element, name))
                if relation is not None:
                    yield self._archive.read(relation.target)

        for shape in root.iter("{*}sp"):
            paragraphs = [
                drawn_text(p) for body in shape.iter("{*}txBody") for p in body.iter("{*}p")
            ]
            yield from (Block("paragraph", text) for text in paragraphs if text.strip())
        for chart in parts(CHART, "id"):
            yield from (Block(*one) for one in chart_blocks(parse_xml(chart)))
        for diagram in parts(DIAGRAM, "dm"):
            yield from (Block(*one) for one in diagram_blocks(parse_xml(diagram)))
        for picture in parts(PICTURE, "embed"):
            yield from self._pictures.blocks(picture)


def _comments(root: Any) -> Iterator[_Comment]:
    authors = [author.text or "" for author in root.iter("{*}author")]
    for comment in root.iter("{*}comment"):
        number = comment.get("authorId", "")
        author = authors[int(number)] if number.isdecimal() and int(number) < len(authors) else ""
        text = " ".join("".join(part.text or "" for part in comment.iter("{*}t")).split())
        # Excel begins a comment with its author's name.
        yield from _comment(comment, author, text.removeprefix(f"{author}:").strip())


def _threaded(archive: zipfile.ZipFile, part: str) -> Iterator[_Comment]:
    people: dict[str, str] = {}
    for name in archive.namelist():
        if name.startswith("xl/persons/") and name.endswith(".xml"):
            for person in parse_xml(archive.read(name)).iter("{*}person"):
                people[person.get("id", "")] = person.get("displayName", "")
    for comment in parse_xml(archive.read(part)).iter("{*}threadedComment"):
        text = " ".join((comment.findtext("{*}text") or "").split())
        yield from _comment(comment, people.get(comment.get("personId", ""), ""), text)


def _comment(element: Any, author: str, text: str) -> Iterator[_Comment]:
    cell = element.get("ref", "")
    try:
        place = coordinate_to_tuple(cell)
    except ValueError:
        return
    if text:
        yield _Comment(place, cell, author, text)
