"""The text of a Word paragraph, and what it refers to: footnotes, comments, drawings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.load.common.typography import linked, lowered, raised, struck_out, without_seams
from ingest.load.office.drawings import (
    CHART,
    DIAGRAM,
    PICTURE,
    Found,
    chart_blocks,
    diagram_blocks,
)
from ingest.load.word.math import MATH, latex
from ingest.load.word.references import Comment, References

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

P, TABLE, ROW, CELL = _W + "p", _W + "tbl", _W + "tr", _W + "tc"
ALT_CHUNK, RUN, DELETED = _W + "altChunk", _W + "r", _W + "del"
_TEXT = _W + "t"
_SPACE = frozenset({_W + "tab", _W + "br", _W + "cr", _W + "ptab"})
_TEXT_BOX = _W + "txbxContent"
_NOTES = {_W + "footnoteReference": "footnotes", _W + "endnoteReference": "endnotes"}
_OLD_PICTURE = "{urn:schemas-microsoft-com:vml}imagedata"
_DRAWINGS = frozenset({CHART, DIAGRAM, PICTURE, _OLD_PICTURE})
_REFERENCES = frozenset({*_NOTES, *_DRAWINGS, _W + "commentReference"})

# Deleted or moved away, the code of a field, properties, the reading above a word in Asian
# scripts, what an object looks like, and the copy of a text box for old programs.
_LEFT_OUT = frozenset(
    {_W + name for name in ("del", "moveFrom", "instrText", "delText", "delInstrText", "object")}
    | {_W + name for name in ("pPr", "rPr", "rt", "sectPr", "tblPr", "trPr", "tcPr", "sdtPr")}
    | {_MC + "Fallback"}
)


@dataclass(slots=True)
class ParagraphText:
    """The text of a paragraph, the text boxes anchored in it, and what it refers to."""

    text: str
    boxes: list[Any] = field(default_factory=list)
    notes: list[Any] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    drawings: list[Found] = field(default_factory=list)


def child(element: Any, *path: str) -> Any | None:
    """The first element at a path of Word's tag names, such as ``"pPr", "numPr"``."""
    for name in path:
        element = element.find(_W + name)
        if element is None:
            return None
    return element


def value(element: Any | None, name: str = "val") -> str | None:
    """An attribute of Word's namespace, or None, also where there is no element."""
    return None if element is None else element.get(_W + name)


def is_on(element: Any | None) -> bool:
    """Whether a switch such as ``<w:b/>`` is there and not turned off."""
    return element is not None and value(element) not in ("0", "false", "off", "none")


def paragraph_text(
    paragraph: Any, references: References | None = None, *, links: bool = True
) -> ParagraphText:
    """Collect the visible text of a paragraph, hyperlinks and insertions included. With ``links``,
    the address that a link leads to follows its text."""
    found = ParagraphText("")
    found.text = without_seams("".join(_pieces(paragraph, found, references, links)))
    return found


def _pieces(
    element: Any, found: ParagraphText, references: References | None, links: bool
) -> Iterator[str]:
    for part in element:
        tag = part.tag
        if tag == _TEXT:
            yield part.text or ""
        elif tag in _SPACE:
            yield " "
        elif tag == _W + "noBreakHyphen":
            yield "-"
        elif tag == MATH:
            yield latex(part)
        elif tag == _TEXT_BOX:
            found.boxes.append(part)
        elif tag in _REFERENCES:
            if references is not None:
                _refer(part, found, references)
        elif tag == RUN:
            if not is_hidden(part):
                text = "".join(_pieces(part, found, references, links))
                yield _said(text, child(part, "rPr"))
        elif tag == _W + "hyperlink":
            text = "".join(_pieces(part, found, references, links))
            target = references.target(part.get(_R + "id")) if references and links else ""
            yield linked(text, target)
        elif isinstance(tag, str) and tag not in _LEFT_OUT:
            yield from _pieces(part, found, references, links)


def _refer(part: Any, found: ParagraphText, references: References) -> None:
    """Keep what an element of a paragraph refers to."""
    if part.tag in _NOTES:
        note = references.note(_NOTES[part.tag], value(part, "id") or "")
        found.notes.extend([] if note is None else [note])
    elif part.tag == _W + "commentReference":
        comment = references.comment(value(part, "id") or "")
        found.comments.extend([] if comment is None else [comment])
    elif part.tag == CHART:
        found.drawings.extend(chart_blocks(references.root(part.get(_R + "id"))))
    elif part.tag == PICTURE:
        found.drawings.extend(references.picture(part.get(_R + "embed")))
    elif part.tag == _OLD_PICTURE:
        found.drawings.extend(references.picture(part.get(_R + "id")))
    else:
        found.drawings.extend(diagram_blocks(references.root(part.get(_R + "dm"))))


def _said(text: str, properties: Any | None) -> str:
    """The text of a run with what its look means: raised, lowered or struck out."""
    if properties is None:
        return text
    place = value(child(properties, "vertAlign"))
    if place == "superscript":
        text = raised(text)
    elif place == "subscript":
        text = lowered(text)
    is_struck = any(is_on(child(properties, name)) for name in ("strike", "dstrike"))
    return struck_out(text) if is_struck else text


def is_hidden(element: Any) -> bool:
    """Whether a run is hidden by its own properties: so marked, of 1 point, or white on white."""
    properties = child(element, "rPr")
    if properties is None:
        return False
    size = value(child(properties, "sz")) or ""  # in half points
    is_small = size.isdecimal() and len(size) < 3 and int(size) <= 2
    return is_on(child(properties, "vanish")) or is_small or _is_white(properties)


def _is_white(properties: Any) -> bool:
    """Whether a run is white and nothing says that its ground is not: in a table, a text box or
    under a style that may be anything."""
    if (value(child(properties, "color")) or "").lower() != "ffffff":
        return False
    if child(properties, "highlight") is not None or is_shaded(properties):
        return False
    for above in properties.iterancestors():
        paragraph = child(above, "pPr")
        if above.tag in (TABLE, _TEXT_BOX) or child(above, "background") is not None:
            return False
        if paragraph is not None and (
            is_shaded(paragraph) or child(paragraph, "pStyle") is not None
        ):
            return False
    return True


def is_shaded(properties: Any) -> bool:
    """Whether the properties of a run, a paragraph or a cell give a ground that is not white."""
    fill = value(child(properties, "shd"), "fill")
    return fill is not None and fill.lower() not in ("auto", "ffffff")


def content(element: Any) -> Iterator[Any]:
    """The paragraphs, tables and inserted files in a container, through content controls and
    insertions."""
    for part in element:
        if part.tag in (P, TABLE, ALT_CHUNK):
            yield part
        elif isinstance(part.tag, str) and part.tag not in _LEFT_OUT and part.tag != _TEXT:
            yield from content(part)


def within(element: Any, tag: str) -> Iterator[Any]:
    """The nearest descendants with a tag: the rows of a table, the cells of a row."""
    for part in element:
        if part.tag == tag:
            if not is_on(child(part, "trPr", "del")):
                yield part
        elif isinstance(part.tag, str) and part.tag not in _LEFT_OUT and part.tag != TABLE:
            yield from within(part, tag)
