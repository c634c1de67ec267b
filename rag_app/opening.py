"""Opens a collection to be searched and asked."""

from __future__ import annotations

import os

from ingest.errors import StoreError
from ingest.settings import IndexSettings, load_settings
from rag_app.engine import Engine
from rag_app.settings import AnswerSettings


def open_engine(
    store: str | os.PathLike[str] | None = None,
    *,
    collection: str | None = None,
    settings: IndexSettings | None = None,
    answers: AnswerSettings | None = None,
) -> Engine:
    """Open a collection to search and ask. Nothing is loaded before it is needed.

    What is not given comes from the environment, ``.env`` and ``rag.toml``. A store in which
    nothing is yet can be opened; asking it raises StoreEmpty. Raises UsageError for a wrong
    setting, StoreError if ``store`` is a file.
    """
    index = settings or load_settings(IndexSettings, store=store, collection=collection)
    if index.store.exists() and not index.store.is_dir():
        raise StoreError(f"The store {index.store} is a file; give a directory with --store")
    return Engine(index, answers or load_settings(AnswerSettings))
