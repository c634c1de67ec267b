"""Who is told of each page that is read by OCR: it takes a second, and a book has hundreds."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

OnPage = Callable[[int, int], None]

ON_PAGE: ContextVar[OnPage | None] = ContextVar("ON_PAGE", default=None)
"""Gets the page that is begun, from 1, and how many there are."""


def begin_page(page: int, pages: int) -> None:
    """Tell that the recognition of a page begins."""
    if (on_page := ON_PAGE.get()) is not None:
        on_page(page, pages)
