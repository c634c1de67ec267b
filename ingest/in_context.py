"""Generators that run in a context of their own (PEP 567)."""

from __future__ import annotations

from collections.abc import Generator
from contextvars import Context, copy_context
from typing import TypeVar

T = TypeVar("T")


def in_context(items: Generator[T], context: Context | None = None) -> Generator[T]:
    """The items of a generator that runs in a context, and is closed in it, whichever thread asks
    for the next one: what it sets there is not set for who takes from it. Without one, in a copy
    of that in which the first item is asked for."""
    context = context or copy_context()
    try:
        while True:
            try:
                item = context.run(next, items)
            except StopIteration:
                return
            yield item
    finally:
        context.run(items.close)
