"""The parts of an Office file, and how they refer to each other (ECMA-376-2)."""

from __future__ import annotations

import posixpath
import zipfile
from typing import Any, NamedTuple
from urllib.parse import unquote

from ingest.load.office.zipped_xml import parse_xml

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


class Relation(NamedTuple):
    """What a part refers to: the last word of its type, such as "comments", and its name."""

    kind: str
    target: str


def relations(archive: zipfile.ZipFile, part: str) -> dict[str, Relation]:
    """The relations of a part to other parts of the file that are there, by their ids."""
    folder, name = posixpath.split(part)
    listed = f"{folder}/_rels/{name}.rels"
    names = set(archive.namelist())
    if listed not in names:
        return {}
    found: dict[str, Relation] = {}
    for relation in parse_xml(archive.read(listed)):
        target = unquote(relation.get("Target", ""))
        path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        if relation.get("TargetMode") != "External" and path in names:
            kind = relation.get("Type", "").rsplit("/", 1)[-1]
            found[relation.get("Id", "")] = Relation(kind, path)
    return found


def related(element: Any, name: str = "id") -> str:
    """The id of the relation that an element names by ``r:id``, or another name, or ""."""
    return str(element.get(_R + name, ""))
