"""Watching work that goes on in the background, after all else of the page has been drawn."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Protocol

# Quick enough for an answer of quotes to be there at once, and for words to flow; slow enough to
# leave the processor to the model.
BETWEEN_FIRST_LOOKS, BETWEEN_LOOKS = 0.02, 0.1
FIRST_SECONDS = 1.0


class Follower(Protocol):
    """Shows how far something is, in a place on the page that was reserved for it."""

    def follow(self) -> bool:
        """Bring the page up to date. False when there is nothing more to come."""


def follow_all(followers: Iterable[Follower | None]) -> bool:
    """Follow until the first is done: then the page has to be drawn anew. False if there is none.

    Streamlit ends this run of the page, here, when there is a click; the next run goes on.
    """
    watched = [follower for follower in followers if follower is not None]
    started = time.monotonic()
    while watched:
        still_going = [follower.follow() for follower in watched]
        if not all(still_going):
            return True
        is_new = time.monotonic() - started < FIRST_SECONDS
        time.sleep(BETWEEN_FIRST_LOOKS if is_new else BETWEEN_LOOKS)
    return False
