"""Adoption of a tuned model: kept in the collection's directory, and all embedded with it.

Which model a collection uses stands in its catalog, with the vectors, and changes with them in one
transaction (``ingest.maintenance.reembed``): killed at any moment, either the old or the new one is
in use, whole.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.embed.embedder import embedder_of
from ingest.errors import StoreError, UsageError
from ingest.maintenance.reembed import reembed
from ingest.private import make_directory
from ingest.progress import NoProgress, Progress
from ingest.settings import IndexSettings
from ingest.store.directory import Store
from ingest.store.tuned_model import keep_only, keep_tuned, tuned_embedder, tuned_in_use
from rag_app.engine import Engine
from rag_app.insights.base.steps import Steps


@contextmanager
def new_model_folder(store: Store) -> Iterator[Path]:
    """A folder for a model that is being made, on the store's disk; removed at the end, whatever
    that is. Raises StoreError where it cannot be made."""
    if not store.exists:
        raise UsageError(
            f"There is nothing in the collection {store.collection!r}; run: rag-app ingest PATH"
        )
    try:
        make_directory(store.models_directory, parents=False)
        place = Path(tempfile.mkdtemp(prefix=".new-", dir=store.models_directory))
    except OSError as error:
        raise StoreError(
            f"A new model cannot be kept in {store.models_directory} ({error.strerror or error}); "
            "check its rights and the disk's space"
        ) from None
    try:
        yield place / "model"
    finally:
        shutil.rmtree(place, ignore_errors=True)


class _ReembedSteps(NoProgress):
    """Tells how far the collection is embedded, and can be stopped between documents."""

    def __init__(self, steps: Steps) -> None:
        self._steps, self._work, self._done = steps, 1.0, 0.0

    def begin(self, files: int, work: float) -> None:  # noqa: ARG002 (the protocol's)
        self._work = max(work, 1.0)

    def working(self, path: str, chunks: int, work: float) -> None:  # noqa: ARG002 (the protocol's)
        self._done += work
        self._steps("Embedding the collection with the new model", self._done / self._work)


def adopt(engine: Engine, folder: Path, steps: Steps) -> str:
    """Keep the model of a folder, which is moved, and embed the collection with it; returns its
    name. Raises StoreLocked, CollectionGone, StoreError, EmbedderError, Stopped; then the old one
    stays in use."""
    settings, store = engine.index_settings, engine.store
    digest = keep_tuned(store, folder)
    try:
        embedder = tuned_embedder(settings, digest)
        reembed(settings, embedder=embedder, progress=_ReembedSteps(steps))
    finally:
        keep_only(store, tuned_in_use(settings))
    return embedder.name


def reset(settings: IndexSettings, progress: Progress | None = None) -> bool:
    """Embed a collection with the model of the settings again, and remove the tuned one. Whether
    there was one. Raises as ``reembed`` does."""
    if tuned_in_use(settings) is None:
        return False
    reembed(settings, embedder=embedder_of(settings), progress=progress)
    keep_only(Store(settings.store, settings.collection), None)
    return True
