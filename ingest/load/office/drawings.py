"""What Word, PowerPoint and Excel draw alike (ECMA-376-1, 20 and 21): text, charts, diagrams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.load.common.typography import lowered, raised, struck_out, without_seams
from ingest.records import BlockKind

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"

_NOT = "noStrike"

CHART = _C + "chart"
"""The element that stands for a chart, whose part it names by ``r:id``."""
DIAGRAM = _DIAGRAM + "relIds"
"""The element that stands for a diagram, whose data it names by ``r:dm``."""
PICTURE = _A + "blip"
"""The element that stands for a picture, whose part it names by ``r:embed``."""

Found = tuple[BlockKind, str, int]
"""Kind, text and heading level of a block."""


def drawn_text(element: Any) -> str:
    """The text in an element; a line break is a space."""
    parts = (
        " " if part.tag == _A + "br" else _said(part) for part in element.iter(_A + "t", _A + "br")
    )
    return without_seams("".join(parts))


def _said(text: Any) -> str:
    """The text of a run with what its look means: raised, lowered or struck out."""
    properties = text.getparent().find(_A + "rPr")
    written = text.text or ""
    if properties is None:
        return written
    offset = properties.get("baseline", "0").rstrip("%")
    if offset.lstrip("-").isdecimal() and int(offset):
        written = lowered(written) if offset.startswith("-") else raised(written)
    return struck_out(written) if properties.get("strike", _NOT) != _NOT else written


def diagram_blocks(root: Any | None) -> Iterator[Found]:
    """The texts of a diagram ("SmartArt"), by the root of its data."""
    texts = [drawn_text(point) for point in root.iter(_DIAGRAM + "pt")] if root is not None else []
    yield from (("item", text, 0) for text in texts if text.strip())


def chart_blocks(root: Any | None) -> Iterator[Found]:
    """A chart's title, and a line of values for each of its categories."""
    if root is None:
        return
    title = root.find(f"{_C}chart/{_C}title")
    if title is not None:
        yield "paragraph", drawn_text(title), 0
    lines: dict[str, list[str]] = {}
    for series in root.iter(_C + "ser"):
        name = " ".join(_values(series.find(_C + "tx")).values())
        categories = _values(series.find(_C + "cat"))
        for index, value in _values(series.find(_C + "val")).items():
            line = lines.setdefault(index, [categories[index]] if index in categories else [])
            line.append(f"{name}: {value}" if name else value)
    for line in lines.values():
        yield "row", "; ".join(line), 0


def _values(element: Any | None) -> dict[str, str]:
    """The values that a chart remembers of its sheet, by their index."""
    if element is None:
        return {}
    return {
        point.get("idx", "0"): (point.findtext(_C + "v") or "").strip()
        for point in element.iter(_C + "pt")
    }
