"""The chunks of a collection as arrays: their vectors, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import numpy as np

from ingest.catalog.chunk_vectors import Numbers, placed_points
from ingest.catalog.filters import parse_filter
from ingest.catalog.inventory import names_by_content, texts_by_number
from ingest.catalog.schema import INCARNATION
from ingest.catalog.view import CatalogView
from ingest.errors import UsageError
from ingest.records import StoredDocument
from ingest.similarity import Vectors, unit
from rag_app.collection.collection import Collection
from rag_app.insights.base.records import Basis, Place

SAMPLE = 100  # passages that are looked at before all
FEW = 10  # chunks; of fewer, a result says that they are few


@dataclass(frozen=True)
class Points:
    """All chunks that pass a filter, of one generation, in order of document and place.

    ``vectors`` have the shape (n, dimension) and length one, whatever similarity the collection
    was built with: insights compare by cosine. ``owners``, shape (n,), are the rows of the chunks'
    documents in ``documents``, which has one document for each content: of equal files, the first
    by name that passes. ``where`` is the filter.
    """

    view: CatalogView
    where: Mapping[str, Any] | None
    ids: list[str]
    numbers: Numbers
    starts: Numbers
    ends: Numbers
    pages: Numbers
    owners: Numbers
    vectors: Vectors
    documents: tuple[StoredDocument, ...]

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def document_vectors(self) -> Vectors:
        """The mean vector of each document, of length one, shape (documents, dimension)."""
        sums = np.zeros((len(self.documents), self.vectors.shape[1]), dtype=np.float32)
        np.add.at(sums, self.owners, self.vectors)
        return unit(sums)

    def texts(self, rows: Sequence[int]) -> list[str]:
        """The texts of the chunks in some rows."""
        numbers = [int(self.numbers[row]) for row in rows]
        found = texts_by_number(self.view, numbers)
        return [found[number] for number in numbers]

    def places(self, rows: Sequence[int]) -> tuple[Place, ...]:
        """The passages of some rows, in their order."""
        return tuple(
            Place(
                document=self.documents[self.owners[row]].name,
                page=int(self.pages[row]) or None,
                start=int(self.starts[row]),
                end=int(self.ends[row]),
                text=text,
                chunk_id=self.ids[row],
            )
            for row, text in zip(rows, self.texts(rows), strict=True)
        )

    def _are_equal(self) -> bool:
        some = self.vectors[:: len(self) // SAMPLE + 1]
        return all(np.allclose(rows, self.vectors[0], atol=1e-5) for rows in (some, self.vectors))

    def basis(self, *notes: str) -> Basis:
        """What a result is made of; ``notes`` are what there is to say of its limits."""
        if len(self) < FEW:
            there = "is only one passage" if len(self) == 1 else f"are only {len(self)} passages"
            notes = (f"There {there}: too few to say much.", *notes)
        if len(self) > 1 and self._are_equal():
            notes = ("All passages have the same vector: nothing tells them apart.", *notes)
        return Basis(
            generation=self.view.generation(),
            incarnation=self.view.meta(INCARNATION) or "",
            chunks=len(self),
            documents=len(self.documents),
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            where=self.where,
            notes=notes,
        )


@contextmanager
def reading(collection: Collection, where: Mapping[str, Any] | None = None) -> Iterator[Points]:
    """The chunks that pass a filter, as they are now, for as long as the context lasts: what a
    writer changes meanwhile is not seen. For one thread.

    Raises StoreEmpty if nothing was ingested, StoreError, and UsageError for a wrong filter or one
    that nothing passes.
    """
    parsed = parse_filter(where)
    with collection.reading() as view:
        names = names_by_content(view, parsed)
        found = placed_points(view, parsed)
        if not found.ids:
            raise UsageError(
                "No passage passes the filter; leave it out, or see the fields: rag-app status"
                if where
                else "There is no passage in the collection; run: rag-app ingest PATH"
            )
        stored = {one.name: one for one in view.documents()}
        contents = sorted(set(found.contents.tolist()), key=lambda content: names[content][0])
        row_of = {content: row for row, content in enumerate(contents)}
        owners = np.array([row_of[content] for content in found.contents.tolist()])
        order = np.lexsort((found.starts, owners))
        yield Points(
            view=view,
            where=where,
            ids=[found.ids[row] for row in order.tolist()],
            numbers=found.numbers[order],
            starts=found.starts[order],
            ends=found.ends[order],
            pages=found.pages[order],
            owners=owners[order],
            vectors=unit(found.vectors[order]),
            documents=tuple(stored[names[content][0]] for content in contents),
        )
