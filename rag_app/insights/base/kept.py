"""Insights that are kept in the collection's directory, a file each, and are told when stale.

A file has one JSON object: what was asked, and the result with its ``Basis``. It is a cache: what
cannot be read, or was written by another version, is as if it were not there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from ingest.atomic_files import write_atomically
from ingest.catalog.schema import INCARNATION
from ingest.errors import StoreError
from ingest.private import make_directory
from rag_app.collection.collection import Collection
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
        self._folder = collection.store.directory / "insights"

    def find(self, kind: type[T], asked: Mapping[str, Any]) -> Kept[T] | None:
        """The result of a kind that was made for the same settings; None if there is none. Raises
        StoreEmpty, StoreError."""
        try:
            kept = json.loads(self._path(kind, asked).read_text(encoding="utf-8"))
            result = TypeAdapter(kind).validate_python(kept["result"])
        except (OSError, ValueError, KeyError, TypeError, ValidationError):
            return None
        with self._collection.reading() as view:
            now = view.generation(), view.meta(INCARNATION) or ""
        return Kept(result, (result.basis.generation, result.basis.incarnation) != now)

    def keep(self, result: Insight, asked: Mapping[str, Any]) -> None:
        """Keep a result. Raises StoreError where the directory cannot be written."""
        kind = type(result)
        path = self._path(kind, asked)
        value = {"asked": asked, "result": TypeAdapter(kind).dump_python(result, mode="json")}
        try:
            make_directory(self._folder, parents=False)
            write_atomically(path, json.dumps(value, ensure_ascii=False))
            self._forget_oldest()
        except OSError as error:
            raise StoreError(
                f"The result cannot be kept in {self._folder} ({error.strerror or error}); check "
                "its rights and the disk's space"
            ) from None

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

    def _path(self, kind: type, asked: Mapping[str, Any]) -> Path:
        told = json.dumps([VERSION, asked], sort_keys=True)
        digest = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return self._folder / f"{kind.__name__.lower()}-{digest}.json"

    def _forget_oldest(self) -> None:
        with suppress(FileNotFoundError):  # another process forgets them too
            files = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
            for path in files[:-MOST_KEPT]:
                path.unlink()
