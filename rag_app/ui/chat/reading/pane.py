"""The reading pane: a document at the words that a source cites.

It stands beside the answer where there is room, and above the question field where there is not
(reading.css). It is drawn before the conversation, whose place is kept: a click on a marker draws
the whole page anew, and the reader waits only for this.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

import streamlit as st

from ingest import RagError
from ingest.errors import UsageError
from ingest.paths import is_address
from rag_app import Engine
from rag_app.messages import retold, say, to_say
from rag_app.ui.chat.reading.document import LONGEST_SEARCH, ReadDocument, Span, read_document
from rag_app.ui.chat.reading.sheet import note_html, page_html, text_html, waiting_html
from rag_app.ui.chat.sources.chips import READ_BY_OCR, icon_of
from rag_app.ui.chat.sources.quote_status import CHANGED, DELETED
from rag_app.ui.chat.sources.source import Source
from rag_app.ui.chat.sources.state import OpenSource, SourcesState
from rag_app.ui.widgets.background import Work
from rag_app.ui.widgets.escape import address_html, escaped
from rag_app.ui.widgets.followers import Follower
from rag_app.ui.widgets.scroll import look_at

SIZES = {
    to_say("Fit page"): "rag-whole",
    to_say("Fit width"): "rag-wide",
    to_say("Zoom"): "rag-large",
}
# Of each kind of part: the way to the one before and the one after, and back to the cited one.
TURNS = {
    "Page": (to_say("Previous page"), to_say("Next page"), to_say("Back to page {number}")),
    "Slide": (to_say("Previous slide"), to_say("Next slide"), to_say("Back to slide {number}")),
    "Sheet": (to_say("Previous sheet"), to_say("Next sheet"), to_say("Back to sheet {number}")),
    "Part": (to_say("Previous part"), to_say("Next part"), to_say("Back to part {number}")),
}
BACK_TO_WORDS = {
    "Page": to_say("Back to the cited words, page {number}"),
    "Slide": to_say("Back to the cited words, slide {number}"),
    "Sheet": to_say("Back to the cited words, sheet {number}"),
    "Part": to_say("Back to the cited words, part {number}"),
}
SIZE_ICONS = {"Fit page": "fit_screen", "Fit width": "arrow_range", "Zoom": "zoom_in"}
AT_FIRST = "Fit width"
SIZE_KEY = "page-size"
# Seconds: a page that was drawn before is there at once, without a blank one before it.
AT_ONCE = 0.1


def show_pane(
    state: SourcesState, engine: Engine, source: Source, opened: OpenSource
) -> Follower | None:
    """The source that is open. Returns what has to be followed."""
    with st.container(key="reading", gap=None):
        _show_head(state, source)
        document = _document(engine, source)
        if document is None or source.status.start is None:
            note = say(source.status.note) if source.status.note else _what_became(engine, source)
            st.html(note_html(note) + text_html(source.document, source))
            _look(opened, "")
            return None
        return _show_document(state, engine, source, document, opened)


def _show_head(state: SourcesState, source: Source) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="pane-head"):
        path = PurePosixPath(source.document)
        folder = "" if str(path.parent) == "." else f"<small>{escaped(str(path.parent))}</small>"
        name = f'<bdi class="rag-document">{escaped(path.name)}</bdi>{folder}'
        if is_address(source.document):
            name = address_html(source.document)
        icon = f'<span class="rag-symbol" aria-hidden="true">{icon_of(source.document)}</span>'
        st.html(f'<h2 class="rag-pane-title" title="{escaped(source.document)}">{icon}{name}</h2>')
        st.button(
            say("Close"),
            key="pane-close",
            icon=":material/close:",
            type="tertiary",
            help=say("Close (Esc)"),
            on_click=state.close,
        )


def _document(engine: Engine, source: Source) -> ReadDocument | None:
    """The document as it is now; None if the words are not there any more."""
    start = source.status.start
    if start is None:
        return None
    try:
        text = engine.document_text(source.document)
        outline = engine.collection.outline(source.document)
    except RagError:
        return None
    if text[start : start + len(source.quote)] != source.quote:
        return None
    return read_document(source.document, text, outline)


def _what_became(engine: Engine, source: Source) -> str:
    """Why words are no longer where they were when their answer was first shown."""
    try:
        engine.document_text(source.document)
    except UsageError:
        return say(DELETED)
    except RagError as error:
        return retold(error)
    return say(CHANGED)


def _show_document(
    state: SourcesState, engine: Engine, source: Source, document: ReadDocument, opened: OpenSource
) -> Follower | None:
    """The part that is looked at, and the controls above it."""
    assert source.status.start is not None
    cited = source.status.start, source.status.start + len(source.quote)
    found = document.find(opened.words)
    place = min(opened.place, max(len(found) - 1, 0))
    at_found = document.part_at(found[place][0]) if found else None
    part = min(opened.part or at_found or document.part_at(cited[0]), len(document.starts))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="pane-tools"):
        _show_pager(state, document, part, document.part_at(cited[0]))
        size = _show_sizes() if document.has_pictures else AT_FIRST
        _show_search(state, opened, found, place)
    by_ocr = f"{say(READ_BY_OCR)}." if source.by_ocr else ""
    became = say(source.status.note) if source.status.note else ""
    notes = [one for one in (became, source.doubt, by_ocr) if one]
    if notes:
        st.html("".join(map(note_html, notes)))
    is_meant = found[place] if found and part == at_found else None
    step = f"{part}-{place if found else ''}-{hash(opened.words)}-{SIZES[size]}"
    if document.has_pictures:
        looks = SIZES[size]
        work = Work(lambda: page_html(engine, source, document, part, found, is_meant, looks))
        follower = _Page(work, opened, step)
        return follower if follower.follow() else None
    st.html(text_html(source.document, source, document, part, found, is_meant))
    _look(opened, step)
    return None


def _look(opened: OpenSource, step: str) -> None:
    """Scroll to the words; ``step`` tells this look at the document from another."""
    look_at(".st-key-reading", ".rag-region", ".rag-here", f"reading-{opened.opened}-{step}")


class _Page:
    """A page that is being drawn: a blank one, until it is there."""

    def __init__(self, work: Work[str], opened: OpenSource, step: str) -> None:
        self._work, self._opened, self._step = work, opened, step
        self._place, self._script = st.empty(), st.empty()
        if not work.wait(AT_ONCE):
            self._place.html(waiting_html())

    def follow(self) -> bool | None:
        """Show it as soon as it is there. True while it is not."""
        if not self._work.done:
            return True
        self._place.html(self._work.result())
        with self._script:
            _look(self._opened, self._step)
        return None


def _show_pager(state: SourcesState, document: ReadDocument, part: int, cited: int) -> None:
    """The way to the parts around, and back to that of the words."""
    count = len(document.starts)
    if count == 1:
        return
    before, after, back = TURNS[document.unit]
    with st.container(
        horizontal=True, vertical_alignment="center", gap=None, width="content", key="pages"
    ):
        for name, told, icon, other in (
            ("Previous", before, "chevron_left", part - 1),
            ("Next", after, "chevron_right", part + 1),
        ):
            st.button(
                say(told),
                key=f"page-{name}",
                icon=f":material/{icon}:",
                type="tertiary",
                disabled=not 1 <= other <= count,
                on_click=_turn,
                args=(state, other),
            )
            if name == "Previous":
                unit = say(document.unit)
                words = say("{unit} {number} of {count}", unit=unit, number=part, count=count)
                st.html(f'<p class="rag-doing" aria-live="polite">{words}</p>', width="content")
        if part != cited:
            st.button(
                say(back, number=cited),
                key="page-back",
                icon=":material/undo:",
                type="tertiary",
                help=say(BACK_TO_WORDS[document.unit], number=cited),
                on_click=_back,
                args=(state,),
            )


def _show_sizes() -> str:
    """How large a page is shown, which is returned."""
    chosen = st.segmented_control(
        say("Size of the page"),
        list(SIZES),
        default=AT_FIRST,
        required=True,
        format_func=lambda size: f":material/{SIZE_ICONS[size]}: {say(size)}",
        key=SIZE_KEY,
        label_visibility="collapsed",
    )
    return chosen or AT_FIRST


def _show_search(
    state: SourcesState, opened: OpenSource, found: Sequence[Span], place: int
) -> None:
    """Where words are looked for in the document, and the way from one place to another."""
    key = f"find-{opened.opened}"
    with st.container(
        horizontal=True, vertical_alignment="center", gap=None, width="stretch", key="pane-find"
    ):
        st.text_input(
            say("Find in this document"),
            key=key,
            max_chars=LONGEST_SEARCH,
            placeholder=say("Find"),
            icon=":material/search:",
            label_visibility="collapsed",
            on_change=_find,
            args=(state, key),
        )
        if not opened.words:
            return
        told = say("Not found")
        if found:
            told = say("{number} of {count}", number=place + 1, count=len(found))
        st.html(f'<p class="rag-doing" aria-live="polite">{told}</p>', width="content")
        if len(found) < 2:
            return
        for name, icon, step in (
            (to_say("Previous match"), "keyboard_arrow_up", -1),
            (to_say("Next match"), "keyboard_arrow_down", 1),
        ):
            st.button(
                say(name),
                key=f"find-{name}",
                icon=f":material/{icon}:",
                type="tertiary",
                on_click=_go_to,
                args=(state, (place + step) % len(found)),
            )


def _turn(state: SourcesState, part: int) -> None:
    if state.open is not None:
        state.open.part = part


def _back(state: SourcesState) -> None:
    if state.open is not None:
        state.open_source(state.open.exchange, state.open.number)


def _find(state: SourcesState, key: str) -> None:
    if state.open is not None:
        state.open.words = " ".join(str(st.session_state[key]).split())
        state.open.part, state.open.place = None, 0


def _go_to(state: SourcesState, place: int) -> None:
    if state.open is not None:
        state.open.part, state.open.place = None, place
