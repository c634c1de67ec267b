"""The engines that all sessions share, one for each open collection."""

from __future__ import annotations

import streamlit as st

from ingest import IndexSettings
from ingest.settings import load_settings
from rag_app import Engine, open_engine, with_collection
from rag_app.ui.session.state import current_session
from rag_app.ui.widgets.background import Work
from rag_app.web.warming import warm

# Beside that of the settings, so many collections are kept open at once.
MOST_COLLECTIONS = 32


def session_engine() -> Engine:
    """The engine of the session's collection, and of the store that the environment names.

    Raises UsageError and StoreError, as ``open_engine`` does.
    """
    settings, session = load_settings(IndexSettings), current_session()
    store, own = str(settings.store), settings.collection
    if session.collection in (None, own):
        return session.with_own_llm(_engine(store, own))
    return session.with_own_llm(_other_engine(store, own, session.collection))


def close_engine(collection: str) -> None:
    """Close what is open of a collection that is no more."""
    settings = load_settings(IndexSettings)
    _other_engine.clear(str(settings.store), settings.collection, collection)


@st.cache_resource(show_spinner=False, on_release=Engine.close)
def _engine(store: str, collection: str) -> Engine:
    opened = open_engine(store, collection=collection)
    Work(lambda: warm(opened))
    return opened


@st.cache_resource(show_spinner=False, max_entries=MOST_COLLECTIONS, on_release=Engine.close)
def _other_engine(store: str, own: str, collection: str) -> Engine:
    return with_collection(_engine(store, own), collection)
