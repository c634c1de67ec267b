"""The reader of a document: a page or a part of it at a time, how large, and words looked for.

The chat has it in its reading pane, at the words that an answer cites; the page of the documents
has it for a whole document.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from rag_app import Engine
from rag_app.messages import say, to_say
from rag_app.ui.reading.document import LONGEST_SEARCH, ReadDocument, Span
from rag_app.ui.reading.sheet import Cited, note_html, page_html, text_html, waiting_html
from rag_app.ui.widgets.background import Work
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


@dataclass(slots=True)
class Look:
    """How a document is looked at: the part that is shown, if not the one of the cited words, or
    the first; what is looked for in it, and which of the places where it stands is meant, from 0.
    ``opened`` tells one opening from another."""

    part: int | None = None
    words: str = ""
    place: int = 0
    opened: int = field(default_factory=time.monotonic_ns)

    def turn(self, part: int) -> None:
        """Show another part."""
        self.part = part

    def go_back(self) -> None:
        """Show the cited words again, as when it was opened."""
        self.part, self.words, self.place, self.opened = None, "", 0, time.monotonic_ns()

    def find(self, key: str) -> None:
        """Look for what was typed in the field of a key."""
        words = " ".join(str(st.session_state[key]).split())
        if words != self.words:
            self.words, self.part, self.place = words, None, 0

    def go_to(self, place: int) -> None:
        """Show one of the places where the words stand."""
        self.part, self.place = None, place


def show_reader(
    engine: Engine,
    document: ReadDocument,
    look: Look,
    panel: str,
    *,
    cited: Cited | None = None,
    notes: Sequence[str] = (),
) -> Follower | None:
    """The part that is looked at, with the controls above it, in the container of the key
    ``panel``. ``notes`` stand between them. Returns what has to be followed."""
    found = document.find(look.words)
    place = min(look.place, max(len(found) - 1, 0))
    at_found = document.part_at(found[place][0]) if found else None
    first = document.part_at(cited.start if cited else 0)
    part = min(look.part or at_found or first, len(document.starts))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="pane-tools"):
        _show_pager(look, document, part, first if cited else None)
        size = _show_sizes() if document.has_pictures else AT_FIRST
        _show_search(look, found, place)
    if notes:
        st.html("".join(map(note_html, notes)))
    meant = found[place] if found and part == at_found else None
    step = f"{look.opened}-{part}-{place if found else ''}-{hash(look.words)}-{SIZES[size]}"
    if document.has_pictures:
        work = Work(lambda: page_html(engine, document, part, cited, found, meant, SIZES[size]))
        follower = _Page(work, panel, step, takes_focus=cited is not None)
        return follower if follower.follow() else None
    st.html(text_html(document, part, cited, found, meant))
    look_into(panel, step, takes_focus=cited is not None)
    return None


def look_into(panel: str, step: str, *, takes_focus: bool = True) -> None:
    """Scroll to the words; ``step`` tells this look at the document from another."""
    place = f".st-key-{panel}", ".rag-region", ".rag-here"
    look_at(*place, f"reading-{step}", takes_focus=takes_focus)


class _Page:
    """A page that is being drawn: a blank one, until it is there."""

    def __init__(self, work: Work[str], panel: str, step: str, *, takes_focus: bool) -> None:
        self._work, self._panel, self._step = work, panel, step
        self._takes_focus = takes_focus
        self._place, self._script = st.empty(), st.empty()
        if not work.wait(AT_ONCE):
            self._place.html(waiting_html())

    def follow(self) -> bool | None:
        """Show it as soon as it is there. True while it is not."""
        if not self._work.done:
            return True
        self._place.html(self._work.result())
        with self._script:
            look_into(self._panel, self._step, takes_focus=self._takes_focus)
        return None


def _show_pager(look: Look, document: ReadDocument, part: int, cited: int | None) -> None:
    """The way to the parts around, and back to that of the words, if some are cited."""
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
                on_click=look.turn,
                args=(other,),
            )
            if name == "Previous":
                unit = say(document.unit)
                words = say("{unit} {number} of {count}", unit=unit, number=part, count=count)
                st.html(f'<p class="rag-doing" aria-live="polite">{words}</p>', width="content")
        if cited not in (None, part):
            st.button(
                say(back, number=cited or 0),
                key="page-back",
                icon=":material/undo:",
                type="tertiary",
                help=say(BACK_TO_WORDS[document.unit], number=cited or 0),
                on_click=look.go_back,
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


def _show_search(look: Look, found: Sequence[Span], place: int) -> None:
    """Where words are looked for in the document, and the way from one place to another."""
    key = f"find-{look.opened}"
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
            on_change=look.find,
            args=(key,),
        )
        if not look.words:
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
                on_click=look.go_to,
                args=((place + step) % len(found),),
            )
