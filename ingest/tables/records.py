"""The data classes of tables. Offsets count characters of the document's text."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

Kind = Literal["number", "date", "bool", "text"]


class Value(NamedTuple):
    """A number as a cell says it: exact, with its unit or currency, "" where it has none."""

    number: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, "" where it has none (the labels of the rows), what is in it, and the one
    unit or currency of its numbers: "" where none is said, ``units`` where they are several."""

    name: str
    kind: Kind
    unit: str = ""
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row: ``text[start:end]`` of its document, and a cell for each column, "" where empty."""

    start: int
    end: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a document, ``text[start:end]``. ``caption`` is what stands over it: the heading,
    and the line above, if it is short."""

    start: int
    end: int
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
