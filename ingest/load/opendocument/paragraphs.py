"""The text of an OpenDocument paragraph, and what stands in it: notes, comments, frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.load.common.left_out import LeftOut
from ingest.load.common.typography import linked, lowered, raised, struck_out, without_seams
from ingest.load.opendocument.package import DRAW, OFFICE, TEXT, XLINK, Package
from ingest.load.opendocument.styles import Look, Styles

P, H, LIST = f"{TEXT}p", f"{TEXT}h", f"{TEXT}list"
ANNOTATION = f"{OFFICE}annotation"
_DC = "{http://purl.org/dc/elements/1.1/}"
_MATH = "{http://www.w3.org/1998/Math/MathML}"
_SPACE = frozenset(f"{TEXT}{name}" for name in ("s", "tab", "line-break"))
# The reading above a word in Asian scripts, a note's own number, marks of changes and of indexes.
_LEFT_OUT = frozenset(f"{TEXT}{name}" for name in ("ruby-text", "note-citation", "tracked-changes"))
_HIDDEN = frozenset(f"{TEXT}{name}" for name in ("hidden-text", "hidden-paragraph"))
_SHAPES = frozenset(
    f"{DRAW}{name}"
    for name in (
        "frame", "custom-shape", "rect", "ellipse", "g", "line", "connector", "path", "polygon",
        "polyline", "circle", "caption",
    )
)  # fmt: skip


@dataclass(slots=True)
class ParagraphText:
    """The text of a paragraph, and the elements that are anchored in it, in order."""

    text: str
    notes: list[Any] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    shapes: list[Any] = field(default_factory=list)


class Paragraphs:
    """Reads paragraphs, and counts in ``left_out`` what has text and is not read."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.styles = Styles(package.content, package.styles)
        self.left_out = LeftOut()

    def read(self, paragraph: Any, *, links: bool = True) -> ParagraphText:
        """The visible text of a paragraph. With ``links``, addresses follow their texts."""
        found = ParagraphText("")
        found.text = without_seams("".join(self._pieces(paragraph, found, links)))
        return found

    def is_bold(self, paragraph: Any) -> bool:
        """Whether all of a paragraph is in bold type, by its style or those of its pieces."""
        if self._look(paragraph).is_bold:
            return True
        spans = [span for span in paragraph.iter(f"{TEXT}span") if "".join(span.itertext()).strip()]
        own = (paragraph.text or "") + "".join(part.tail or "" for part in paragraph)
        return bool(spans) and not own.strip() and all(self._look(s).is_bold for s in spans)

    def equation(self, frame: Any) -> str:
        """An equation in a frame, as its author typed it, or "" if there is none."""
        root = self.package.object(frame)
        if root is None or root.tag != f"{_MATH}math":
            return ""
        typed = next(root.iter(f"{_MATH}annotation"), None)
        return " ".join(("".join(root.itertext()) if typed is None else typed.text or "").split())

    def _look(self, element: Any) -> Look:
        family = "text" if element.tag == f"{TEXT}span" else "paragraph"
        return self.styles.look(family, element.get(f"{TEXT}style-name"))

    def _pieces(self, element: Any, found: ParagraphText, links: bool) -> Iterator[str]:
        yield element.text or ""
        for part in element:
            if isinstance(part.tag, str):
                yield from self._piece(part, found, links)
            yield part.tail or ""

    def _piece(self, part: Any, found: ParagraphText, links: bool) -> Iterator[str]:
        tag = part.tag
        if tag in _SPACE:
            yield " "
        elif tag == f"{TEXT}span":
            look = self._look(part)
            text = "".join(self._pieces(part, found, links))
            if look.is_hidden:
                self.left_out["hidden passage"] += bool(text.strip())
                return
            yield _said(text, look)
        elif tag == f"{TEXT}a":
            text = "".join(self._pieces(part, found, links))
            yield linked(text, part.get(f"{XLINK}href", "")) if links else text
        elif tag == f"{TEXT}note":
            found.notes.extend(part.iter(f"{TEXT}note-body"))
        elif tag == ANNOTATION:
            found.comments.extend(comment(part))
        elif tag in _HIDDEN:
            self.left_out["hidden passage"] += 1
        elif tag in _SHAPES:
            equation = self.equation(part)
            if not equation:
                found.shapes.append(part)
            yield equation
        elif tag not in _LEFT_OUT:
            yield from self._pieces(part, found, links)


def comment(annotation: Any, about: str = "") -> Iterator[str]:
    """What a comment says, and who says it; nothing if it is empty."""
    author = (annotation.findtext(f"{_DC}creator") or "").strip()
    texts = ("".join(paragraph.itertext()) for paragraph in annotation.iter(P))
    text = " ".join(" ".join(texts).split())
    if text and about:
        yield f"Comment on {about}{f', by {author}' if author else ''}: {text}"
    elif text:
        yield f"Comment{f' by {author}' if author else ''}: {text}"


def _said(text: str, look: Look) -> str:
    """The text of a span with what its look means: raised, lowered or struck out."""
    if look.moved:
        text = raised(text) if look.moved > 0 else lowered(text)
    return struck_out(text) if look.is_struck else text
