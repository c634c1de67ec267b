"""What is shown of a document: a page as a picture, or a part of its text, with the cited words and
the words that were looked for marked."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from ingest import RagError
from ingest.records import Box, PagePicture
from rag_app import Engine
from rag_app.collection.page_pictures import Quoted
from rag_app.messages import retold, say, to_say
from rag_app.ui.reading.document import ReadDocument, Span
from rag_app.ui.widgets.escape import escaped, quoted_as
from rag_app.ui.widgets.typeset import Mark, typeset_html

NOT_ALL = to_say(
    "Not all of the words could be found on the picture; they are marked in the text below."
)
# The places that the pane scrolls to: the words that are meant.
HERE = "rag-here"


@dataclass(frozen=True, slots=True)
class Cited:
    """Words that are cited of a document, and where they begin in its text."""

    start: int
    words: str

    @property
    def end(self) -> int:
        """Where they end."""
        return self.start + len(self.words)

    @property
    def quoted(self) -> Quoted:
        """The same, as pictures of pages are asked for."""
        return Quoted(self.start, self.end, self.words)


def note_html(note: str) -> str:
    """A line that a reader has to know above the document."""
    return f'<p class="rag-note">{escaped(note)}</p>'


def page_html(
    engine: Engine,
    document: ReadDocument,
    page: int,
    cited: Cited | None,
    found: Sequence[Span],
    meant: Span | None,
    size: str,
) -> str:
    """A page as a picture, and its text below; its text alone, with the reason, where there is no
    picture. ``meant`` is the one of the places ``found`` that is looked at."""
    begin, end = document.span(page)
    words = [cited.quoted] if cited else []
    try:
        picture = engine.collection.page_picture(document.name, page, words)
        boxes = _found_boxes(engine, document, page, found, meant)
    except RagError as error:
        its_text = say("This is its text.")
        return note_html(f"{retold(error)} {its_text}") + text_html(
            document, page, cited, found, meant
        )
    is_cited = cited is not None and cited.start < end and cited.end > begin
    is_missing = is_cited and not picture.is_whole
    marked = _boxes_html(picture.boxes, "rag-box", is_here=meant is None)
    part = _part(document, page)
    if is_cited and picture.boxes:
        alt = say("{part} as a picture, with the cited words marked. Its text is below.", part=part)
    else:
        alt = say("{part} as a picture. Its text is below.", part=part)
    below = say("The text of this page")
    sheet = picture_html(picture, alt, marked + boxes, size)
    text = typeset_html(
        document.text, document.blocks, (begin, end), _marks(cited, found, None)
    ).replace(f" {HERE}", "")
    return (
        f"{note_html(say(NOT_ALL)) if is_missing else ''}"
        f"{region_html(part, sheet)}"
        f'<details class="rag-page-text"{" open" if is_missing else ""}>'
        f"<summary>{below}</summary>"
        f'<div class="rag-text" tabindex="0"{quoted_as(document.language)}>{text}</div></details>'
    )


def text_html(
    document: ReadDocument,
    part: int,
    cited: Cited | None,
    found: Sequence[Span],
    meant: Span | None,
) -> str:
    """A part of a document's text."""
    marks = _marks(cited, found, meant)
    text = typeset_html(document.text, document.blocks, document.span(part), marks)
    kind = " rag-slide" if document.unit == "Slide" else ""
    return region_html(
        _part(document, part) if len(document.starts) > 1 else document.name,
        f'<div class="rag-text{kind}"{quoted_as(document.language)}>{text}</div>',
    )


def _part(document: ReadDocument, number: int) -> str:
    unit = say(document.unit)
    return say("{unit} {number} of {document}", unit=unit, number=number, document=document.name)


def picture_html(picture: PagePicture, alt: str, boxes: str, size: str) -> str:
    """A page with boxes on it, as large as is chosen."""
    image = base64.b64encode(picture.image).decode("ascii")
    shape = picture.width / picture.height
    return (
        f'<div class="rag-sheet {size}" style="--shape:{shape:.4f}">'
        f'<img src="data:image/webp;base64,{image}" alt="{escaped(alt)}"'
        f' width="{picture.width}" height="{picture.height}">{boxes}</div>'
    )


def waiting_html() -> str:
    """A blank page, while the one that is asked for is being drawn."""
    return region_html(say("The page is being drawn"), '<div class="rag-sheet rag-waiting"></div>')


def region_html(name: str, content: str) -> str:
    """What scrolls by itself, and is read out by its name."""
    return (
        f'<div class="rag-region" role="region" tabindex="0" aria-label="{escaped(name)}">'
        f"{content}</div>"
    )


def _found_boxes(
    engine: Engine, document: ReadDocument, page: int, found: Sequence[Span], meant: Span | None
) -> str:
    """Where the words that were looked for stand on a page. Raises RagError."""
    begin, end = document.span(page)
    here = [span for span in found if span[0] < end and span[1] > begin]
    html = ""
    # All together, which stay as they are from one to the next, and the one that is meant.
    for spans, kind in ((here, "rag-found"), ([meant] if meant else [], "rag-found rag-meant")):
        if spans:
            quoted = [Quoted(*span, document.text[slice(*span)]) for span in spans]
            picture = engine.collection.page_picture(document.name, page, quoted)
            html += _boxes_html(picture.boxes, f"rag-box {kind}", is_here="meant" in kind)
    return html


def _boxes_html(boxes: Sequence[Box], kind: str, *, is_here: bool) -> str:
    return "".join(
        f'<span class="{kind}{f" {HERE}" if is_here else ""}" style="left:{left:.3%};'
        f'top:{top:.3%};width:{width:.3%};height:{height:.3%}"></span>'
        for left, top, width, height in boxes
    )


def _marks(cited: Cited | None, found: Sequence[Span], meant: Span | None) -> list[Mark]:
    """The cited words and those that were found, of which one is meant."""
    marks = [
        Mark(*span, f"rag-found rag-meant {HERE}" if span == meant else "rag-found")
        for span in found
    ]
    if cited is not None:
        kind = "rag-cited" if found else f"rag-cited {HERE}"
        marks.append(Mark(cited.start, cited.end, kind))
    return marks
