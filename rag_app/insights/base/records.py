"""Data classes that all insights share. Offsets count characters of the document's text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Place:
    """A passage, as a link to its words: ``engine.document_text(document)[start:end] == text``.

    ``page`` counts from 1, or is None. ``chunk_id`` is that of the chunk that it is.
    """

    document: str
    page: int | None
    start: int
    end: int
    text: str
    chunk_id: str


@dataclass(frozen=True, slots=True)
class Basis:
    """What an insight was made of: chunks and documents of one generation of one catalog, as many
    as passed the filter ``where``. ``made`` is a moment, ISO 8601 in UTC. ``notes`` are sentences
    on its limits, such as that there are few chunks."""

    generation: int
    incarnation: str
    chunks: int
    documents: int
    made: str
    where: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()


class Insight(Protocol):
    """What every insight can do."""

    @property
    def basis(self) -> Basis: ...

    def rows(self) -> Sequence[Mapping[str, object]]:
        """Its items as the rows of a table: values by column, the same columns in each."""
        ...

    def text(self) -> str:
        """What it says, for a terminal."""
        ...


def to_json(insight: Any) -> dict[str, Any]:
    """An insight as plain values. It is a data class of those, so that is all there is to do."""
    return asdict(insight)
