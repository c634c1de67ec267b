"""Insights that are kept in the collection's directory, a file each, and are told when stale.

A file has one JSON object: what was asked, and the result with its ``Basis``. It is a cache: what
cannot be read, or was written by another version, is as if it were not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from ingest.catalog.schema import INCARNATION
from rag_app.collection.collection import Collection
from rag_app.collection.kept_files import KeptFiles
from rag_app.insights.base.records import Insight

T = TypeVar("T", bound=Insight)
MOST_KEPT = 60  # files; the oldest go first
VERSION = 1  # of the files


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """A result, and whether the collection has changed since it was made."""

    result: T
    is_stale: bool


class KeptInsights:
    """The insights of one collection that are kept."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._files = KeptFiles(collection.store.directory / "insights", MOST_KEPT)

    def find(self, kind: type[T], asked: Mapping[str, Any]) -> Kept[T] | None:
        """The result of a kind that was made for the same settings; None if there is none. Raises
        StoreEmpty, StoreError."""
        kept = self._files.read(kind.__name__.lower(), [VERSION, asked])
        try:
            result = TypeAdapter(kind).validate_python(kept["result"])
        except (KeyError, TypeError, ValidationError):
            return None
        with self._collection.reading() as view:
            now = view.generation(), view.meta(INCARNATION) or ""
        return Kept(result, (result.basis.generation, result.basis.incarnation) != now)

    def keep(self, result: Insight, asked: Mapping[str, Any]) -> None:
        """Keep a result. Raises StoreError where the directory cannot be written."""
        kind = type(result)
        value = {"asked": asked, "result": TypeAdapter(kind).dump_python(result, mode="json")}
        self._files.keep(kind.__name__.lower(), [VERSION, asked], value)

    def get(
        self, kind: type[T], asked: Mapping[str, Any], make: Callable[[], T], *, again: bool = False
    ) -> T:
        """The kept result, unless it is stale or wanted ``again``; else what ``make`` gives, which
        is kept."""
        kept = None if again else self.find(kind, asked)
        if kept is not None and not kept.is_stale:
            return kept.result
        result = make()
        self.keep(result, asked)
        return result
