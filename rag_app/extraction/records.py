"""The data classes of an extraction. Offsets count characters of the document."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Self

from rag_app.records import Usage

Kind = Literal["text", "number", "date", "money", "name", "yes/no"]
NOT_FOUND = "not found"
Span = tuple[int, int]
Pages = Sequence[int]


class Field(NamedTuple):
    """What is wanted of each document. ``description`` says it in other words, "" if none are
    given."""

    name: str
    kind: Kind = "text"
    description: str = ""


@dataclass(frozen=True, slots=True)
class CellSource:
    """Where a value stands: ``document_text(document)[start:end] == quote``. ``page`` counts from
    1, or is None where the format has none."""

    document: str
    page: int | None
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of one document.

    ``value`` is in one form whatever the document's: a date "2026-03-01" (without the day, or
    without the day and the month, where it has none), money "1234.50 EUR", a number "30 days",
    "yes" or "no"; None where nothing was found. ``text`` is the value as it is written, and stands
    in the quote. ``note`` says what a reader should know, such as why an LLM's value was not taken.
    """

    field: str
    value: str | None = None
    text: str = ""
    source: CellSource | None = None
    note: str = ""

    @classmethod
    def cited(
        cls, field: str, value: str, at: Span, quote: Span, document: str, text: str, pages: Pages
    ) -> Self:
        """A value that stands ``at`` a place of a document, in the words ``quote``. ``pages`` are
        the offsets at which its pages begin."""
        start, end = quote
        page = bisect_right(pages, start) or None
        source = CellSource(document, page, start, end, text[start:end])
        return cls(field, value, text[slice(*at)], source)


@dataclass(frozen=True, slots=True)
class ExtractedRow:
    """The cells of a document, one for each field in the order of the schema. ``failure`` says why
    there are none; ``note`` what became of the LLM. ``model`` is the LLM's name, "" where the
    fields were found without one; ``usage`` is None where none was asked."""

    document: str
    cells: tuple[Cell, ...]
    failure: str = ""
    note: str = ""
    model: str = ""
    usage: Usage | None = None
