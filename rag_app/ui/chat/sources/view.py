"""An opened source: the page of the document as a picture with the words marked, or its text.

It stands below the source that was opened rather than in a dialog: Streamlit draws a dialog's
controls only after the whole page is done, and while an answer is being written the page is not.
"""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass

import streamlit as st

from ingest import RagError
from ingest.errors import UsageError
from ingest.records import PagePicture
from rag_app import Engine
from rag_app.collection.page_pictures import Quoted
from rag_app.ui.chat.sources.quote_status import CHANGED, DELETED
from rag_app.ui.chat.sources.source import Source
from rag_app.ui.chat.sources.state import OpenSource, SourcesState
from rag_app.ui.widgets.escape import escaped
from rag_app.ui.widgets.scroll import back_to_top, look_at

# Characters of a text without pages, before and after the words, with each click.
MORE = 6000
SIZES = {"Whole": "rag-whole", "Readable": "rag-readable", "Large": "rag-large"}
NOT_ALL = "Not all of the words could be found on the picture; they are marked in the text below."


@dataclass(frozen=True, slots=True)
class _Location:
    """A document's text, its pages, and where the words stand in it."""

    text: str
    starts: tuple[int, ...]
    start: int
    end: int

    @property
    def page(self) -> int:
        """The page of the words, from 1; 0 where there are no pages."""
        return sum(start <= self.start for start in self.starts)

    def span(self, page: int) -> tuple[int, int]:
        """Where a page begins and ends."""
        return self.starts[page - 1], [*self.starts, len(self.text)][page]


def open_source(state: SourcesState, exchange: str, number: int) -> None:
    """Open a source, or close it if it is the one that is open."""
    opened = state.open
    if opened is not None and (opened.exchange, opened.number) == (exchange, number):
        state.open = None
    else:
        state.open = OpenSource(exchange, number, opened=time.monotonic_ns())


def show_opened(state: SourcesState, engine: Engine, source: Source) -> None:
    """The opened source."""
    opened = state.open
    assert opened is not None
    with st.container(key="reading", gap="small"):
        location = _locate(engine, source)
        if location is None:
            words = source.status.note or _what_became(engine, source)
            st.html(
                f'<p class="rag-note">{escaped(words)}</p>'
                f'<blockquote class="rag-text" tabindex="0">{escaped(source.quote)}</blockquote>'
            )
        elif location.starts:
            _show_page(state, engine, source, location, opened)
        else:
            _show_text(state, source, location, opened)
    step = f"reading-{opened.opened}-{opened.page}"
    if opened.page is None:
        look_at(".st-key-reading", ".rag-region", ".rag-here", step)
    else:
        back_to_top(".rag-region", step)


def _locate(engine: Engine, source: Source) -> _Location | None:
    """Where the words are now; None if they are not there any more."""
    start = source.status.start
    if start is None:
        return None
    end = start + len(source.quote)
    try:
        text, starts = (
            engine.document_text(source.document),
            engine.collection.page_starts(source.document),
        )
    except RagError:
        return None
    return _Location(text, starts, start, end) if text[start:end] == source.quote else None


def _what_became(engine: Engine, source: Source) -> str:
    """Why words are no longer where they were when their answer was first shown."""
    try:
        engine.document_text(source.document)
    except UsageError:
        return DELETED
    except RagError as error:
        return str(error)
    return CHANGED


def _show_page(
    state: SourcesState, engine: Engine, source: Source, location: _Location, opened: OpenSource
) -> None:
    page = min(opened.page or location.page, len(location.starts))
    notes: list[str] = []
    picture: PagePicture | None = None
    try:
        words = Quoted(location.start, location.end, source.quote)
        picture = engine.collection.page_picture(source.document, page, (words,))
    except RagError as error:
        notes.append(f"{error} This is its text.")
    begin, end = location.span(page)
    is_here = location.start < end and location.end > begin
    if is_here and picture is not None and not picture.is_whole:
        notes.append(NOT_ALL)
    size = _show_controls(state, location, page, has_picture=picture is not None)
    for note in notes:
        st.html(f'<p class="rag-note">{escaped(note)}</p>')
    text = _marked_html(location, begin, end)
    if picture is None:
        st.html(_region_html(source.document, f'<div class="rag-text">{text}</div>', page))
        return
    shown = picture_html(picture, source.document, page, is_here=is_here, size=SIZES[size])
    is_open = " open" if is_here and not picture.is_whole else ""
    st.html(
        f"{_region_html(source.document, shown, page)}"
        f'<details class="rag-page-text"{is_open}><summary>The text of this page</summary>'
        f'<div class="rag-text">{text.replace(HERE, "")}</div></details>'
    )


def _show_controls(
    state: SourcesState, location: _Location, page: int, *, has_picture: bool
) -> str:
    """The way to the pages around, and the size of the picture, which is returned."""
    size = "Readable"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="pages"):
        for name, icon, other in (("before", "left", page - 1), ("after", "right", page + 1)):
            st.button(
                f"Page {other}" if 1 <= other <= len(location.starts) else f"Page {name}",
                key=f"page-{name}",
                icon=f":material/chevron_{icon}:",
                icon_position="left" if icon == "left" else "right",
                disabled=not 1 <= other <= len(location.starts),
                on_click=_turn,
                args=(state, other),
            )
            if icon == "left":
                words = f"Page {page} of {len(location.starts)}"
                st.html(f'<p class="rag-doing" aria-live="polite">{words}</p>', width="content")
        if page != location.page:
            st.button(
                f"Back to page {location.page}",
                key="page-back",
                icon=":material/undo:",
                help="The words are there",
                on_click=_turn,
                args=(state, None),
            )
        if has_picture:
            chosen = st.segmented_control(
                "Size of the page",
                list(SIZES),
                default=size,
                required=True,
                key="page-size",
                label_visibility="collapsed",
            )
            size = chosen or size
    return size


def _show_text(
    state: SourcesState, source: Source, location: _Location, opened: OpenSource
) -> None:
    begin = _at_word(location.text, max(location.start - opened.before, 0))
    end = _at_word(location.text, min(location.end + opened.after, len(location.text)))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="pages"):
        for name, has_more in (("before", begin > 0), ("after", end < len(location.text))):
            st.button(
                f"More {name}",
                key=f"more-{name}",
                icon=f":material/keyboard_arrow_{'up' if name == 'before' else 'down'}:",
                disabled=not has_more,
                on_click=_grow,
                args=(state, name),
            )
    text = f'<div class="rag-text">{_marked_html(location, begin, end)}</div>'
    st.html(_region_html(source.document, text))


HERE = ' class="rag-here"'


def picture_html(
    picture: PagePicture, document: str, page: int, *, is_here: bool, size: str
) -> str:
    """A page with the words marked on it, as large as is chosen."""
    marks = "".join(
        f'<span class="rag-box{" rag-here" if number == 0 else ""}" style="left:{left:.3%};'
        f'top:{top:.3%};width:{width:.3%};height:{height:.3%}"></span>'
        for number, (left, top, width, height) in enumerate(picture.boxes)
    )
    marked = ", with the cited words marked" if is_here and picture.boxes else ""
    image = base64.b64encode(picture.image).decode("ascii")
    shape = picture.width / picture.height
    alt = escaped(f"Page {page} of {document} as a picture{marked}. Its text is below.")
    return (
        f'<div class="rag-sheet {size}" style="--shape:{shape:.4f}">'
        f'<img src="data:image/webp;base64,{image}" alt="{alt}"'
        f' width="{picture.width}" height="{picture.height}">{marks}</div>'
    )


def _region_html(document: str, content: str, page: int | None = None) -> str:
    name = document if page is None else f"Page {page} of {document}"
    return (
        f'<div class="rag-region" role="region" tabindex="0" aria-label="{escaped(name)}">'
        f"{content}</div>"
    )


def _marked_html(location: _Location, begin: int, end: int) -> str:
    """A part of the text, with the words marked where they are in it."""
    first, last = min(max(location.start, begin), end), max(min(location.end, end), begin)
    if first >= last:
        return escaped(location.text[begin:end])
    return (
        f"{'… ' if begin and not location.starts else ''}{escaped(location.text[begin:first])}"
        f"<mark{HERE}>{escaped(location.text[first:last])}</mark>{escaped(location.text[last:end])}"
        f"{' …' if end < len(location.text) and not location.starts else ''}"
    )


def _at_word(text: str, at: int) -> int:
    """The end of the word at a place, or nearly so."""
    space = text.find(" ", at, at + 40)
    return at if space < 0 or at in (0, len(text)) else space


def _turn(state: SourcesState, page: int | None) -> None:
    if state.open is not None:
        state.open.page = page


def _grow(state: SourcesState, side: str) -> None:
    if state.open is not None and side == "before":
        state.open.before += MORE
    elif state.open is not None:
        state.open.after += MORE
