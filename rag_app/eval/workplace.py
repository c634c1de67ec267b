"""Collections to evaluate, with any settings: the user's own, never changed, or that of a set.

Where settings of the index differ from those with which a collection was built, it is built anew,
beside: the user's from its own texts, a set's from its files.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from ingest.catalog.fingerprint import fingerprint_of
from ingest.catalog.view import Catalog
from ingest.embed.embedder import Embedder
from ingest.errors import StoreEmpty, UsageError
from ingest.maintenance.backup import backup, restore
from ingest.maintenance.reembed import reembed
from ingest.pipeline import ingest_paths
from ingest.progress import NoProgress, Progress
from ingest.settings import IndexSettings, load_settings
from ingest.store.directory import Store
from ingest.store.tuned_model import collection_embedder
from rag_app.engine import Engine
from rag_app.eval.bench_sets import BenchSet, write_documents
from rag_app.opening import open_engine
from rag_app.settings import AnswerSettings

# Settings that say where, and how long: not what is stored.
_NOT_CONTENT = frozenset({"store", "collection", "device"})

Overrides = Mapping[str, Any]


@dataclass(frozen=True)
class Workplace:
    """Where stores are built, and what builds them: each embedding model is loaded once."""

    folder: Path
    progress: Callable[[], Progress] = NoProgress
    _embedders: dict[tuple[Any, ...], Embedder] = field(default_factory=dict)

    def embedder(self, settings: IndexSettings) -> Embedder:
        """The embedder that the settings name, or the collection's own tuned one."""
        wanted = collection_embedder(settings)
        # By name: a copy of the collection has no copy of its tuned model.
        key = (wanted.name, settings.device, settings.embedding_backend)
        return self._embedders.setdefault(key, wanted)

    def store(self, name: str, settings: IndexSettings, state: str = "") -> Path:
        """The directory of the store of a collection in a state, built with these settings."""
        content = settings.model_dump(mode="json", exclude=set(_NOT_CONTENT))
        key = json.dumps([content, state], sort_keys=True)
        digest = hashlib.sha256(key.encode()).hexdigest()[:12]
        return self.folder / name / f"store-{digest}"

    def open(self, settings: IndexSettings, overrides: Overrides) -> Engine:
        """An engine over a collection, with settings of answers beside those of the user."""
        # An LLM that fails is an error here: quotes in its place would be counted as its answers.
        answers = load_settings(AnswerSettings, **{"llm_fallback": False, **overrides})
        return open_engine(settings=settings, answers=answers, embedder=self.embedder(settings))


class Collection(Protocol):
    """Something to ask questions of."""

    def open(self, index: Overrides, answers: Overrides) -> Engine:
        """An engine over the collection as it is with these settings beside the user's."""


@dataclass(frozen=True)
class OwnCollection:
    """The user's collection. Its store is only read."""

    workplace: Workplace
    store: str | None
    collection: str | None

    def open(self, index: Overrides, answers: Overrides) -> Engine:
        """Raises StoreEmpty if nothing was ingested, and what building raises."""
        base = load_settings(IndexSettings, store=self.store, collection=self.collection)
        if not index:
            return self.workplace.open(base, answers)
        settings = load_settings(
            IndexSettings, store=self.store, collection=self.collection, **index
        )
        embedder = self.workplace.embedder(settings)
        wanted = fingerprint_of(settings, embedder)
        own = Store(base.store, base.collection)
        if not own.exists or (built_with := _built_with(own))[0] is None:
            raise StoreEmpty(
                f"Nothing has been ingested into the collection {own.collection!r}; "
                "run: rag-app ingest PATH"
            )
        if built_with[0] == wanted:
            return self.workplace.open(settings, answers)
        state = f"{own.directory.resolve()} {built_with[1]}"
        place = self.workplace.store("own", settings, state)
        settings = settings.model_copy(update={"store": place})
        built = Store(place, settings.collection)
        if not built.exists or _built_with(built)[0] != wanted:
            # What an interrupted run has left, if anything.
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            copy = place / "copy"
            backup(own, copy)
            restore(built, copy, wait_seconds=settings.lock_seconds)
            copy.unlink()
            reembed(settings, embedder=embedder, progress=self.workplace.progress())
        return self.workplace.open(settings, answers)


def _built_with(store: Store) -> tuple[dict[str, Any] | None, int]:
    """The fingerprint of a collection, None if nothing is in it, and its generation."""
    with Catalog(store.catalog_path).reading() as view:
        return view.fingerprint(), view.generation()


@dataclass(frozen=True)
class BenchCollection:
    """The documents of a set. What was built in the workplace before is used again."""

    workplace: Workplace
    bench: BenchSet

    def open(self, index: Overrides, answers: Overrides) -> Engine:
        """Raises UsageError if a document cannot be read, and what ``ingest_paths`` raises."""
        settings = load_settings(IndexSettings, **index)
        place = self.workplace.store(self.bench.name, settings)
        settings = settings.model_copy(update={"store": place, "collection": self.bench.name})
        written = self.workplace.folder / self.bench.name / "documents"
        documents = write_documents(self.bench, written)
        report = ingest_paths(
            [documents],
            settings=settings,
            sync=True,
            embedder=self.workplace.embedder(settings),
            progress=self.workplace.progress(),
        )
        failed = [one for one in report.files if one.status == "failed"]
        if failed:
            raise UsageError(
                f"{len(failed)} documents of the set {self.bench.name} cannot be read, such as "
                f"{failed[0].path}: {failed[0].reason}"
            )
        return self.workplace.open(settings, answers)
