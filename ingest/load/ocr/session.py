"""When pictures are read, and who is told of each page: set once for a reading process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Mode = Literal["off", "auto", "force"]


@dataclass(slots=True)
class _Session:
    """``auto`` reads what has no text of its own, ``force`` every page; ``on_page`` gets the page
    that is begun, from 1, and how many there are."""

    mode: Mode = "auto"
    on_page: Callable[[int, int], None] | None = None


_session = _Session()


def use(mode: Mode, on_page: Callable[[int, int], None] | None = None) -> None:
    """Read pictures in this way from now on."""
    _session.mode, _session.on_page = mode, on_page


def mode() -> Mode:
    """When pictures are read."""
    return _session.mode


def begin_page(page: int, pages: int) -> None:
    """Tell that the recognition of a page begins."""
    if _session.on_page is not None:
        _session.on_page(page, pages)
