"""Followers of background work, once all else of the page has been drawn."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, Protocol

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rag_app.ui.widgets.background import Work

# Quick enough for an answer of quotes to be there at once, and for words to flow; slow enough to
# leave the processor to the model.
BETWEEN_FIRST_LOOKS, BETWEEN_LOOKS = 0.02, 0.1
FIRST_SECONDS = 1.0


class Follower(Protocol):
    """Shows how far something is, in a place on the page that was reserved for it."""

    def follow(self) -> bool | None:
        """Bring the page up to date. True while there is more to come; then False where the page
        has to be drawn anew, and None where all is drawn."""


def follow_all(followers: Iterable[Follower | None]) -> bool:
    """Follow until all are done, or the first needs the page to be drawn anew: whether one does.

    Streamlit ends this run of the page, here, when there is a click; the next run goes on.
    """
    watched = [follower for follower in followers if follower is not None]
    started = time.monotonic()
    while watched:
        states = [(follower, follower.follow()) for follower in watched]
        if any(state is False for _, state in states):
            return True
        watched = [follower for follower, state in states if state]
        make_way()
        is_new = time.monotonic() - started < FIRST_SECONDS
        time.sleep(BETWEEN_FIRST_LOOKS if is_new else BETWEEN_LOOKS)
    return False


def make_way() -> None:
    """End this run of the page, here, for a click that has come meanwhile. What draws something
    does that too; what waits, or works for long, has to ask."""
    # Streamlit looks at each access to its state, and has no other way that sends nothing.
    st.session_state.get("any")


def draw_anew() -> None:
    """Begin this run of the page anew, unless a click has come meanwhile: that leads elsewhere."""
    make_way()
    st.rerun()


def when_done(work: Work[Any], draw: Callable[[], None]) -> Follower | None:
    """Draw what some work has found here, now or as soon as it is done. The page is not drawn anew
    for it: that would take from who reads or types there what they have open."""
    follower = _WhenDone(work, draw, st.container())
    return follower if follower.follow() else None


class _WhenDone:
    """Waits for some work and draws what it has found in a place that was kept for that."""

    def __init__(self, work: Work[Any], draw: Callable[[], None], place: DeltaGenerator) -> None:
        self._work = work
        self._draw = draw
        self._place = place

    def follow(self) -> bool | None:
        if not self._work.done:
            return True
        with self._place:
            self._draw()
        return None
