"""A collection's own embedding model: tuned on its questions, kept in its directory.

    storage/default-37a8eec1/models/3fa9c1d2b07e/     model.safetensors, tokenizer, README.md …

A model is named by what it was tuned from and the hash of its weights. Which one is in use stands
in the catalog's fingerprint, beside the vectors that it made; so a collection that is restored, or
embedded anew, brings or leaves its model by itself. Settings name the model it was tuned from: with
another one there, the tuned one is not used.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from ingest.catalog.view import Catalog
from ingest.embed.embedder import DEFAULT_NAMES, TUNED, Embedder, embedder_of
from ingest.embed.weights import weights_digest
from ingest.errors import StoreError
from ingest.settings import DEFAULT_MODEL, IndexSettings
from ingest.store.directory import Store

_DIGITS = 12  # of the hash, in a name


def collection_embedder(settings: IndexSettings) -> Embedder:
    """The embedder of a collection: its own tuned model if that is in use, else the settings'.
    Nothing is loaded yet."""
    digest = tuned_in_use(settings)
    return embedder_of(settings) if digest is None else tuned_embedder(settings, digest)


def tuned_in_use(settings: IndexSettings) -> str | None:
    """The digest of the tuned model with which a collection is embedded; None if there is none, it
    was tuned from another model than the settings name, or the catalog cannot be read."""
    try:
        with Catalog(Store(settings.store, settings.collection).catalog_path).reading() as view:
            built_with = view.fingerprint() or {}
    except StoreError:
        return None  # who searches is told
    base, tuned, digest = str(built_with.get("model", "")).partition(TUNED)
    return digest if tuned and base == _base(settings) else None


def tuned_embedder(settings: IndexSettings, digest: str) -> Embedder:
    """The embedder of a model that was kept. It is not looked for before it is used."""
    store = Store(settings.store, settings.collection)
    return Embedder(
        f"{_base(settings)}{TUNED}{digest}",
        settings.device,
        settings.embedding_backend,
        settings.similarity,
        directory=store.models_directory / digest,
    )


def keep_tuned(store: Store, folder: Path) -> str:
    """Move a model's folder into the collection's directory; returns its digest. Raises
    EmbedderError, StoreError."""
    digest = weights_digest(folder)[:_DIGITS]
    place = store.models_directory / digest
    try:
        if not place.exists():
            folder.replace(place)
    except OSError as error:
        raise StoreError(
            f"The tuned model cannot be kept in {store.models_directory} "
            f"({error.strerror or error}); check its rights and the disk's space"
        ) from None
    return digest


def keep_only(store: Store, digest: str | None) -> None:
    """Remove the models that are not in use any more."""
    if store.models_directory.is_dir():
        for place in store.models_directory.iterdir():
            if place.name != digest and not place.name.startswith("."):
                shutil.rmtree(place, ignore_errors=True)


def _base(settings: IndexSettings) -> str:
    name = settings.embedding_model
    return DEFAULT_MODEL if name in DEFAULT_NAMES else name
