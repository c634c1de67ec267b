"""What a session remembers of a collection's documents: what is on its way, chosen and looked at.

Each collection has its own, so that an upload goes on in the one that it was meant for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from ingest.maintenance.disk_changes import DiskChanges
from ingest.records import StoredDocument
from rag_app import Engine
from rag_app.ui.documents.entries import Entry, entries_of
from rag_app.ui.documents.jobs.job_queue import Ingestion
from rag_app.ui.reading.reader import Look
from rag_app.ui.session.navigation import PAGE
from rag_app.ui.widgets.background import Work

LONGEST_NUMBER = 6  # digits of a page


@dataclass(frozen=True, slots=True)
class Listed:
    """The documents of a collection and the rows of their list, as of a version of it."""

    version: tuple[object, ...]
    documents: Sequence[StoredDocument]
    entries: Sequence[Entry]


@dataclass(slots=True)
class DocumentsState:
    """``selected`` are the names of documents that are ticked, ``deleting`` those whose deletion is
    to be confirmed. ``comparison`` is that with the disk. ``reading`` is the document that was
    last read, ``left`` the one that was left for the list, which goes to its row then."""

    # The documents whose fields are being extracted, instead of the list; None for the list.
    extracting: tuple[str, ...] | None = None
    # Which collection it was when it was last shown (``Note.id``); None before anything is in it.
    collection_id: str | None = None
    ingestion: Ingestion = field(default_factory=Ingestion)
    selected: set[str] = field(default_factory=set)
    deleting: tuple[str, ...] = ()
    folder: str | None = None  # the one whose documents are listed
    comparison: Work[DiskChanges] | None = None
    reading: str | None = None
    # How it is looked at, and where that began: its name, and the page that the address names.
    look: Look = field(default_factory=Look)
    looked_from: tuple[str, str] | None = None
    left: str | None = None
    # What it says in short, by its name and the version of the collection.
    in_short: tuple[object, Work[Any]] | None = None
    # An uploader empties only by becoming another one; likewise the controls of the list.
    uploads: int = 0
    lists: int = 0
    # The documents and the rows of their list, as of a version of the collection.
    listed: Listed | None = None
    # Whether an upload, or what else changes the collection, was seen to be on its way.
    was_running: bool = False


def documents_state(engine: Engine) -> DocumentsState:
    """The state of this session for the collection of an engine."""
    key = f"documents of {engine.store.directory}"
    if key not in st.session_state:
        st.session_state[key] = DocumentsState()
    state: DocumentsState = st.session_state[key]
    note = engine.store.note
    state.collection_id = note.id if note else None
    return state


def listed_documents(state: DocumentsState, engine: Engine) -> Listed:
    """What the collection holds now. Thousands of documents are read again only when they have
    changed."""
    version = engine.collection.version()
    if state.listed is None or state.listed.version != version:
        documents = engine.documents()
        entries = entries_of(documents, engine.collection.receipts_by_source())
        state.listed = Listed(version, documents, entries)
    return state.listed


def look_at_document(state: DocumentsState, name: str) -> Look:
    """How a document is looked at: as before, or from the page on that the address names."""
    page = st.query_params.get(PAGE, "")
    if state.looked_from != (name, page):
        state.looked_from = name, page
        is_number = page.isdecimal() and len(page) <= LONGEST_NUMBER
        state.look = Look(part=(int(page) or None) if is_number else None)
    return state.look
