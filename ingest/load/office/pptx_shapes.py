"""What stands on a slide: text, tables, charts and diagrams, by its XML.

The XML and not python-pptx's shapes, because those leave out what newer versions of PowerPoint
write in two ways (``mc:AlternateContent``), and fail on shapes that are not quite in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pptx.oxml import parse_xml

from ingest.load.common.headers import find_header
from ingest.load.common.tables import Cell, table_lines
from ingest.load.image.inside import Pictures
from ingest.load.office.drawings import (
    CHART,
    DIAGRAM,
    PICTURE,
    Found,
    chart_blocks,
    diagram_blocks,
    drawn_text,
)

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

_TITLES = ("title", "ctrTitle")
# Placeholders without a type hold whatever was put there, text in most cases.
_LISTS = ("body", "obj", None)
_LEFT_OUT = ("sldNum", "dt", "hdr")
_BULLETS = ("buChar", "buAutoNum", "buBlip")

# What PowerPoint says of a picture that nobody has described.
_FILE_NAME = re.compile(r"\S+\.\w{3,4}")


def slide_blocks(slide: Any, footers: set[str], pictures: Pictures) -> Iterator[Found]:
    """Kind, text and heading level of each block on a slide, its title first.

    ``footers`` are those that were on slides before; new ones are added. ``pictures`` reads those
    that hold text.
    """
    titles: list[Found] = []
    others: list[Found] = []
    for shape in _shapes(slide.element):
        place = shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
        role = place.get("type") if place is not None else ""
        if role in _TITLES:
            text = " ".join(text for _, text in _paragraphs(shape))
            titles.extend([("heading", text, 1)] if text else [])
        elif role == "ftr":
            text = " ".join(text for _, text in _paragraphs(shape))
            others.extend([("paragraph", text, 0)] if text not in footers else [])
            footers.add(text)
        elif role not in _LEFT_OUT:
            others.extend(_shape_blocks(shape, slide.part, pictures, role in _LISTS))
    yield from (found for found in (*titles, *others) if found[1].strip())


def _shapes(slide: Any) -> Iterator[Any]:
    """The visible shapes of a slide, those in groups included."""
    pending = [slide.find(f"{_P}cSld/{_P}spTree")]
    while pending:
        element = pending.pop()
        if element is None or not isinstance(element.tag, str) or _is_hidden(element):
            continue
        if element.tag in (_P + "spTree", _P + "grpSp", _MC + "AlternateContent", _MC + "Choice"):
            pending.extend(reversed(element))
        elif element.tag in (_P + "sp", _P + "graphicFrame", _P + "pic", _P + "cxnSp"):
            yield element


def _is_hidden(element: Any) -> bool:
    properties = element.find(f"*/{_P}cNvPr")
    return properties is not None and properties.get("hidden") in ("1", "true")


def _shape_blocks(shape: Any, part: Any, pictures: Pictures, is_list: bool) -> Iterator[Found]:
    if shape.tag == _P + "pic":
        description = shape.find(f"{_P}nvPicPr/{_P}cNvPr")
        text = description.get("descr", "") if description is not None else ""
        if text.strip() and not _FILE_NAME.fullmatch(text):
            yield "paragraph", f"[image: {text}]", 0
        for picture in shape.iter(PICTURE):
            data = _blob(part, picture.get(_R + "embed"))
            found = pictures.blocks(data) if data is not None else []
            yield from ((block.kind, block.text, 0) for block in found)
    elif shape.tag == _P + "graphicFrame":
        yield from _graphic_blocks(shape, part)
    else:
        paragraphs = list(_paragraphs(shape))
        for marked, text in paragraphs:
            bullet = is_list and len(paragraphs) > 1 if marked is None else marked
            yield "item" if bullet else "paragraph", text, 0


def _paragraphs(shape: Any) -> Iterator[tuple[bool | None, str]]:
    """The paragraphs of a shape, and whether they have a bullet, where they say so."""
    for body in (*shape.iterchildren(_P + "txBody"), *shape.iterchildren(_A + "txBody")):
        for paragraph in body.iterchildren(_A + "p"):
            text = drawn_text(paragraph)
            if text.strip():
                yield _marked(paragraph.find(_A + "pPr")), text


def _marked(properties: Any | None) -> bool | None:
    if properties is None:
        return None
    if properties.find(_A + "buNone") is not None:
        return False
    if any(properties.find(_A + name) is not None for name in _BULLETS):
        return True
    return True if properties.get("lvl", "0") != "0" else None


def _graphic_blocks(frame: Any, part: Any) -> Iterator[Found]:
    for table in frame.iter(_A + "tbl"):
        yield from (("row", line, 0) for line in _table_lines(table))
    for chart in frame.iter(CHART):
        yield from chart_blocks(_related(part, chart.get(_R + "id")))
    for diagram in frame.iter(DIAGRAM):
        yield from diagram_blocks(_related(part, diagram.get(_R + "dm")))


def _related(part: Any, relation: str | None) -> Any | None:
    data = _blob(part, relation)
    return None if data is None else parse_xml(data)


def _blob(part: Any, relation: str | None) -> bytes | None:
    """The bytes of a part that another one refers to, if it is in the file."""
    if relation is None or relation not in part.rels or part.rels[relation].is_external:
        return None
    data: bytes = part.related_part(relation).blob
    return data


def _table_lines(table: Any) -> list[str]:
    rows = [
        [_cell(cell) for cell in row.iterchildren(_A + "tc") if not _goes_on(cell)]
        for row in table.iterchildren(_A + "tr")
    ]
    properties = table.find(_A + "tblPr")
    marked = properties is not None and properties.get("firstRow") in ("1", "true")
    header = rows[:1] if marked and len(rows) > 1 else find_header(rows)
    return table_lines([*header, *rows[len(header) :]], len(header))


def _goes_on(cell: Any) -> bool:
    """Whether a cell is covered by the one above it or to its left."""
    return cell.get("hMerge") in ("1", "true") or cell.get("vMerge") in ("1", "true")


def _cell(cell: Any) -> Cell:
    text = " ".join(" ".join(text.split()) for _, text in _paragraphs(cell))
    return Cell(text, _span(cell, "gridSpan"), _span(cell, "rowSpan"))


def _span(cell: Any, name: str) -> int:
    value = cell.get(name, "1")
    return max(int(value), 1) if value.isdigit() and len(value) < 4 else 1
