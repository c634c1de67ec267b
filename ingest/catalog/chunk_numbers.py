"""The numbers of chunks, by which their words are kept, as documents come, go and are renamed.

Part of the transactions of ``ingest.catalog.writer``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ingest.catalog import postings
from ingest.catalog.view import CatalogView


def follow_names(catalog: CatalogView, before: Mapping[int, Sequence[str]]) -> None:
    """Drop the contents that have no name any more, and see to it that the others are found
    by the words of their names. ``before`` are the names that each had; none if it is new."""
    for content, names in before.items():
        now = catalog.names_of(content)
        if now == names:
            continue
        if names:
            rows = catalog.connection.execute(
                "SELECT number FROM chunks WHERE content = ? ORDER BY number", (content,)
            )
            numbers = [number for (number,) in rows]
            postings.remove(catalog.connection, numbers)
            if not now:
                catalog.connection.execute("DELETE FROM contents WHERE id = ?", (content,))
                continue
            if numbers:  # words are only added to what is new
                catalog.connection.execute(
                    "UPDATE chunks SET number = number + ? WHERE content = ?",
                    (take_numbers(catalog, len(numbers)) - numbers[0], content),
                )
        postings.write(catalog.connection, content)
    postings.seal(catalog.connection, next_number(catalog))


def next_number(catalog: CatalogView) -> int:
    """The number that no chunk ever had. Numbers are not used again: readers keep words by
    them."""
    taken = catalog.meta("next_chunk")
    if taken is not None:
        return int(taken)
    [last] = catalog.connection.execute("SELECT max(number) FROM chunks").fetchone()
    return int(last or 0) + 1


def take_numbers(catalog: CatalogView, count: int) -> int:
    """The first of so many numbers that follow each other."""
    first = next_number(catalog)
    catalog.connection.execute(
        "INSERT OR REPLACE INTO meta VALUES ('next_chunk', ?)", (str(first + count),)
    )
    return first
